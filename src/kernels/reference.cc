#include "kernels/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/resize_coordinates.h"

namespace brushwork {
namespace {

RealPicture Blank(const Shape4& shape, double value = 0.0) {
  return {shape, std::vector<double>(static_cast<size_t>(shape.elements()), value)};
}

}  // namespace

RealPicture ToReal(const TensorView& view) {
  RealPicture picture = Blank(view.shape);
  for (size_t i = 0; i < picture.values.size(); ++i) {
    picture.values[i] = view.type == DataType::kFloat32
                            ? static_cast<double>(view.f32()[i])
                            : (view.s8()[i] - view.quantization.zero_point) *
                                  static_cast<double>(view.quantization.scale);
  }
  return picture;
}

int8_t QuantizeReference(double value, const Quantization& quantization, const OutputRange& range) {
  const auto quantize = [&](double real) {
    const double steps = std::nearbyint(real / static_cast<double>(quantization.scale));
    return std::clamp(steps + quantization.zero_point, -128.0, 127.0);
  };
  const double minimum = quantize(static_cast<double>(range.minimum));
  const double maximum = quantize(static_cast<double>(range.maximum));
  return static_cast<int8_t>(std::clamp(quantize(value), minimum, maximum));
}

RealPicture ConvolutionReference(const ConvolutionLayer& layer, const RealPicture& input,
                                 const std::vector<double>& weights, const Shape4& output) {
  const Filter& filter = *layer.filter;
  const int64_t group_outputs = filter.output_channels / layer.groups;
  RealPicture result = Blank(output);
  for (int64_t y = 0; y < output.height; ++y)
    for (int64_t x = 0; x < output.width; ++x)
      for (int64_t o = 0; o < output.channels; ++o) {
        double sum = static_cast<double>(layer.bias[static_cast<size_t>(o)]);
        for (int64_t i = 0; i < filter.kernel_height; ++i)
          for (int64_t j = 0; j < filter.kernel_width; ++j) {
            const int64_t row =
                y * layer.stride_height + i * layer.dilation_height - layer.padding.top;
            const int64_t column =
                x * layer.stride_width + j * layer.dilation_width - layer.padding.left;
            if (row < 0 || row >= input.shape.height || column < 0 || column >= input.shape.width) {
              continue;
            }
            for (int64_t c = 0; c < filter.input_channels; ++c) {
              const int64_t weight = ((o * filter.kernel_height + i) * filter.kernel_width + j) *
                                         filter.input_channels +
                                     c;
              const int64_t channel = o / group_outputs * filter.input_channels + c;
              sum += weights[static_cast<size_t>(weight)] * input.at(row, column, channel);
            }
          }
        result.at(y, x, o) = sum;
      }
  return result;
}

RealPicture TransposedConvolutionReference(const TransposedConvolutionLayer& layer,
                                           const RealPicture& input,
                                           const std::vector<double>& weights,
                                           const Shape4& output) {
  const Filter& filter = *layer.filter;
  const int64_t group_outputs = filter.output_channels / layer.groups;
  RealPicture result = Blank(output);
  for (int64_t y = 0; y < output.height; ++y)
    for (int64_t x = 0; x < output.width; ++x)
      for (int64_t o = 0; o < output.channels; ++o) {
        result.at(y, x, o) = static_cast<double>(layer.bias[static_cast<size_t>(o)]);
      }
  // Every input pixel paints the kernel, scaled by its value, onto the output.
  for (int64_t y = 0; y < input.shape.height; ++y)
    for (int64_t x = 0; x < input.shape.width; ++x)
      for (int64_t o = 0; o < output.channels; ++o)
        for (int64_t i = 0; i < filter.kernel_height; ++i)
          for (int64_t j = 0; j < filter.kernel_width; ++j) {
            const int64_t row =
                y * layer.stride_height + i * layer.dilation_height - layer.padding.top;
            const int64_t column =
                x * layer.stride_width + j * layer.dilation_width - layer.padding.left;
            if (row < 0 || row >= output.height || column < 0 || column >= output.width) continue;
            for (int64_t c = 0; c < filter.input_channels; ++c) {
              const int64_t weight = ((o * filter.kernel_height + i) * filter.kernel_width + j) *
                                         filter.input_channels +
                                     c;
              const int64_t channel = o / group_outputs * filter.input_channels + c;
              result.at(row, column, o) +=
                  weights[static_cast<size_t>(weight)] * input.at(y, x, channel);
            }
          }
  return result;
}

RealPicture NormalizationReference(const NormalizationLayer& layer, const RealPicture& read) {
  const Shape4& shape = read.shape;
  RealPicture input = read;
  for (size_t i = 0; i < input.values.size() && !layer.input_scale.empty(); ++i) {
    input.values[i] *= static_cast<double>(layer.input_scale[i % layer.input_scale.size()]);
  }
  const int64_t group_channels = shape.channels / layer.groups;
  const double count = static_cast<double>(shape.pixels() * group_channels);
  RealPicture result = Blank(shape);
  for (int64_t group = 0; group < layer.groups; ++group) {
    const auto for_each = [&](const auto& function) {
      for (int64_t y = 0; y < shape.height; ++y)
        for (int64_t x = 0; x < shape.width; ++x)
          for (int64_t c = 0; c < group_channels; ++c) function(y, x, group * group_channels + c);
    };
    double mean = 0.0;
    for_each([&](int64_t y, int64_t x, int64_t c) { mean += input.at(y, x, c) / count; });
    double variance = 0.0;
    for_each([&](int64_t y, int64_t x, int64_t c) {
      variance += (input.at(y, x, c) - mean) * (input.at(y, x, c) - mean) / count;
    });
    const double deviation = std::sqrt(variance + static_cast<double>(layer.epsilon));
    for_each([&](int64_t y, int64_t x, int64_t c) {
      const size_t channel = static_cast<size_t>(c);
      const double normalized = deviation > 0.0 ? (input.at(y, x, c) - mean) / deviation : 0.0;
      result.at(y, x, c) = normalized * static_cast<double>(layer.scale[channel]) +
                           static_cast<double>(layer.shift[channel]);
    });
  }
  return result;
}

RealPicture ChannelAffineReference(const ChannelAffineLayer& layer, const RealPicture& input) {
  RealPicture result = input;
  for (size_t i = 0; i < result.values.size(); ++i) {
    const size_t c = i % layer.scale.size();
    result.values[i] = result.values[i] * static_cast<double>(layer.scale[c]) +
                       static_cast<double>(layer.shift[c]);
  }
  return result;
}

RealPicture PadReference(const PadLayer& layer, const RealPicture& input, double value) {
  const Padding2d& p = layer.padding;
  const Shape4& from = input.shape;
  RealPicture result = Blank(
      {1, from.height + p.top + p.bottom, from.width + p.left + p.right, from.channels}, value);
  const auto reflect = [](int64_t i, int64_t size) {
    if (i < 0) return -i;
    return i >= size ? 2 * (size - 1) - i : i;
  };
  for (int64_t y = 0; y < result.shape.height; ++y)
    for (int64_t x = 0; x < result.shape.width; ++x) {
      int64_t row = y - p.top;
      int64_t column = x - p.left;
      if (layer.mode == PadMode::kReflect) {
        row = reflect(row, from.height);
        column = reflect(column, from.width);
      } else if (layer.mode == PadMode::kEdge) {
        row = std::clamp<int64_t>(row, 0, from.height - 1);
        column = std::clamp<int64_t>(column, 0, from.width - 1);
      } else if (row < 0 || row >= from.height || column < 0 || column >= from.width) {
        continue;
      }
      for (int64_t c = 0; c < from.channels; ++c) {
        result.at(y, x, c) = input.at(row, column, c);
      }
    }
  return result;
}

RealPicture ResizeReference(const ResizeLayer& layer, const RealPicture& input,
                            const Shape4& output) {
  RealPicture result = Blank(output);
  const Shape4& from = input.shape;
  const auto nearest_y = NearestIndices(layer, layer.scale_height, from.height, output.height);
  const auto nearest_x = NearestIndices(layer, layer.scale_width, from.width, output.width);
  const auto linear_y = LinearTaps(layer, layer.scale_height, from.height, output.height);
  const auto linear_x = LinearTaps(layer, layer.scale_width, from.width, output.width);
  for (int64_t y = 0; y < output.height; ++y)
    for (int64_t x = 0; x < output.width; ++x)
      for (int64_t c = 0; c < output.channels; ++c) {
        const size_t i = static_cast<size_t>(y);
        const size_t j = static_cast<size_t>(x);
        if (layer.mode == ResizeMode::kNearest) {
          result.at(y, x, c) = input.at(nearest_y[i], nearest_x[j], c);
          continue;
        }
        const LinearTap& row = linear_y[i];
        const LinearTap& column = linear_x[j];
        const auto blend = [&](int64_t source_row) {
          return static_cast<double>(column.first_weight) * input.at(source_row, column.first, c) +
                 static_cast<double>(column.second_weight) * input.at(source_row, column.second, c);
        };
        result.at(y, x, c) = static_cast<double>(row.first_weight) * blend(row.first) +
                             static_cast<double>(row.second_weight) * blend(row.second);
      }
  return result;
}

RealPicture DepthToSpaceReference(const DepthToSpaceLayer& layer, const RealPicture& input) {
  const int64_t block = layer.block;
  const int64_t channels = input.shape.channels / (block * block);
  RealPicture result = Blank({1, input.shape.height * block, input.shape.width * block, channels});
  for (int64_t y = 0; y < result.shape.height; ++y)
    for (int64_t x = 0; x < result.shape.width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t position = y % block * block + x % block;
        const int64_t channel = layer.order == ShuffleOrder::kDcr ? position * channels + c
                                                                  : c * block * block + position;
        result.at(y, x, c) = input.at(y / block, x / block, channel);
      }
  return result;
}

RealPicture SpaceToDepthReference(const SpaceToDepthLayer& layer, const RealPicture& input) {
  const int64_t block = layer.block;
  const int64_t channels = input.shape.channels;
  RealPicture result =
      Blank({1, input.shape.height / block, input.shape.width / block, channels * block * block});
  for (int64_t y = 0; y < input.shape.height; ++y)
    for (int64_t x = 0; x < input.shape.width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t position = y % block * block + x % block;
        const int64_t channel = layer.order == ShuffleOrder::kDcr ? position * channels + c
                                                                  : c * block * block + position;
        result.at(y / block, x / block, channel) = input.at(y, x, c);
      }
  return result;
}

RealPicture BinaryReference(const BinaryLayer& layer, const RealPicture& a, const RealPicture& b) {
  RealPicture result =
      Blank({1, std::max(a.shape.height, b.shape.height), std::max(a.shape.width, b.shape.width),
             std::max(a.shape.channels, b.shape.channels)});
  const auto value = [](const RealPicture& picture, int64_t y, int64_t x, int64_t c) {
    return picture.at(std::min(y, picture.shape.height - 1), std::min(x, picture.shape.width - 1),
                      std::min(c, picture.shape.channels - 1));
  };
  for (int64_t y = 0; y < result.shape.height; ++y)
    for (int64_t x = 0; x < result.shape.width; ++x)
      for (int64_t c = 0; c < result.shape.channels; ++c) {
        const double left = value(a, y, x, c);
        const double right = value(b, y, x, c);
        double& out = result.at(y, x, c);
        if (layer.operation == BinaryOperation::kAdd) out = left + right;
        if (layer.operation == BinaryOperation::kSubtract) out = left - right;
        if (layer.operation == BinaryOperation::kMultiply) out = left * right;
        if (layer.operation == BinaryOperation::kDivide) out = left / right;
      }
  return result;
}

RealPicture PoolReference(const PoolLayer& layer, const RealPicture& input, const Shape4& output) {
  RealPicture result = Blank(output);
  const Padding2d& p = layer.padding;
  for (int64_t y = 0; y < output.height; ++y)
    for (int64_t x = 0; x < output.width; ++x)
      for (int64_t c = 0; c < output.channels; ++c) {
        double maximum = -std::numeric_limits<double>::infinity();
        double sum = 0.0;
        int64_t inside = 0;
        int64_t padded = 0;
        for (int64_t i = 0; i < layer.kernel_height; ++i)
          for (int64_t j = 0; j < layer.kernel_width; ++j) {
            const int64_t row = y * layer.stride_height + i * layer.dilation_height - p.top;
            const int64_t column = x * layer.stride_width + j * layer.dilation_width - p.left;
            if (row >= input.shape.height + p.bottom || column >= input.shape.width + p.right) {
              continue;
            }
            ++padded;
            if (row < 0 || row >= input.shape.height || column < 0 || column >= input.shape.width) {
              continue;
            }
            ++inside;
            sum += input.at(row, column, c);
            maximum = std::max(maximum, input.at(row, column, c));
          }
        const double count = static_cast<double>(layer.count_include_pad ? padded : inside);
        result.at(y, x, c) = layer.mode == PoolMode::kMax ? maximum : sum / count;
      }
  return result;
}

float ActivationReference(const ActivationLayer& layer, float x, size_t channel) {
  switch (layer.activation) {
    case Activation::kRelu:
      return std::max(x, 0.0F);
    case Activation::kLeakyRelu:
      return x < 0.0F ? layer.alpha * x : x;
    case Activation::kPRelu:
      return x < 0.0F ? layer.slopes[channel] * x : x;
    case Activation::kClip:
      return std::min(std::max(x, layer.minimum), layer.maximum);
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kSigmoid:
      return 1.0F / (1.0F + std::exp(-x));
    case Activation::kHardSwish:
      return x * std::clamp(x / 6.0F + 0.5F, 0.0F, 1.0F);
    case Activation::kHardSigmoid:
      return std::clamp(layer.alpha * x + layer.beta, 0.0F, 1.0F);
    case Activation::kSquareRoot:
      return std::sqrt(x);
    case Activation::kAbsolute:
      return std::fabs(x);
    case Activation::kNegate:
      return -x;
    case Activation::kExponential:
      return std::exp(x);
  }
  return x;
}

}  // namespace brushwork
