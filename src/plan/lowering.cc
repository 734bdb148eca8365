#include "plan/lowering.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "kernels/kernels.h"
#include "plan/multiply_adds.h"

namespace brushwork {
namespace {

// Creates the kernel of a layer for the given activations.
struct KernelFactory {
  std::span<const TensorSpec> inputs;
  const TensorSpec& output;
  const OutputRange& range;

  KernelOr operator()(const ConvolutionLayer& layer) const {
    return CreateConvolution(layer, inputs[0], output, range);
  }
  KernelOr operator()(const TransposedConvolutionLayer& layer) const {
    return CreateTransposedConvolution(layer, inputs[0], output, range);
  }
  KernelOr operator()(const NormalizationLayer& layer) const {
    return CreateNormalization(layer, inputs[0], output, range);
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

// Whether the layer only moves values or picks among them, so that int8 in is int8 out on the same
// grid.
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

// Whether there may be an int8 kernel that reads and writes different quantizations.
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

class Lowering {
 public:
  explicit Lowering(const FusedNetwork& network)
      : network_(network),
        float_tensor_(network.values.size(), -1),
        int8_tensor_(network.values.size(), -1),
        quantizer_(network.values.size(), nullptr),
        absorbed_(network.layers.size(), false) {}

  StatusOr<LoweredNetwork> Run() {
    FindQuantizers();
    AddInput();
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      if (!absorbed_[i]) BRUSHWORK_RETURN_IF_ERROR(Lower(network_.layers[i]));
    }
    const ValueId output = network_.output;
    lowered_.output = int8_tensor_[output] >= 0 ? int8_tensor_[output] : float_tensor_[output];
    if (lowered_.output < 0) return Internal("the network's output is never written");
    return std::move(lowered_);
  }

 private:
  // For each value, the quantizer that is all that reads it.
  void FindQuantizers() {
    std::vector<int> readers(network_.values.size(), 0);
    ++readers[network_.output];
    for (const FusedLayer& fused : network_.layers) {
      for (const ValueId input : fused.layer.inputs) ++readers[input];
    }
    for (const FusedLayer& fused : network_.layers) {
      if (!std::holds_alternative<FakeQuantizeLayer>(fused.layer.parameters)) continue;
      const ValueId input = fused.layer.inputs[0];
      if (readers[input] == 1) quantizer_[input] = &fused;
    }
  }

  // The picture is written in the type the network wants it in, without a step of its own.
  void AddInput() {
    const ValueId input = network_.input;
    if (const FusedLayer* quantizer = quantizer_[input]) {
      lowered_.input = AddTensor(Int8Spec(quantizer->layer.output, QuantizationOf(*quantizer)));
      int8_tensor_[quantizer->layer.output] = lowered_.input;
      Absorb(quantizer);
    } else {
      lowered_.input = AddTensor(FloatSpec(input));
      float_tensor_[input] = lowered_.input;
    }
  }

  Status Lower(const FusedLayer& fused) {
    const LayerParameters& parameters = fused.layer.parameters;
    if (const auto* constant = std::get_if<ConstantLayer>(&parameters)) {
      const int tensor = AddTensor(FloatSpec(fused.layer.output));
      lowered_.constants[tensor] = constant->values;
      float_tensor_[fused.layer.output] = tensor;
      return OkStatus();
    }
    if (std::holds_alternative<FakeQuantizeLayer>(parameters)) return LowerQuantizer(fused);
    if (ReadsOnlyInt8(fused)) {
      BRUSHWORK_ASSIGN_OR_RETURN(const bool done, TryInt8(fused));
      if (done) return OkStatus();
    }
    return LowerInFloat(fused);
  }

  Status LowerQuantizer(const FusedLayer& fused) {
    const ValueId from = fused.layer.inputs[0];
    const Quantization quantization = QuantizationOf(fused);
    const bool from_int8 = int8_tensor_[from] >= 0;
    if (from_int8 && lowered_.tensors[int8_tensor_[from]].quantization == quantization) {
      int8_tensor_[fused.layer.output] = int8_tensor_[from];
      return OkStatus();
    }
    const int input = from_int8 ? int8_tensor_[from] : float_tensor_[from];
    const int output = AddTensor(Int8Spec(fused.layer.output, quantization));
    int8_tensor_[fused.layer.output] = output;
    return AddStep(fused, {input}, output);
  }

  bool ReadsOnlyInt8(const FusedLayer& fused) const {
    for (const ValueId input : fused.layer.inputs) {
      if (int8_tensor_[input] < 0) return false;
    }
    return !fused.layer.inputs.empty();
  }

  // Whether the layer could be lowered in int8. Layers whose numbers XNNPACK's int8 kernels don't
  // take are left to float.
  StatusOr<bool> TryInt8(const FusedLayer& fused) {
    const Layer& layer = fused.layer;
    std::vector<int> inputs;
    for (const ValueId input : layer.inputs) inputs.push_back(int8_tensor_[input]);
    const FusedLayer* quantizer = quantizer_[layer.output];
    if (quantizer != nullptr && ComputesInInt8(layer.parameters)) {
      const ValueId target = quantizer->layer.output;
      const TensorSpec spec = Int8Spec(target, QuantizationOf(*quantizer));
      BRUSHWORK_ASSIGN_OR_RETURN(const bool added, TryStep(fused, inputs, spec, target));
      if (added) Absorb(quantizer);
      if (added) return true;
    }
    const Quantization quantization = lowered_.tensors[inputs[0]].quantization;
    for (const int input : inputs) {
      if (lowered_.tensors[input].quantization != quantization) return false;
    }
    if (!KeepsQuantization(layer.parameters, quantization)) return false;
    return TryStep(fused, inputs, Int8Spec(layer.output, quantization), layer.output);
  }

  StatusOr<bool> TryStep(const FusedLayer& fused, const std::vector<int>& inputs,
                         const TensorSpec& output, ValueId target) {
    KernelOr kernel = CreateKernel(fused, inputs, output);
    if (!kernel.ok()) {
      if (kernel.status().code() == StatusCode::kOutOfMemory) return kernel.status();
      return false;
    }
    int8_tensor_[target] = AddTensor(output);
    AppendStep(fused, inputs, int8_tensor_[target], std::move(kernel).value());
    return true;
  }

  Status LowerInFloat(const FusedLayer& fused) {
    std::vector<int> inputs;
    for (const ValueId input : fused.layer.inputs) {
      BRUSHWORK_ASSIGN_OR_RETURN(const int tensor, FloatOf(input));
      inputs.push_back(tensor);
    }
    const int output = AddTensor(FloatSpec(fused.layer.output));
    float_tensor_[fused.layer.output] = output;
    return AddStep(fused, inputs, output);
  }

  // The value in float, dequantized once however many layers want it.
  StatusOr<int> FloatOf(ValueId value) {
    if (float_tensor_[value] >= 0) return float_tensor_[value];
    if (int8_tensor_[value] < 0) return Internal("a layer reads a value before it is written");
    const int output = AddTensor(FloatSpec(value));
    FusedLayer dequantizer;
    dequantizer.layer = {FakeQuantizeLayer{}, network_.values[value].name, {value}, value};
    BRUSHWORK_RETURN_IF_ERROR(AddStep(dequantizer, {int8_tensor_[value]}, output));
    float_tensor_[value] = output;
    return output;
  }

  KernelOr CreateKernel(const FusedLayer& fused, const std::vector<int>& inputs,
                        const TensorSpec& output) const {
    std::vector<TensorSpec> specs;
    for (const int input : inputs) specs.push_back(lowered_.tensors[input]);
    return std::visit(KernelFactory{specs, output, fused.range}, fused.layer.parameters);
  }

  Status AddStep(const FusedLayer& fused, const std::vector<int>& inputs, int output) {
    KernelOr kernel = CreateKernel(fused, inputs, lowered_.tensors[output]);
    if (!kernel.ok()) {
      return {kernel.status().code(),
              "node '" + fused.layer.name + "': " + kernel.status().message()};
    }
    AppendStep(fused, inputs, output, std::move(kernel).value());
    return OkStatus();
  }

  void AppendStep(const FusedLayer& fused, const std::vector<int>& inputs, int output,
                  std::unique_ptr<Kernel> kernel) {
    StepInfo info;
    info.name = fused.layer.name;
    info.input = lowered_.tensors[inputs[0]].shape;
    info.output = lowered_.tensors[output].shape;
    info.type = lowered_.tensors[inputs[0]].type;
    info.kind = StepKind(fused, info.type, lowered_.tensors[output].type);
    info.multiply_adds = CountMultiplyAdds(fused.layer.parameters, info.input, info.output);
    lowered_.steps.push_back({std::move(kernel), inputs, output, std::move(info)});
  }

  static std::string StepKind(const FusedLayer& fused, DataType from, DataType to) {
    if (!std::holds_alternative<FakeQuantizeLayer>(fused.layer.parameters)) {
      return LayerKindName(fused.layer.parameters);
    }
    if (from == to) return "requantize";
    return to == DataType::kInt8 ? "quantize" : "dequantize";
  }

  int AddTensor(const TensorSpec& spec) {
    lowered_.tensors.push_back(spec);
    lowered_.constants.emplace_back();
    return static_cast<int>(lowered_.tensors.size()) - 1;
  }

  TensorSpec FloatSpec(ValueId value) const {
    return {network_.values[value].shape, DataType::kFloat32, {}};
  }
  TensorSpec Int8Spec(ValueId value, const Quantization& quantization) const {
    return {network_.values[value].shape, DataType::kInt8, quantization};
  }
  static Quantization QuantizationOf(const FusedLayer& quantizer) {
    return std::get<FakeQuantizeLayer>(quantizer.layer.parameters).quantization;
  }
  void Absorb(const FusedLayer* quantizer) { absorbed_[quantizer - network_.layers.data()] = true; }

  const FusedNetwork& network_;
  LoweredNetwork lowered_;
  std::vector<int> float_tensor_;  // by value; -1 where it is not held in float
  std::vector<int> int8_tensor_;   // by value; -1 where it is not held in int8
  std::vector<const FusedLayer*> quantizer_;
  std::vector<bool> absorbed_;  // quantizers that became part of another step
};

}  // namespace

StatusOr<LoweredNetwork> LowerNetwork(const FusedNetwork& network) {
  return Lowering(network).Run();
}

}  // namespace brushwork
