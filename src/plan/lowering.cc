#include "plan/lowering.h"

#include <optional>
#include <string>
#include <utility>

#include "kernels/int8_convolution.h"
#include "kernels/normalization.h"
#include "kernels/resize_coordinates.h"
#include "plan/layer_kernels.h"
#include "plan/multiply_adds.h"

namespace brushwork {
namespace {

bool IsZero(const Padding2d& padding) { return padding == Padding2d{}; }

// Whether a resize repeats every pixel twice in both directions.
bool DoublesPixels(const LayerParameters& parameters, const Shape4& input, const Shape4& output) {
  const auto* resize = std::get_if<ResizeLayer>(&parameters);
  if (resize == nullptr || resize->mode != ResizeMode::kNearest) return false;
  if (output.height != 2 * input.height || output.width != 2 * input.width) return false;
  const auto doubles = [&](float scale, int64_t from, int64_t to) {
    const std::vector<int64_t> indices = NearestIndices(*resize, scale, from, to);
    for (int64_t i = 0; i < to; ++i) {
      if (indices[static_cast<size_t>(i)] != i / 2) return false;
    }
    return true;
  };
  return doubles(resize->scale_height, input.height, output.height) &&
         doubles(resize->scale_width, input.width, output.width);
}

// A step that only moves int8 values. It is created when its layer is lowered, but runs only if
// something reads its output: convolutions fetch their input in that way themselves.
struct Movement {
  const FusedLayer* fused = nullptr;
  int input = -1;
  std::unique_ptr<Kernel> kernel;  // null once it has become a step
};

class Lowering {
 public:
  Lowering(const FusedNetwork& network, const LoweringOptions& options)
      : network_(network),
        options_(options),
        float_tensor_(network.values.size(), -1),
        int8_tensor_(network.values.size(), -1),
        quantizer_(network.values.size(), nullptr),
        only_reader_(network.values.size(), nullptr),
        absorbed_(network.layers.size(), false) {}

  StatusOr<LoweredNetwork> Run() {
    FindReaders();
    AddInput();
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      if (!absorbed_[i]) BRUSHWORK_RETURN_IF_ERROR(Lower(network_.layers[i]));
    }
    const ValueId output = network_.output;
    if (int8_tensor_[output] >= 0) {
      lowered_.output = Int8Of(output);
    } else {
      lowered_.output = float_tensor_[output];
    }
    if (lowered_.output < 0) return Internal("the network's output is never written");
    return std::move(lowered_);
  }

