// The factories of all kernels, one operator per .cc file. Each takes the layer, the specs of its
// activations (types say float or int8) and, where one can be fused, the range of the activation
// behind it. A combination of types that a factory does not name returns kInternal: the plan asks
// only for these.
#pragma once

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

using KernelOr = StatusOr<std::unique_ptr<Kernel>>;

// float → float, or int8 → int8 (filter.quantized with one scale per output channel; bias is
// rounded to int32 at scale input * filter). Any groups, strides, dilations and zero padding;
// depthwise runs XNNPACK's depthwise kernels. convolution.cc, over
// xnn_create_convolution2d_nhwc_{f32,qs8_qc8w}.
KernelOr CreateConvolution(const ConvolutionLayer& layer, const TensorSpec& input,
                           const TensorSpec& output, const OutputRange& range);

// float → float, or int8 → int8 where SupportsInt8. transposed_convolution.cc, over
// xnn_create_deconvolution2d_nhwc_{f32,qs8_qc8w}.
KernelOr CreateTransposedConvolution(const TransposedConvolutionLayer& layer,
                                     const TensorSpec& input, const TensorSpec& output,
                                     const OutputRange& range);

// True if the layer has int8 weights (symmetric, one scale per output channel).
bool SupportsInt8(const TransposedConvolutionLayer& layer);

// Exact statistics over the whole picture, then scale, shift and range in one pass. float → float
// (sums in double per strip, so that large pictures keep their precision), int8 → int8 (integer
// sums, per-channel multiply-add, round half to even) and int8 → float. normalization.cc: our own.
// The steps, with statistics as a value, are also callable by themselves: normalization.h.
KernelOr CreateNormalization(const NormalizationLayer& layer, const TensorSpec& input,
                             const TensorSpec& output, const OutputRange& range);

// The same with statistics that are given (NormalizationStage::SetStatistics): any rows by
// themselves. float → float, int8 → int8, int8 → float. normalization.cc.
KernelOr CreateGivenNormalization(const NormalizationLayer& layer, const TensorSpec& input,
                                  const TensorSpec& output, const OutputRange& range);

// float → float. channel_affine.cc: our own.
KernelOr CreateChannelAffine(const ChannelAffineLayer& layer, const TensorSpec& input,
                             const TensorSpec& output, const OutputRange& range);

// Any type to the same type and quantization; kConstant pads with value (quantized). pad.cc: our
// own.
KernelOr CreatePad(const PadLayer& layer, const TensorSpec& input, const TensorSpec& output);

// kNearest: any type to the same; kLinear: float → float. resize.cc: our own, ONNX coordinates.
KernelOr CreateResize(const ResizeLayer& layer, const TensorSpec& input, const TensorSpec& output);

// Any type to the same type and quantization. pixel_shuffle.cc: our own.
KernelOr CreateDepthToSpace(const DepthToSpaceLayer& layer, const TensorSpec& input,
                            const TensorSpec& output);
KernelOr CreateSpaceToDepth(const SpaceToDepthLayer& layer, const TensorSpec& input,
                            const TensorSpec& output);

// float: all operations, broadcasting as BinaryLayer says. int8 → int8 with three quantizations:
// add, subtract, multiply, equal shapes (see SupportsInt8). binary.cc.
KernelOr CreateBinary(const BinaryLayer& layer, const TensorSpec& a, const TensorSpec& b,
                      const TensorSpec& output, const OutputRange& range);

// True if CreateBinary takes these specs, all int8.
bool SupportsInt8(const BinaryLayer& layer, const TensorSpec& a, const TensorSpec& b,
                  const TensorSpec& output);

// float → float, or int8 → int8 (a table of 256 entries; kPRelu only in float). activation.cc.
KernelOr CreateActivation(const ActivationLayer& layer, const TensorSpec& input,
                          const TensorSpec& output);

// Any type, all inputs and the output of equal type and quantization. concat.cc: our own.
KernelOr CreateConcat(const ConcatLayer& layer, std::span<const TensorSpec> inputs,
                      const TensorSpec& output);

// Any type to the same type and quantization. slice.cc: our own.
KernelOr CreateSlice(const SliceLayer& layer, const TensorSpec& input, const TensorSpec& output);

// kMax: float or int8 (same quantization); kAverage: float. pool.cc.
KernelOr CreatePool(const PoolLayer& layer, const TensorSpec& input, const TensorSpec& output);

// float → float. pool.cc.
KernelOr CreateGlobalAveragePool(const TensorSpec& input, const TensorSpec& output);

// float → int8 (round half to even, saturating), int8 → float, int8 → int8 with another
// quantization. quantize.cc.
KernelOr CreateQuantize(const TensorSpec& input, const TensorSpec& output);

}  // namespace brushwork
