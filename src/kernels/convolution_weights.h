// What ordinary and transposed convolutions check and prepare alike.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

// Geometry that both directions share, referring to the layer.
struct ConvolutionGeometry {
  const Filter& filter;
  const std::vector<float>& bias;
  int64_t groups;
  int64_t stride_height;
  int64_t stride_width;
  int64_t dilation_height;
  int64_t dilation_width;
  Padding2d padding;

  int64_t extent_height() const { return (filter.kernel_height - 1) * dilation_height + 1; }
  int64_t extent_width() const { return (filter.kernel_width - 1) * dilation_width + 1; }
};

// Of a ConvolutionLayer or TransposedConvolutionLayer whose filter is present.
template <typename Layer>
ConvolutionGeometry GeometryOf(const Layer& layer) {
  return {*layer.filter,        layer.bias,         layer.groups,
          layer.stride_height,  layer.stride_width, layer.dilation_height,
          layer.dilation_width, layer.padding};
}

// XNNPACK takes its geometry in 32 bits; CheckConvolution has made sure that it fits.
inline uint32_t U32(int64_t value) { return static_cast<uint32_t>(value); }

// Weights, bias, channels and geometry agree with each other and fit XNNPACK's 32-bit parameters;
// the types are float → float or int8 → int8; the range is not empty.
Status CheckConvolution(std::string_view kernel, const ConvolutionGeometry& geometry,
                        const TensorSpec& input, const TensorSpec& output,
                        const OutputRange& range);

// True if every requantization scale input * filter[o] / output is one that XNNPACK takes:
// positive, normal and less than 256. Both types must be int8.
bool RequantizationScalesSupported(const Filter& filter, const Quantization& input,
                                   const Quantization& output);

// bias[o] / (input.scale * filter.scales[o]), rounded half to even and limited to ±2^30. XNNPACK
// adds the zero point's correction to it in int32; the limit leaves room for that, and is far
// beyond what an int8 output could show.
std::vector<int32_t> QuantizeBias(const std::vector<float>& bias, const Filter& filter,
                                  const Quantization& input);

}  // namespace brushwork
