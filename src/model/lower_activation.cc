#include <algorithm>
#include <cmath>
#include <limits>

#include "model/lower.h"

namespace brushwork {
namespace {

struct Definition {
  std::string_view name;
  Activation activation;
  float alpha;  // where the node states none
  float beta;
};

constexpr Definition kDefinitions[] = {
    {"Relu", Activation::kRelu, 0.0F, 0.0F},
    {"LeakyRelu", Activation::kLeakyRelu, 0.01F, 0.0F},
    {"Tanh", Activation::kTanh, 0.0F, 0.0F},
    {"Sigmoid", Activation::kSigmoid, 0.0F, 0.0F},
    {"HardSwish", Activation::kHardSwish, 0.0F, 0.0F},
    {"HardSigmoid", Activation::kHardSigmoid, 0.2F, 0.5F},
    {"Abs", Activation::kAbsolute, 0.0F, 0.0F},
    {"Neg", Activation::kNegate, 0.0F, 0.0F},
    {"Exp", Activation::kExponential, 0.0F, 0.0F},
};

// Element by element, so in whatever order the input is.
Status AddActivation(const Node& node, Lowering& lowering, ActivationLayer layer) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(
      const ValueId id, lowering.AddLayer(node, std::move(layer), {x.id}, lowering.shape(x.id)));
  lowering.SetOutput(node, id, x.view);
  return OkStatus();
}

// A limit of Clip: an input, in opset 6 an attribute.
StatusOr<float> ReadLimit(const Node& node, const Lowering& lowering, size_t index,
                          const char* name, float absent) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer limit,
                             lowering.OptionalConstant(node, index, name));
  float value = node.Float(name, absent);
  if (limit != nullptr) value = limit->size() == 1 ? limit->Float(0) : NAN;
  if (std::isnan(value)) return node.Invalid(std::string(name) + " is not a number");
  return value;
}

}  // namespace

Status LowerActivation(const Node& node, Lowering& lowering) {
  const auto definition =
      std::find_if(std::begin(kDefinitions), std::end(kDefinitions),
                   [&](const Definition& d) { return d.name == node.operation; });
  if (definition == std::end(kDefinitions)) return node.Unsupported("is no activation");
  ActivationLayer layer;
  layer.activation = definition->activation;
  layer.alpha = node.Float("alpha", definition->alpha);
  layer.beta = node.Float("beta", definition->beta);
  return AddActivation(node, lowering, layer);
}

Status LowerClip(const Node& node, Lowering& lowering) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  ActivationLayer layer;
  layer.activation = Activation::kClip;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.minimum, ReadLimit(node, lowering, 1, "min", -kInfinity));
  BRUSHWORK_ASSIGN_OR_RETURN(layer.maximum, ReadLimit(node, lowering, 2, "max", kInfinity));
  // ONNX: all values become max.
  if (layer.minimum > layer.maximum) layer.minimum = layer.maximum;
  return AddActivation(node, lowering, layer);
}

Status LowerPRelu(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer slopes,
                             lowering.NeedConstant(node, 1, "slopes"));
  std::optional<std::vector<float>> per_channel = PerChannel(*slopes, x.view);
  // [C] is what some exporters write for [C, 1, 1].
  if (!per_channel && slopes->is_float() && slopes->dims.size() == 1 &&
      slopes->dims[0] == x.view.source()[1]) {
    per_channel = slopes->ToFloats();
  }
  if (!per_channel) {
    return node.Unsupported("slopes of shape " + DimsToString(slopes->dims) + " for a value of " +
                            DimsToString(x.view.dims()) +
                            "; supported are one and one per channel");
  }
  ActivationLayer layer;
  layer.activation = Activation::kPRelu;
  layer.slopes = std::move(*per_channel);
  return AddActivation(node, lowering, std::move(layer));
}

}  // namespace brushwork
