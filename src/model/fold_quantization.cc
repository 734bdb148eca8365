#include <algorithm>
#include <cmath>

#include "model/fold.h"
#include "model/quantization.h"
#include "model/shape_rules.h"

namespace brushwork {

StatusOr<QuantizationParameters> ReadQuantization(const Node& node, const Dims& dims,
                                                  const Constant& scale, const Constant* zero_point,
                                                  ElementType type) {
  if (node.Int("block_size", 0) != 0) {
    return node.Unsupported("blocked quantization is not supported");
  }
  QuantizationParameters result;
  result.scales = scale.ToFloats();
  result.type = zero_point != nullptr ? zero_point->type : type;
  result.zero_points.assign(result.scales.size(), 0);
  if (zero_point != nullptr) {
    if (zero_point->size() != scale.size()) {
      return node.Invalid(std::to_string(scale.size()) + " scales, but " +
                          std::to_string(zero_point->size()) + " zero points");
    }
    for (size_t i = 0; i < result.zero_points.size(); ++i) {
      result.zero_points[i] =
          static_cast<int32_t>(std::clamp<int64_t>(zero_point->Integer(i), INT32_MIN, INT32_MAX));
    }
  }
  for (const float value : result.scales) {
    if (!(value >= 0.0F) || std::isinf(value)) {
      return node.Invalid("its scale is " + std::to_string(value));
    }
  }
  if (result.is_per_tensor()) return result;
  const std::optional<size_t> axis = NormalizeAxis(node.Int("axis", 1), dims.size());
  if (!axis || static_cast<uint64_t>(dims[*axis]) != result.scales.size()) {
    return node.Invalid(std::to_string(result.scales.size()) + " scales along axis " +
                        std::to_string(node.Int("axis", 1)) + " of " + DimsToString(dims));
  }
  result.axis = *axis;
  result.extent = static_cast<size_t>(dims[*axis]);
  result.inner = static_cast<size_t>(Strides(dims)[*axis]);
  return result;
}

StatusOr<ElementType> QuantizedType(const Node& node) {
  const auto type = static_cast<ElementType>(node.Int("output_dtype", 0));
  if (type == ElementType::kUndefined) return ElementType::kUint8;
  if (type == ElementType::kUint8 || type == ElementType::kInt8) return type;
  return node.Unsupported("quantization to " + ElementTypeName(static_cast<int32_t>(type)) +
                          " is not supported; supported are int8 and uint8");
}

namespace {

template <typename Byte>
std::vector<Byte> Quantize(const Constant& x, const QuantizationParameters& parameters) {
  std::vector<Byte> result(x.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const size_t channel = parameters.channel(i);
    const float scaled = std::nearbyint(x.Float(i) / parameters.scales[channel]);
    const float value = scaled + static_cast<float>(parameters.zero_points[channel]);
    constexpr auto kLow = static_cast<float>(std::numeric_limits<Byte>::min());
    constexpr auto kHigh = static_cast<float>(std::numeric_limits<Byte>::max());
    result[i] = std::isnan(value) ? Byte{0} : static_cast<Byte>(std::clamp(value, kLow, kHigh));
  }
  return result;
}

// The weights in the symmetric int8 form of Filter, if that is what they are.
std::shared_ptr<const QuantizedWeights> SymmetricWeights(const Constant& x,
                                                         const QuantizationParameters& parameters) {
  if (x.type != ElementType::kInt8 && x.type != ElementType::kUint8) return nullptr;
  const int32_t shift = x.type == ElementType::kUint8 ? 128 : 0;
  const auto is_shift = [shift](int32_t zero_point) { return zero_point == shift; };
  const auto is_normal = [](float scale) { return std::isnormal(scale); };
  if (!std::all_of(parameters.zero_points.begin(), parameters.zero_points.end(), is_shift) ||
      !std::all_of(parameters.scales.begin(), parameters.scales.end(), is_normal)) {
    return nullptr;
  }
  QuantizedWeights weights{std::vector<int8_t>(x.size()), parameters.scales,
                           static_cast<int64_t>(parameters.axis)};
  for (size_t i = 0; i < weights.values.size(); ++i) {
    weights.values[i] = static_cast<int8_t>(x.Integer(i) - shift);
  }
  return std::make_shared<const QuantizedWeights>(std::move(weights));
}

}  // namespace

StatusOr<Constant> FoldQuantizeLinear(const Node& node, FoldInputs inputs) {
  const Constant* zero_point = inputs.size() > 2 ? inputs[2].get() : nullptr;
  BRUSHWORK_ASSIGN_OR_RETURN(const ElementType type, QuantizedType(node));
  BRUSHWORK_ASSIGN_OR_RETURN(const QuantizationParameters parameters,
                             ReadQuantization(node, inputs[0]->dims, *inputs[1], zero_point, type));
  if (parameters.type == ElementType::kInt8) {
    return Constant{parameters.type, inputs[0]->dims, Quantize<int8_t>(*inputs[0], parameters),
                    nullptr};
  }
  if (parameters.type == ElementType::kUint8) {
    return Constant{parameters.type, inputs[0]->dims, Quantize<uint8_t>(*inputs[0], parameters),
                    nullptr};
  }
  return node.Unsupported("quantization to " +
                          ElementTypeName(static_cast<int32_t>(parameters.type)) +
                          " is not supported; supported are int8 and uint8");
}

StatusOr<Constant> FoldDequantizeLinear(const Node& node, FoldInputs inputs) {
  const Constant& x = *inputs[0];
  if (x.type != ElementType::kInt8 && x.type != ElementType::kUint8 &&
      x.type != ElementType::kInt32) {
    return node.Unsupported("values of " + ElementTypeName(static_cast<int32_t>(x.type)) +
                            " are not supported; supported are int8, uint8 and int32");
  }
  const Constant* zero_point = inputs.size() > 2 ? inputs[2].get() : nullptr;
  if (zero_point != nullptr && zero_point->type != x.type) {
    return node.Invalid("its zero point is of another type than its values");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const QuantizationParameters parameters,
                             ReadQuantization(node, x.dims, *inputs[1], zero_point, x.type));
  std::vector<float> values(x.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = parameters.channel(i);
    // In double, for an int32 and its zero point may be further apart than an int32 reaches.
    const double difference = static_cast<double>(x.Integer(i)) - parameters.zero_points[channel];
    values[i] = static_cast<float>(difference) * parameters.scales[channel];
  }
  Constant result = Constant::Floats(x.dims, std::move(values));
  result.quantized = SymmetricWeights(x, parameters);
  return result;
}

}  // namespace brushwork
