// A generator at one size, in the few typed layers that brushwork runs: what is left of an ONNX
// graph when its shapes are known, its constants are folded and its exporters' spellings are
// recognized. All shapes are NHWC, all values are conceptually float.
//
// Values of rank 2 [N, C] appear as [N, 1, 1, C], so a Gemm is a 1×1 convolution. Quantization is
// kept as FakeQuantize layers (a QuantizeLinear and its DequantizeLinear together); whether a layer
// then computes in int8 is the plan's business.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace brushwork {

// Index into Network::values.
using ValueId = int;

// Weights of a convolution, [output channels, kernel height, kernel width, input channels /
// groups]. For a transposed convolution likewise: output channels of each group first, all groups.
struct Filter {
  int64_t output_channels = 0;  // all groups together
  int64_t kernel_height = 1;
  int64_t kernel_width = 1;
  int64_t input_channels = 0;  // of one group
  std::vector<float> values;   // dequantized where the model is quantized; always present
  // Symmetric int8 weights with one scale per output channel: values = quantized * scales[o].
  // Both are empty for float models and for weights of another form (asymmetric, say), which then
  // compute in float.
  std::vector<int8_t> quantized;
  std::vector<float> scales;
};

struct Padding2d {
  int64_t top = 0;
  int64_t left = 0;
  int64_t bottom = 0;
  int64_t right = 0;
  friend bool operator==(const Padding2d&, const Padding2d&) = default;
};

// ONNX Conv; zero padding.
struct ConvolutionLayer {
  std::shared_ptr<const Filter> filter;
  std::vector<float> bias;  // [output channels]; zeros if the model has none
  int64_t groups = 1;
  int64_t stride_height = 1;
  int64_t stride_width = 1;
  int64_t dilation_height = 1;
  int64_t dilation_width = 1;
  Padding2d padding;
};

// ONNX ConvTranspose. `padding` is what is cut off the full result; the output's shape already
// contains output_padding.
struct TransposedConvolutionLayer {
  std::shared_ptr<const Filter> filter;
  std::vector<float> bias;
  int64_t groups = 1;
  int64_t stride_height = 1;
  int64_t stride_width = 1;
  int64_t dilation_height = 1;
  int64_t dilation_width = 1;
  Padding2d padding;
  int64_t output_padding_height = 0;  // extra rows at the bottom, less than the stride
  int64_t output_padding_width = 0;
};

// y[c] = scale[c] * x[c] + shift[c]: batch normalization and arithmetic with per-channel constants.
struct ChannelAffineLayer {
  std::vector<float> scale;  // [channels]
  std::vector<float> shift;  // [channels]
};

// Instance normalization (groups == channels), group and layer-over-[C, H, W] normalization
// (groups == 1): statistics over each group of channels and all pixels of the picture, biased
// variance, then scale and shift per channel. Ulyanov et al., arXiv 1607.08022; Wu and He, arXiv
// 1803.08494.
struct NormalizationLayer {
  int64_t groups = 1;
  std::vector<float> scale;  // [channels]
  std::vector<float> shift;  // [channels]
  float epsilon = 1e-5F;
  // Empty, or [channels] with groups == channels: the layer reads x[c] / input_scale[c] in place of
  // the model's x[c], so that all channels fill the range of one quantization. The result is that
  // of x (epsilon and statistics refer to x).
  std::vector<float> input_scale;
  // Empty, or what fusion and quantization have put behind the network's own scale and shift, and
  // into them: the scale and shift of another style have to go through it as well.
  ChannelAffineLayer behind;
};

// Puts the map behind the layer.
void AppendAffine(const ChannelAffineLayer& map, NormalizationLayer& layer);
// The layer with the scale and shift of another style, of which `style` begins with [channels]
// scales and [channels] shifts.
NormalizationLayer WithStyle(NormalizationLayer layer, std::span<const float> style);

enum class PadMode { kConstant, kReflect, kEdge };
struct PadLayer {
  PadMode mode = PadMode::kConstant;
  Padding2d padding;   // never negative (a cropping Pad is a SliceLayer)
  float value = 0.0F;  // for kConstant
};

enum class ResizeMode { kNearest, kLinear };
enum class CoordinateTransform {
  kHalfPixel,
  kPytorchHalfPixel,
  kAsymmetric,
  kAlignCorners,
  kHalfPixelSymmetric
};
enum class NearestRounding { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil };
// ONNX Resize (opset 11 and later) and Upsample. The output's size is in the output's shape.
struct ResizeLayer {
  ResizeMode mode = ResizeMode::kNearest;
  CoordinateTransform transform = CoordinateTransform::kAsymmetric;
  NearestRounding rounding = NearestRounding::kFloor;
  float scale_height = 1.0F;  // output / input, as the model states it
  float scale_width = 1.0F;
};

