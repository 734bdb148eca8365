#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/checked.h"
#include "model/fold.h"
#include "model/shape_rules.h"

namespace brushwork {
namespace {

using FloatOperation = float (*)(float, float);
// Nothing on overflow and division by zero.
using IntegerOperation = std::optional<int64_t> (*)(int64_t, int64_t);

std::optional<int64_t> CheckedSubtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return std::nullopt;
  return difference;
}

std::optional<int64_t> CheckedDivide(int64_t a, int64_t b) {
  if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) return std::nullopt;
  return a / b;
}

// The sign of the divisor, as numpy and ONNX (fmod = 0) have it.
std::optional<int64_t> CheckedModulo(int64_t a, int64_t b) {
  if (b == 0) return std::nullopt;
  if (b == -1) return 0;
  const int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

std::optional<int64_t> CheckedPower(int64_t base, int64_t exponent) {
  if (exponent < 0 || exponent > 64) return std::nullopt;
  std::optional<int64_t> power = 1;
  for (int64_t i = 0; i < exponent && power; ++i) power = CheckedMultiply(*power, base);
  return power;
}

struct BinaryDefinition {
  std::string_view name;
  FloatOperation on_floats;
  IntegerOperation on_integers;
  bool is_comparison;
};

constexpr BinaryDefinition kBinaryDefinitions[] = {
    {"Add", [](float a, float b) { return a + b; }, CheckedAdd, false},
    {"Sub", [](float a, float b) { return a - b; }, CheckedSubtract, false},
    {"Mul", [](float a, float b) { return a * b; }, CheckedMultiply, false},
    {"Div", [](float a, float b) { return a / b; }, CheckedDivide, false},
    {"Mod", [](float a, float b) { return std::fmod(a, b); }, CheckedModulo, false},
    {"Pow", [](float a, float b) { return std::pow(a, b); }, CheckedPower, false},
    {"Max", [](float a, float b) { return std::max(a, b); },
     [](int64_t a, int64_t b) { return std::optional(std::max(a, b)); }, false},
    {"Min", [](float a, float b) { return std::min(a, b); },
     [](int64_t a, int64_t b) { return std::optional(std::min(a, b)); }, false},
    {"Equal", [](float a, float b) { return a == b ? 1.0F : 0.0F; },
     [](int64_t a, int64_t b) { return std::optional<int64_t>(a == b); }, true},
    {"Less", [](float a, float b) { return a < b ? 1.0F : 0.0F; },
     [](int64_t a, int64_t b) { return std::optional<int64_t>(a < b); }, true},
    {"Greater", [](float a, float b) { return a > b ? 1.0F : 0.0F; },
     [](int64_t a, int64_t b) { return std::optional<int64_t>(a > b); }, true},
};

float Sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

struct UnaryDefinition {
  std::string_view name;
  float (*on_float)(float);
};

constexpr UnaryDefinition kUnaryDefinitions[] = {
    {"Neg", [](float x) { return -x; }},
    {"Abs", [](float x) { return std::fabs(x); }},
    {"Sqrt", [](float x) { return std::sqrt(x); }},
    {"Exp", [](float x) { return std::exp(x); }},
    {"Floor", [](float x) { return std::floor(x); }},
    {"Ceil", [](float x) { return std::ceil(x); }},
    {"Round", [](float x) { return std::nearbyint(x); }},
    {"Reciprocal", [](float x) { return 1.0F / x; }},
    {"Relu", [](float x) { return std::max(x, 0.0F); }},
    {"Tanh", [](float x) { return std::tanh(x); }},
    {"Sigmoid", Sigmoid},
};

StatusOr<Dims> ResultDims(const Node& node, const Constant& a, const Constant& b) {
  const std::optional<Dims> dims = BroadcastDims(a.dims, b.dims);
  const std::optional<int64_t> count = dims ? ElementCount(*dims) : std::nullopt;
  if (!count) {
    return node.Invalid("shapes " + DimsToString(a.dims) + " and " + DimsToString(b.dims) +
                        " do not match");
  }
  if (*count > kMaxFoldedElements) return node.Unsupported("the constant is too large");
  return *dims;
}

// Integer results live in int64 whatever their type was, so int8 and uint8 become int32.
ElementType WideType(ElementType type) {
  const bool is_byte = type == ElementType::kInt8 || type == ElementType::kUint8;
  return is_byte ? ElementType::kInt32 : type;
}

StatusOr<Constant> Combine(const Node& node, const BinaryDefinition& definition, const Constant& a,
                           const Constant& b) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims, ResultDims(node, a, b));
  const std::vector<size_t> in_a = Positions(dims, BroadcastStrides(a.dims, dims), 0);
  const std::vector<size_t> in_b = Positions(dims, BroadcastStrides(b.dims, dims), 0);
  if (a.is_float() && !definition.is_comparison) {
    std::vector<float> values(in_a.size());
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = definition.on_floats(a.Float(in_a[i]), b.Float(in_b[i]));
    }
    return Constant::Floats(dims, std::move(values));
  }
  std::vector<int64_t> values(in_a.size());
  for (size_t i = 0; i < values.size(); ++i) {
    std::optional<int64_t> value;
    if (a.is_float()) {
      value = definition.on_floats(a.Float(in_a[i]), b.Float(in_b[i])) != 0.0F ? 1 : 0;
    } else {
      value = definition.on_integers(a.Integer(in_a[i]), b.Integer(in_b[i]));
    }
    if (!value) return node.Invalid("integer overflow or division by zero");
    values[i] = *value;
  }
  const ElementType type = definition.is_comparison ? ElementType::kBool : WideType(a.type);
  return Constant{type, dims, std::move(values), nullptr};
}

