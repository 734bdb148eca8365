#include "kernels/convolution_weights.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/checked.h"
#include "kernels/check.h"

namespace brushwork {
namespace {

Status Defect(std::string_view kernel, const char* message) {
  return Internal(std::string(kernel) + ": " + message);
}

// XNNPACK's geometry has 32 bits, and squares of it must not overflow either.
bool InRange(int64_t value, int64_t minimum) { return value >= minimum && value <= 1 << 20; }

bool GeometryInRange(const ConvolutionGeometry& geometry) {
  const Filter& filter = geometry.filter;
  const Padding2d& padding = geometry.padding;
  return InRange(filter.kernel_height, 1) && InRange(filter.kernel_width, 1) &&
         InRange(filter.input_channels, 1) && InRange(filter.output_channels, 1) &&
         InRange(geometry.groups, 1) && InRange(geometry.stride_height, 1) &&
         InRange(geometry.stride_width, 1) && InRange(geometry.dilation_height, 1) &&
         InRange(geometry.dilation_width, 1) && InRange(padding.top, 0) &&
         InRange(padding.left, 0) && InRange(padding.bottom, 0) && InRange(padding.right, 0);
}

Status CheckWeights(std::string_view kernel, const ConvolutionGeometry& geometry, DataType type) {
  const Filter& filter = geometry.filter;
  const auto size = CheckedSize(
      {filter.output_channels, filter.kernel_height, filter.kernel_width, filter.input_channels});
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  if (geometry.bias.size() != outputs) return Defect(kernel, "bias is not [output channels]");
  if (type == DataType::kFloat32) {
    if (!size || filter.values.size() != *size) return Defect(kernel, "weights of a wrong size");
    return OkStatus();
  }
  if (!size || filter.quantized.size() != *size || filter.scales.size() != outputs) {
    return Defect(kernel, "int8 weights are absent or of a wrong size");
  }
  return OkStatus();
}

}  // namespace

Status CheckConvolution(std::string_view kernel, const ConvolutionGeometry& geometry,
                        const TensorSpec& input, const TensorSpec& output,
                        const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kernel, input));
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kernel, output));
  if (input.type != output.type) return UnsupportedTypes(kernel, input, output);
  if (!GeometryInRange(geometry)) {
    return UnsupportedModel(std::string(kernel) + ": its extents are out of range");
  }
  const Filter& filter = geometry.filter;
  if (filter.output_channels % geometry.groups != 0 ||
      input.shape.channels != filter.input_channels * geometry.groups ||
      output.shape.channels != filter.output_channels) {
    return Defect(kernel, "channels of input, filter, groups and output disagree");
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckWeights(kernel, geometry, input.type));
  if (!(range.minimum <= range.maximum)) return Defect(kernel, "the output range is empty");
  if (input.type != DataType::kInt8) return OkStatus();
  if (!RequantizationScalesSupported(filter, input.quantization, output.quantization)) {
    return Defect(kernel, "a requantization scale is not positive, normal and less than 256");
  }
  if (!std::ranges::all_of(geometry.bias, [](float bias) { return std::isfinite(bias); })) {
    return Defect(kernel, "a bias is not finite");
  }
  return OkStatus();
}

bool RequantizationScalesSupported(const Filter& filter, const Quantization& input,
                                   const Quantization& output) {
  return std::all_of(filter.scales.begin(), filter.scales.end(), [&](float scale) {
    const float requantization = input.scale * scale / output.scale;
    return std::isnormal(scale) && std::isnormal(requantization) && requantization > 0.0F &&
           requantization < 256.0F;
  });
}

std::vector<int32_t> QuantizeBias(const std::vector<float>& bias, const Filter& filter,
                                  const Quantization& input) {
  constexpr double kLimit = 1 << 30;
  std::vector<int32_t> quantized(bias.size());
  for (size_t o = 0; o < bias.size(); ++o) {
    const double scale = static_cast<double>(input.scale) * static_cast<double>(filter.scales[o]);
    const double value = std::nearbyint(static_cast<double>(bias[o]) / scale);
    quantized[o] = static_cast<int32_t>(std::clamp(value, -kLimit, kLimit));
  }
  return quantized;
}

}  // namespace brushwork