// ONNX DepthToSpace: kDcr has the block's position in the outer part of the channel index, kCrd in
// the inner part (torch's pixel_shuffle). SpaceToDepth in ONNX is the inverse of kDcr.
enum class ShuffleOrder { kDcr, kCrd };
struct DepthToSpaceLayer {
  int64_t block = 2;
  ShuffleOrder order = ShuffleOrder::kDcr;
};
struct SpaceToDepthLayer {
  int64_t block = 2;
  ShuffleOrder order = ShuffleOrder::kDcr;
};

enum class BinaryOperation { kAdd, kSubtract, kMultiply, kDivide };
// Two activations of equal shape, or one of them [1, 1, 1, C], [1, 1, 1, 1] or [1, H, W, 1] to be
// broadcast. (A per-channel or scalar constant is a ChannelAffineLayer where that says the same;
// any other constant operand is a ConstantLayer's value.)
struct BinaryLayer {
  BinaryOperation operation = BinaryOperation::kAdd;
};

enum class Activation {
  kRelu,
  kLeakyRelu,  // alpha
  kPRelu,      // slopes
  kClip,       // minimum, maximum
  kTanh,
  kSigmoid,
  kHardSwish,
  kHardSigmoid,  // alpha, beta
  kSquareRoot,
  kAbsolute,
  kNegate,
  kExponential
};
struct ActivationLayer {
  Activation activation = Activation::kRelu;
  float alpha = 0.0F;
  float beta = 0.0F;
  float minimum = 0.0F;       // -infinity where the model states none
  float maximum = 0.0F;       // +infinity where the model states none
  std::vector<float> slopes;  // kPRelu: [channels]
};

struct ConcatLayer {
  int axis = 3;  // in NHWC
};

// output[n, y, x, c] = input[begin + step * index]; steps are positive.
struct SliceLayer {
  std::array<int64_t, 4> begin{0, 0, 0, 0};  // NHWC
  std::array<int64_t, 4> step{1, 1, 1, 1};
};

enum class PoolMode { kMax, kAverage };
struct PoolLayer {
  PoolMode mode = PoolMode::kMax;
  int64_t kernel_height = 1;
  int64_t kernel_width = 1;
  int64_t stride_height = 1;
  int64_t stride_width = 1;
  int64_t dilation_height = 1;  // kMax only
  int64_t dilation_width = 1;
  Padding2d padding;  // may be completed at the right and bottom by ceil_mode's output shape
  bool count_include_pad = false;
};
// Mean over height and width: [N, H, W, C] to [N, 1, 1, C].
struct GlobalAveragePoolLayer {};

// What a QuantizeLinear followed by its DequantizeLinear does to a float value. uint8 models are
// stated in int8: their zero points less 128.
struct FakeQuantizeLayer {
  Quantization quantization;
};

// A constant activation, broadcastable against its consumer; no inputs. Values in NHWC order.
struct ConstantLayer {
  std::vector<float> values;
};

using LayerParameters =
    std::variant<ConvolutionLayer, TransposedConvolutionLayer, NormalizationLayer,
                 ChannelAffineLayer, PadLayer, ResizeLayer, DepthToSpaceLayer, SpaceToDepthLayer,
                 BinaryLayer, ActivationLayer, ConcatLayer, SliceLayer, PoolLayer,
                 GlobalAveragePoolLayer, FakeQuantizeLayer, ConstantLayer>;

struct Layer {
  LayerParameters parameters;
  std::string name;             // of the ONNX node, or its first output: for messages
  std::vector<ValueId> inputs;  // activations only; weights are in the parameters
  ValueId output = -1;
};

struct NetworkValue {
  std::string name;
  Shape4 shape;
};

// Layers are in an order in which each comes after those it takes its inputs from. Layers that
// don't reach the output are gone, per-channel maps are joined with each other and with the
// normalization before them, and crops with the transposed convolution before them. A model that
// changes nothing has no layers, and its output is its input.
struct Network {
  std::vector<NetworkValue> values;
  std::vector<Layer> layers;
  ValueId input = -1;   // [1, H, W, 3]
  ValueId output = -1;  // [1, H', W', C]; of generators C is 3
};

// "convolution", "instance normalization", ...
std::string LayerKindName(const LayerParameters& parameters);

}  // namespace brushwork
