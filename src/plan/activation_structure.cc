#include "plan/activation_structure.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "plan/weight_quantization.h"

namespace brushwork {
namespace {

// Disjoint sets of values; the smallest member stands for its set.
class ValueSets {
 public:
  explicit ValueSets(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  int Find(int value) {
    while (parent_[value] != value) value = parent_[value] = parent_[parent_[value]];
    return value;
  }
  void Join(int a, int b) {
    a = Find(a);
    b = Find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<int> parent_;
};

const Shape4& ShapeOf(const FusedNetwork& network, ValueId value) {
  return network.values[value].shape;
}

bool SameChannels(const FusedNetwork& network, const Layer& layer) {
  const int64_t channels = ShapeOf(network, layer.output).channels;
  return std::ranges::all_of(
      layer.inputs, [&](ValueId input) { return ShapeOf(network, input).channels == channels; });
}

bool SameShapes(const FusedNetwork& network, const Layer& layer) {
  return std::ranges::all_of(layer.inputs, [&](ValueId input) {
    return ShapeOf(network, input) == ShapeOf(network, layer.output);
  });
}

bool IsActivation(const LayerParameters& parameters, std::initializer_list<Activation> kinds) {
  const auto* activation = std::get_if<ActivationLayer>(&parameters);
  return activation != nullptr && std::ranges::find(kinds, activation->activation) != kinds.end();
}

// clamp(s * x) = s * clamp(x)
bool LetsFactorsPass(const OutputRange& range) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return range.maximum == kInfinity && (range.minimum == 0.0F || range.minimum == -kInfinity);
}

bool IsSum(const LayerParameters& parameters) {
  const auto* binary = std::get_if<BinaryLayer>(&parameters);
  return binary != nullptr && (binary->operation == BinaryOperation::kAdd ||
                               binary->operation == BinaryOperation::kSubtract);
}

// f(s * x) = s * f(x) for positive s, channel by channel.
bool LetsFactorsPass(const FusedNetwork& network, const FusedLayer& fused) {
  const LayerParameters& parameters = fused.layer.parameters;
  if (!SameChannels(network, fused.layer) || !LetsFactorsPass(fused.range)) return false;
  if (const auto* pad = std::get_if<PadLayer>(&parameters)) {
    return pad->mode != PadMode::kConstant || pad->value == 0.0F;
  }
  return IsSum(parameters) ||
         IsActivation(parameters, {Activation::kRelu, Activation::kLeakyRelu, Activation::kPRelu,
                                   Activation::kAbsolute}) ||
         std::holds_alternative<ResizeLayer>(parameters) ||
         std::holds_alternative<SliceLayer>(parameters) ||
         std::holds_alternative<PoolLayer>(parameters) ||
         std::holds_alternative<GlobalAveragePoolLayer>(parameters);
}

// Whether factors can go into what the layer does with its inputs.
bool CanDivide(const FusedNetwork& network, const Layer& layer) {
  if (const auto* normalization = std::get_if<NormalizationLayer>(&layer.parameters)) {
    return normalization->groups == ShapeOf(network, layer.output).channels;
  }
  return FilterOf(layer.parameters) != nullptr;
}

// Whether factors can go into what the layer writes.
bool CanMultiply(const FusedLayer& fused) {
  return LetsFactorsPass(fused.range) &&
         (std::holds_alternative<NormalizationLayer>(fused.layer.parameters) ||
          FilterOf(fused.layer.parameters) != nullptr);
}

std::vector<int> FindScaleClasses(const FusedNetwork& network) {
  ValueSets sets(network.values.size());
  std::vector<bool> fixed(network.values.size(), false);
  fixed[network.input] = true;
  fixed[network.output] = true;
  for (const FusedLayer& fused : network.layers) {
    const Layer& layer = fused.layer;
    if (LetsFactorsPass(network, fused)) {
      for (const ValueId input : layer.inputs) sets.Join(input, layer.output);
      continue;
    }
    if (!CanMultiply(fused)) fixed[layer.output] = true;
    if (CanDivide(network, layer)) continue;
    for (const ValueId input : layer.inputs) fixed[input] = true;
  }
  std::vector<bool> fixed_set(network.values.size(), false);
  for (size_t v = 0; v < fixed.size(); ++v) {
    if (fixed[v]) fixed_set[sets.Find(static_cast<int>(v))] = true;
  }
  std::vector<int> classes(network.values.size());
  for (size_t v = 0; v < classes.size(); ++v) {
    const int set = sets.Find(static_cast<int>(v));
    classes[v] = fixed_set[set] ? -1 : set;
  }
  return classes;
}

// As the lowering's KeepsQuantization. Zero is a value of every quantization here, and those of
// padding that came from folding (quantizable_network.h) are values of the picture's.
bool MovesValues(const FusedNetwork& network, const Layer& layer, ValueSets& groups) {
  const LayerParameters& parameters = layer.parameters;
  if (const auto* pad = std::get_if<PadLayer>(&parameters)) {
    return pad->mode != PadMode::kConstant || pad->value == 0.0F ||
           groups.Find(layer.inputs[0]) == groups.Find(network.input);
  }
  if (const auto* resize = std::get_if<ResizeLayer>(&parameters)) {
    return resize->mode == ResizeMode::kNearest;
  }
  if (const auto* pool = std::get_if<PoolLayer>(&parameters)) return pool->mode == PoolMode::kMax;
  return IsActivation(parameters, {Activation::kRelu}) ||
         std::holds_alternative<DepthToSpaceLayer>(parameters) ||
         std::holds_alternative<SpaceToDepthLayer>(parameters) ||
         std::holds_alternative<ConcatLayer>(parameters) ||
         std::holds_alternative<SliceLayer>(parameters);
}

bool HasInt8Kernel(const FusedNetwork& network, const FusedLayer& fused) {
  const LayerParameters& parameters = fused.layer.parameters;
  if (const auto* binary = std::get_if<BinaryLayer>(&parameters)) {
    return binary->operation != BinaryOperation::kDivide && SameShapes(network, fused.layer);
  }
  if (std::holds_alternative<ActivationLayer>(parameters)) {
    return !IsActivation(parameters, {Activation::kRelu, Activation::kPRelu});
  }
  return (FilterOf(parameters) != nullptr ||
          std::holds_alternative<NormalizationLayer>(parameters)) &&
         HasFiniteWeights(parameters);
}

// As SupportsInt8Convolution, but for what depends on sizes.
bool CanWriteFloat(const LayerParameters& parameters) {
  const auto* convolution = std::get_if<ConvolutionLayer>(&parameters);
  return convolution != nullptr && convolution->groups == 1 && convolution->dilation_height == 1 &&
         convolution->dilation_width == 1;
}

}  // namespace

ActivationStructure AnalyzeActivations(const FusedNetwork& network) {
  ActivationStructure structure;
  structure.scale_class = FindScaleClasses(network);
  ValueSets groups(network.values.size());
  for (const FusedLayer& fused : network.layers) {
    const bool moves = MovesValues(network, fused.layer, groups);
    structure.moves.push_back(moves);
    structure.has_int8_kernel.push_back(!moves && HasInt8Kernel(network, fused));
    structure.can_write_float.push_back(structure.has_int8_kernel.back() &&
                                        CanWriteFloat(fused.layer.parameters));
    if (!moves) continue;
    for (const ValueId input : fused.layer.inputs) groups.Join(input, fused.layer.output);
  }
  for (size_t v = 0; v < network.values.size(); ++v) {
    structure.group.push_back(groups.Find(static_cast<int>(v)));
  }
  return structure;
}

PrecisionAssignment AssignPrecision(const FusedNetwork& network,
                                    const ActivationStructure& structure,
                                    const PrecisionChoice& choice) {
  PrecisionAssignment assignment;
  std::set<int> useful;  // groups that an int8 layer reads or writes
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i].layer;
    std::vector<int> groups;
    for (const ValueId input : layer.inputs) groups.push_back(structure.group[input]);
    const int output = structure.group[layer.output];
    if (!structure.can_write_float[i] || !choice.float_groups.contains(output)) {
      groups.push_back(output);
    }
    const bool int8 =
        structure.has_int8_kernel[i] && !choice.float_layers.contains(i) &&
        std::ranges::none_of(groups, [&](int g) { return choice.float_groups.contains(g); });
    assignment.int8_layer.push_back(int8);
    if (int8) useful.insert(groups.begin(), groups.end());
  }
  assignment.quantizer.assign(network.values.size(), false);
  for (const int group : structure.group) assignment.quantized.push_back(useful.contains(group));
  assignment.quantizer[network.input] = assignment.quantized[network.input];
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const ValueId output = network.layers[i].layer.output;
    if (!structure.moves[i]) assignment.quantizer[output] = assignment.quantized[output];
  }
  return assignment;
}

}  // namespace brushwork