template <typename Byte>
std::vector<Byte> ToBytes(const Constant& constant) {
  std::vector<Byte> bytes(constant.size());
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<Byte>(constant.Integer(i));
  return bytes;
}

}  // namespace

StatusOr<Constant> FoldBinary(const Node& node, FoldInputs inputs) {
  const auto definition =
      std::find_if(std::begin(kBinaryDefinitions), std::end(kBinaryDefinitions),
                   [&](const BinaryDefinition& d) { return d.name == node.operation; });
  if (definition == std::end(kBinaryDefinitions)) {
    return node.Unsupported("not supported on constants");
  }
  Constant result{inputs[0]->type, inputs[0]->dims, CopyValues(inputs[0]->values),
                  inputs[0]->quantized};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) return node.Invalid("lacks its input " + std::to_string(i));
    BRUSHWORK_ASSIGN_OR_RETURN(result, Combine(node, *definition, result, *inputs[i]));
  }
  return result;
}

StatusOr<Constant> FoldUnary(const Node& node, FoldInputs inputs) {
  const auto definition =
      std::find_if(std::begin(kUnaryDefinitions), std::end(kUnaryDefinitions),
                   [&](const UnaryDefinition& d) { return d.name == node.operation; });
  if (definition == std::end(kUnaryDefinitions)) {
    return node.Unsupported("not supported on constants");
  }
  const Constant& x = *inputs[0];
  std::vector<float> values(x.size());
  for (size_t i = 0; i < values.size(); ++i) values[i] = definition->on_float(x.Float(i));
  Constant result = Constant::Floats(x.dims, std::move(values));
  if (x.is_float()) return result;
  return Constant{WideType(x.type), x.dims, result.ToIntegers(), nullptr};
}

StatusOr<Constant> FoldCast(const Node& node, FoldInputs inputs) {
  const Constant& x = *inputs[0];
  const auto type = static_cast<ElementType>(node.Int("to", 0));
  switch (type) {
    case ElementType::kFloat:
    case ElementType::kFloat16:
    case ElementType::kDouble:
    case ElementType::kBfloat16:
      return Constant{type, x.dims, x.ToFloats(), x.quantized};
    case ElementType::kInt8:
      return Constant{type, x.dims, ToBytes<int8_t>(x), nullptr};
    case ElementType::kUint8:
      return Constant{type, x.dims, ToBytes<uint8_t>(x), nullptr};
    case ElementType::kInt32:
    case ElementType::kInt64:
      return Constant{type, x.dims, x.ToIntegers(), nullptr};
    case ElementType::kBool: {
      std::vector<int64_t> values(x.size());
      for (size_t i = 0; i < values.size(); ++i) values[i] = x.Float(i) != 0.0F ? 1 : 0;
      return Constant{type, x.dims, std::move(values), nullptr};
    }
    case ElementType::kUndefined:
      break;
  }
  return node.Unsupported("to " + ElementTypeName(static_cast<int32_t>(node.Int("to", 0))) +
                          " is not supported");
}

StatusOr<Constant> FoldWhere(const Node& node, FoldInputs inputs) {
  const Constant& condition = *inputs[0];
  const Constant& a = *inputs[1];
  const Constant& b = *inputs[2];
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims of_values, ResultDims(node, a, b));
  const Constant shape_only = {ElementType::kFloat, of_values, {}, nullptr};
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims, ResultDims(node, condition, shape_only));
  const std::vector<size_t> in_condition =
      Positions(dims, BroadcastStrides(condition.dims, dims), 0);
  const std::vector<size_t> in_a = Positions(dims, BroadcastStrides(a.dims, dims), 0);
  const std::vector<size_t> in_b = Positions(dims, BroadcastStrides(b.dims, dims), 0);
  std::vector<int64_t> integers(in_a.size());
  std::vector<float> floats(in_a.size());
  for (size_t i = 0; i < in_a.size(); ++i) {
    const bool take_a = condition.Integer(in_condition[i]) != 0;
    integers[i] = take_a ? a.Integer(in_a[i]) : b.Integer(in_b[i]);
    floats[i] = take_a ? a.Float(in_a[i]) : b.Float(in_b[i]);
  }
  if (a.is_float()) return Constant::Floats(dims, std::move(floats));
  return Constant{WideType(a.type), dims, std::move(integers), nullptr};
}

StatusOr<Constant> FoldReduceProduct(const Node& node, FoldInputs inputs) {
  const Constant& x = *inputs[0];
  const Constant* axes_input = inputs.size() > 1 ? inputs[1].get() : nullptr;
  BRUSHWORK_ASSIGN_OR_RETURN(const auto named, NamedAxes(node, axes_input, x.dims.size()));
  if (named && named->size() != x.dims.size()) {
    return node.Unsupported("only products of all elements are supported");
  }
  const Dims dims(node.Int("keepdims", 1) != 0 ? x.dims.size() : 0, 1);
  if (x.is_float()) {
    const std::span<const float> values = x.floats();
    const float product = std::accumulate(values.begin(), values.end(), 1.0F, std::multiplies<>());
    return Constant::Floats(dims, {product});
  }
  std::optional<int64_t> product = 1;
  for (size_t i = 0; i < x.size() && product; ++i)
    product = CheckedMultiply(*product, x.Integer(i));
  if (!product) return node.Invalid("integer overflow");
  return Constant{WideType(x.type), dims, std::vector<int64_t>{*product}, nullptr};
}

}  // namespace brushwork
