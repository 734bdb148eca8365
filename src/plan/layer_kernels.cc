#include "plan/layer_kernels.h"

#include <cmath>

namespace brushwork {
namespace {

// Creates the kernel of a layer for the given activations.
struct KernelFactory {
  std::span<const TensorSpec> inputs;
  const TensorSpec& output;
  const OutputRange& range;
  bool statistics_given;

  KernelOr operator()(const ConvolutionLayer& layer) const {
    return CreateConvolution(layer, inputs[0], output, range);
  }
  KernelOr operator()(const TransposedConvolutionLayer& layer) const {
    return CreateTransposedConvolution(layer, inputs[0], output, range);
  }
  KernelOr operator()(const NormalizationLayer& layer) const {
    return statistics_given ? CreateGivenNormalization(layer, inputs[0], output, range)
                            : CreateNormalization(layer, inputs[0], output, range);
  }
  KernelOr operator()(const ChannelAffineLayer& layer) const {
    return CreateChannelAffine(layer, inputs[0], output, range);
  }
  KernelOr operator()(const PadLayer& layer) const { return CreatePad(layer, inputs[0], output); }
  KernelOr operator()(const ResizeLayer& layer) const {
    return CreateResize(layer, inputs[0], output);
  }
  KernelOr operator()(const DepthToSpaceLayer& layer) const {
    return CreateDepthToSpace(layer, inputs[0], output);
  }
  KernelOr operator()(const SpaceToDepthLayer& layer) const {
    return CreateSpaceToDepth(layer, inputs[0], output);
  }
  KernelOr operator()(const BinaryLayer& layer) const {
    return CreateBinary(layer, inputs[0], inputs[1], output, range);
  }
  KernelOr operator()(const ActivationLayer& layer) const {
    return CreateActivation(layer, inputs[0], output);
  }
  KernelOr operator()(const ConcatLayer& layer) const {
    return CreateConcat(layer, inputs, output);
  }
  KernelOr operator()(const SliceLayer& layer) const {
    return CreateSlice(layer, inputs[0], output);
  }
  KernelOr operator()(const PoolLayer& layer) const { return CreatePool(layer, inputs[0], output); }
  KernelOr operator()(const GlobalAveragePoolLayer&) const {
    return CreateGlobalAveragePool(inputs[0], output);
  }
  KernelOr operator()(const FakeQuantizeLayer&) const { return CreateQuantize(inputs[0], output); }
  KernelOr operator()(const ConstantLayer&) const { return Internal("a constant has no kernel"); }
};

bool IsOnGrid(float value, const Quantization& quantization) {
  const float steps = value / quantization.scale;
  const float quantized = std::nearbyint(steps) + static_cast<float>(quantization.zero_point);
  return steps == std::nearbyint(steps) && quantized >= -128.0F && quantized <= 127.0F;
}

}  // namespace

KernelOr CreateLayerKernel(const FusedLayer& fused, std::span<const TensorSpec> inputs,
                           const TensorSpec& output, bool statistics_given) {
  return std::visit(KernelFactory{inputs, output, fused.range, statistics_given},
                    fused.layer.parameters);
}

bool KeepsQuantization(const LayerParameters& parameters, const Quantization& quantization) {
  if (const auto* pad = std::get_if<PadLayer>(&parameters)) {
    return pad->mode != PadMode::kConstant || IsOnGrid(pad->value, quantization);
  }
  if (const auto* resize = std::get_if<ResizeLayer>(&parameters)) {
    return resize->mode == ResizeMode::kNearest;
  }
  if (const auto* pool = std::get_if<PoolLayer>(&parameters)) return pool->mode == PoolMode::kMax;
  if (const auto* activation = std::get_if<ActivationLayer>(&parameters)) {
    return activation->activation == Activation::kRelu;
  }
  return std::holds_alternative<DepthToSpaceLayer>(parameters) ||
         std::holds_alternative<SpaceToDepthLayer>(parameters) ||
         std::holds_alternative<ConcatLayer>(parameters) ||
         std::holds_alternative<SliceLayer>(parameters);
}

bool ComputesInInt8(const LayerParameters& parameters) {
  if (const auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    return !convolution->filter->quantized.empty();
  }
  if (const auto* transposed = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    return !transposed->filter->quantized.empty();
  }
  if (const auto* activation = std::get_if<ActivationLayer>(&parameters)) {
    return activation->activation != Activation::kPRelu;
  }
  if (const auto* binary = std::get_if<BinaryLayer>(&parameters)) {
    return binary->operation != BinaryOperation::kDivide;
  }
  return std::holds_alternative<NormalizationLayer>(parameters);
}

std::string StepKind(const LayerParameters& parameters, DataType from, DataType to) {
  if (!std::holds_alternative<FakeQuantizeLayer>(parameters)) return LayerKindName(parameters);
  if (from == to) return "requantize";
  return to == DataType::kInt8 ? "quantize" : "dequantize";
}

}  // namespace brushwork
