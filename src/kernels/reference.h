// The readable reference of every kernel: one value at a time, in the order of the definition, no
// threads, no vectors. Tests hold the kernels against these. Float pictures are computed in double
// where that helps; quantized ones by dequantizing, computing in double, and quantizing with round
// half to even, as ONNX's QDQ form says.
#pragma once

#include <span>
#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

// A picture in real values, NHWC.
struct RealPicture {
  Shape4 shape;
  std::vector<double> values;

  double& at(int64_t y, int64_t x, int64_t c) {
    return values[static_cast<size_t>((y * shape.width + x) * shape.channels + c)];
  }
  double at(int64_t y, int64_t x, int64_t c) const {
    return values[static_cast<size_t>((y * shape.width + x) * shape.channels + c)];
  }
};

// Dequantizes int8; batch 1.
RealPicture ToReal(const TensorView& view);

// round_half_even(value / scale) + zero_point within the range's quantized limits.
int8_t QuantizeReference(double value, const Quantization& quantization,
                         const OutputRange& range = {});

// All take and return batch 1. `weights` are filter.values, or quantized * scales for int8.
RealPicture ConvolutionReference(const ConvolutionLayer& layer, const RealPicture& input,
                                 const std::vector<double>& weights, const Shape4& output);
RealPicture TransposedConvolutionReference(const TransposedConvolutionLayer& layer,
                                           const RealPicture& input,
                                           const std::vector<double>& weights,
                                           const Shape4& output);
RealPicture NormalizationReference(const NormalizationLayer& layer, const RealPicture& input);
RealPicture ChannelAffineReference(const ChannelAffineLayer& layer, const RealPicture& input);
RealPicture PadReference(const PadLayer& layer, const RealPicture& input, double value);
RealPicture ResizeReference(const ResizeLayer& layer, const RealPicture& input,
                            const Shape4& output);
RealPicture DepthToSpaceReference(const DepthToSpaceLayer& layer, const RealPicture& input);
RealPicture SpaceToDepthReference(const SpaceToDepthLayer& layer, const RealPicture& input);
RealPicture BinaryReference(const BinaryLayer& layer, const RealPicture& a, const RealPicture& b);
RealPicture PoolReference(const PoolLayer& layer, const RealPicture& input, const Shape4& output);

// One value of an activation, by the C library; `channel` selects kPRelu's slope.
float ActivationReference(const ActivationLayer& layer, float x, size_t channel);

}  // namespace brushwork