 private:
  // For each value, the layer that is all that reads it, and that layer if it is a quantizer.
  void FindReaders() {
    std::vector<int> readers(network_.values.size(), 0);
    ++readers[network_.output];
    for (const FusedLayer& fused : network_.layers) {
      for (const ValueId input : fused.layer.inputs) ++readers[input];
      if (std::holds_alternative<NormalizationLayer>(fused.layer.parameters)) {
        lowered_.normalizations.push_back(nullptr);
        normalizations_.push_back(&fused);
      }
    }
    for (const FusedLayer& fused : network_.layers) {
      for (const ValueId input : fused.layer.inputs) {
        if (readers[input] != 1) continue;
        only_reader_[input] = &fused;
        if (std::holds_alternative<FakeQuantizeLayer>(fused.layer.parameters)) {
          quantizer_[input] = &fused;
        }
      }
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
      BRUSHWORK_ASSIGN_OR_RETURN(bool done, TryConvolution(fused));
      if (done) return OkStatus();
      BRUSHWORK_ASSIGN_OR_RETURN(done, TryInt8(fused));
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
    const int input = from_int8 ? Int8Of(from) : float_tensor_[from];
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

  // A convolution by our own kernel, with what moves its input before it and, if statistics are
  // given, the normalization behind it.
  StatusOr<bool> TryConvolution(const FusedLayer& fused) {
    const auto* layer = std::get_if<ConvolutionLayer>(&fused.layer.parameters);
    if (layer == nullptr || layer->filter->quantized.empty()) return false;
    Int8ConvolutionSpec spec;
    spec.layer = *layer;
    spec.range = fused.range;
    std::string folded;
    const int input = FoldMovements(int8_tensor_[fused.layer.inputs[0]], spec, folded);
    ValueId output = fused.layer.output;
    std::vector<const FusedLayer*> absorbed;
    if (const FusedLayer* normalization = FindNormalization(output, absorbed)) {
      spec.normalization = std::get<NormalizationLayer>(normalization->layer.parameters);
      spec.normalized_range = normalization->range;
      output = normalization->layer.output;
      folded += folded.empty() ? "normalization" : ", normalization";
    }
    spec.output = FloatSpec(output);
    if (const FusedLayer* quantizer = quantizer_[output]) {
      output = quantizer->layer.output;
      spec.output = Int8Spec(output, QuantizationOf(*quantizer));
      absorbed.push_back(quantizer);
    }
    if (!SupportsInt8Convolution(spec)) return false;
    BRUSHWORK_ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel, CreateInt8Convolution(spec));
    Materialize(input);
    for (const FusedLayer* layer_absorbed : absorbed) {
      if (kernel->normalization() != nullptr) Register(*layer_absorbed, kernel->normalization());
      Absorb(layer_absorbed);
    }
    const int tensor = AddTensor(spec.output);
    (spec.output.type == DataType::kInt8 ? int8_tensor_ : float_tensor_)[output] = tensor;
    AppendStep(fused, {input}, tensor, std::move(kernel), std::move(folded));
    return true;
  }

  // Follows upsampling and padding back to the tensor that they move, which it returns.
  int FoldMovements(int tensor, Int8ConvolutionSpec& spec, std::string& folded) const {
    spec.input = lowered_.tensors[tensor];
    if (const Movement* movement = PendingOf(tensor)) {
      const auto* pad = std::get_if<PadLayer>(&movement->fused->layer.parameters);
      const bool is_border =
          pad != nullptr && (pad->mode != PadMode::kConstant || pad->value == 0.0F);
      if (is_border && IsZero(spec.layer.padding)) {
        spec.layer.padding = pad->padding;
        spec.padding_mode = pad->mode;
        tensor = movement->input;
        folded = "padding";
      }
    }
    if (const Movement* movement = PendingOf(tensor)) {
      const Shape4& from = lowered_.tensors[movement->input].shape;
      if (DoublesPixels(movement->fused->layer.parameters, from, lowered_.tensors[tensor].shape)) {
        spec.upsampling = 2;
        tensor = movement->input;
        folded = folded.empty() ? "2x upsampling" : "2x upsampling, padding";
      }
    }
    spec.input = lowered_.tensors[tensor];
    return tensor;
  }

  // The normalization that is all that reads `value`, directly or behind a quantizer, if statistics
  // are given. It and the quantizer go to `absorbed`.
  const FusedLayer* FindNormalization(ValueId value,
                                      std::vector<const FusedLayer*>& absorbed) const {
    if (!options_.statistics_given) return nullptr;
    const FusedLayer* quantizer = quantizer_[value];
    const FusedLayer* reader =
        quantizer != nullptr ? only_reader_[quantizer->layer.output] : only_reader_[value];
    if (reader == nullptr) return nullptr;
    if (!std::holds_alternative<NormalizationLayer>(reader->layer.parameters)) return nullptr;
    if (quantizer != nullptr) absorbed.push_back(quantizer);
    absorbed.push_back(reader);
    return reader;
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
    const int tensor = AddTensor(output);
    int8_tensor_[target] = tensor;
    const LayerParameters& parameters = fused.layer.parameters;
    if (std::holds_alternative<PadLayer>(parameters) ||
        std::holds_alternative<ResizeLayer>(parameters)) {
      movements_[tensor] = {&fused, inputs[0], std::move(kernel).value()};
      return true;
    }
    for (const int input : inputs) Materialize(input);
    AppendStep(fused, inputs, tensor, std::move(kernel).value());
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

  const Movement* PendingOf(int tensor) const {
    const Movement& movement = movements_[tensor];
    return movement.kernel != nullptr ? &movement : nullptr;
  }

  // Makes a pending movement a step of its own, and what it moves before it. Not by recursion:
  // there may be thousands of them, one behind the other.
  void Materialize(int tensor) {
    std::vector<int> pending;
    for (; PendingOf(tensor) != nullptr; tensor = movements_[tensor].input) {
      pending.push_back(tensor);
    }
    for (; !pending.empty(); pending.pop_back()) {
      Movement movement = std::exchange(movements_[pending.back()], {});
      AppendStep(*movement.fused, {movement.input}, pending.back(), std::move(movement.kernel));
    }
  }

  // The value in int8, in memory.
  int Int8Of(ValueId value) {
    Materialize(int8_tensor_[value]);
    return int8_tensor_[value];
  }

  // The value in float, dequantized once however many layers want it.
  StatusOr<int> FloatOf(ValueId value) {
    if (float_tensor_[value] >= 0) return float_tensor_[value];
    if (int8_tensor_[value] < 0) return Internal("a layer reads a value before it is written");
    const int input = Int8Of(value);
    const int output = AddTensor(FloatSpec(value));
    FusedLayer dequantizer;
    dequantizer.layer = {FakeQuantizeLayer{}, network_.values[value].name, {value}, value};
    BRUSHWORK_RETURN_IF_ERROR(AddStep(dequantizer, {input}, output));
    float_tensor_[value] = output;
    return output;
  }

  KernelOr CreateKernel(const FusedLayer& fused, const std::vector<int>& inputs,
                        const TensorSpec& output) const {
    std::vector<TensorSpec> specs;
    for (const int input : inputs) specs.push_back(lowered_.tensors[input]);
    return CreateLayerKernel(fused, specs, output, options_.statistics_given);
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
                  std::unique_ptr<Kernel> kernel, std::string folded = {}) {
    StepInfo info;
    info.name = fused.layer.name;
    info.folded = std::move(folded);
    info.input = lowered_.tensors[inputs[0]].shape;
    info.output = lowered_.tensors[output].shape;
    info.type = lowered_.tensors[inputs[0]].type;
    info.kind = StepKind(fused.layer.parameters, info.type, lowered_.tensors[output].type);
    info.multiply_adds = CountMultiplyAdds(fused.layer.parameters, info.input, info.output);
    if (kernel->normalization() != nullptr) Register(fused, kernel->normalization());
    lowered_.steps.push_back({std::move(kernel), inputs, output, std::move(info)});
  }

  // `fused`, if it is a normalization, has its statistics here.
  void Register(const FusedLayer& fused, NormalizationStage* stage) {
    for (size_t i = 0; i < normalizations_.size(); ++i) {
      if (normalizations_[i] == &fused) lowered_.normalizations[i] = stage;
    }
  }

  int AddTensor(const TensorSpec& spec) {
    lowered_.tensors.push_back(spec);
    lowered_.constants.emplace_back();
    movements_.emplace_back();
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
  void Absorb(const FusedLayer* fused) { absorbed_[fused - network_.layers.data()] = true; }

  const FusedNetwork& network_;
  const LoweringOptions& options_;
  LoweredNetwork lowered_;
  std::vector<Movement> movements_;                // by tensor
  std::vector<const FusedLayer*> normalizations_;  // in the network's order
  std::vector<int> float_tensor_;                  // by value; -1 where it is not held in float
  std::vector<int> int8_tensor_;                   // by value; -1 where it is not held in int8
  std::vector<const FusedLayer*> quantizer_;       // by value: its only reader, if a quantizer
  std::vector<const FusedLayer*> only_reader_;     // by value; null if several read it, or none
  std::vector<bool> absorbed_;                     // layers that became part of another step
};

}  // namespace

StatusOr<LoweredNetwork> LowerNetwork(const FusedNetwork& network, const LoweringOptions& options) {
  return Lowering(network, options).Run();
}

}  // namespace brushwork
