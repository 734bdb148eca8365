#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "model/fold.h"
#include "model/operators.h"
#include "model/shape_rules.h"

namespace brushwork {

Status FoldBudget::Spend(const Node& node, int64_t elements) {
  left_ -= elements;
  return left_ >= 0 ? OkStatus() : node.Unsupported("the constants are too large");
}

StatusOr<Constant> FoldBudget::Fold(const Node& node, FoldInputs inputs) {
  // Sums and shapes of large constants fold into little, and take time all the same.
  constexpr int64_t kMaxRead = int64_t{1} << 29;
  for (const ConstantPointer& input : inputs) {
    if (input != nullptr) read_ += static_cast<int64_t>(input->size());
  }
  if (read_ > kMaxRead) return node.Unsupported("the constants are too large");
  BRUSHWORK_ASSIGN_OR_RETURN(Constant constant, node.definition->fold(node, inputs));
  BRUSHWORK_RETURN_IF_ERROR(Spend(node, static_cast<int64_t>(constant.size())));
  return constant;
}

std::vector<int64_t> Strides(std::span<const int64_t> dims) {
  std::vector<int64_t> strides(dims.size());
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(dims[i], 1);
  }
  return strides;
}

std::vector<int64_t> BroadcastStrides(std::span<const int64_t> dims,
                                      std::span<const int64_t> target) {
  const std::vector<int64_t> strides = Strides(dims);
  std::vector<int64_t> result(target.size(), 0);
  const size_t offset = target.size() - dims.size();
  for (size_t i = 0; i < dims.size(); ++i) result[offset + i] = dims[i] == 1 ? 0 : strides[i];
  return result;
}

std::vector<size_t> Positions(std::span<const int64_t> dims, std::span<const int64_t> strides,
                              int64_t start) {
  const auto count = static_cast<size_t>(ElementCount(dims).value_or(0));
  std::vector<size_t> positions(count);
  std::vector<int64_t> index(dims.size(), 0);
  int64_t position = start;
  for (size_t i = 0; i < count; ++i) {
    positions[i] = static_cast<size_t>(position);
    for (size_t axis = dims.size(); axis-- > 0;) {
      position += strides[axis];
      if (++index[axis] < dims[axis]) break;
      position -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return positions;
}

namespace {

// Elements of `source` at `positions`, in the shape `dims`.
Constant Take(const Constant& source, Dims dims, const std::vector<size_t>& positions) {
  Constant result{source.type, std::move(dims), {}, nullptr};
  std::visit(
      [&](const auto& from) {
        std::decay_t<decltype(from)> to(positions.size());
        for (size_t i = 0; i < to.size(); ++i) to[i] = from[positions[i]];
        result.values = std::move(to);
      },
      source.values);
  return result;
}

Constant WithDims(const Constant& source, Dims dims) {
  return {source.type, std::move(dims), CopyValues(source.values), nullptr};
}

Status CheckSize(const Node& node, const Dims& dims) {
  const std::optional<int64_t> count = ElementCount(dims);
  if (count && *count <= kMaxFoldedElements && dims.size() <= kMaxRank) return OkStatus();
  return node.Unsupported("a constant of shape " + DimsToString(dims) + " is too large");
}

}  // namespace

StatusOr<Constant> FoldConstant(const Node& node, FoldInputs) {
  for (const OnnxAttributeMessage& attribute : node.attributes) {
    if (attribute.name == "value" && attribute.tensor != nullptr) return *attribute.tensor;
    if (attribute.name == "value_float") return Constant::Floats({}, {attribute.float_value});
    if (attribute.name == "value_int") return Constant::Integers({}, {attribute.int_value});
    if (attribute.name == "value_ints") return Constant::List(attribute.ints);
    if (attribute.name == "value_floats") {
      return Constant::Floats({static_cast<int64_t>(attribute.floats.size())}, attribute.floats);
    }
  }
  return node.Unsupported("only tensors and numbers are supported as its value");
}

StatusOr<Constant> FoldConstantOfShape(const Node& node, FoldInputs inputs) {
  const Dims dims = inputs[0]->ToIntegers();
  BRUSHWORK_RETURN_IF_ERROR(CheckSize(node, dims));
  const std::vector<size_t> positions(static_cast<size_t>(*ElementCount(dims)), 0);
  const OnnxAttributeMessage* value = node.Find("value");
  if (value == nullptr || value->tensor == nullptr) {
    return Take(Constant::Floats({}, {0.0F}), dims, positions);
  }
  if (value->tensor->size() != 1) return node.Invalid("its value has more than one element");
  return Take(*value->tensor, dims, positions);
}

StatusOr<Constant> FoldRange(const Node& node, FoldInputs inputs) {
  for (const ConstantPointer& input : inputs) {
    if (input->size() != 1) return node.Invalid("start, limit and delta must be scalars");
  }
  const auto start = static_cast<double>(inputs[0]->Float(0));
  const auto delta = static_cast<double>(inputs[2]->Float(0));
  const double count = std::ceil((static_cast<double>(inputs[1]->Float(0)) - start) / delta);
  if (delta == 0.0 || !(count < 65536.0)) return node.Unsupported("the range is too long");
  const auto size = static_cast<size_t>(std::max(count, 0.0));
  if (!inputs[0]->is_float()) {
    std::vector<int64_t> values(size);
    for (size_t i = 0; i < size; ++i) {
      values[i] = std::llround(start + static_cast<double>(i) * delta);
    }
    return Constant::List(std::move(values));
  }
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(start + static_cast<double>(i) * delta);
  }
  return Constant::Floats({static_cast<int64_t>(size)}, std::move(values));
}

StatusOr<Constant> ShapeOf(const Node& node, const Dims& dims) {
  const auto rank = static_cast<int64_t>(dims.size());
  const auto clamp = [rank](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const int64_t start = clamp(node.Int("start", 0));
  const int64_t end = std::max(start, clamp(node.Int("end", rank)));
  return Constant::List({dims.begin() + start, dims.begin() + end});
}

StatusOr<Constant> FoldShape(const Node& node, FoldInputs inputs) {
  return ShapeOf(node, inputs[0]->dims);
}

StatusOr<Constant> FoldSize(const Node&, FoldInputs inputs) {
  return Constant::Integers({}, {static_cast<int64_t>(inputs[0]->size())});
}

StatusOr<Constant> FoldIdentity(const Node&, FoldInputs inputs) { return *inputs[0]; }

StatusOr<Constant> FoldGather(const Node& node, FoldInputs inputs) {
  const Constant& data = *inputs[0];
  const Constant& indices = *inputs[1];
  const std::optional<size_t> axis = NormalizeAxis(node.Int("axis", 0), data.dims.size());
  if (!axis) return node.Invalid("axis of " + DimsToString(data.dims));
  const int64_t extent = data.dims[*axis];
  const int64_t inner = Strides(data.dims)[*axis];
  Dims dims(data.dims.begin(), data.dims.begin() + static_cast<ptrdiff_t>(*axis));
  const int64_t outer = *ElementCount(dims);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), data.dims.begin() + static_cast<ptrdiff_t>(*axis) + 1, data.dims.end());
  BRUSHWORK_RETURN_IF_ERROR(CheckSize(node, dims));
  std::vector<size_t> positions;
  if (*ElementCount(dims) == 0) return Take(data, dims, positions);
  for (int64_t o = 0; o < outer; ++o) {
    for (size_t k = 0; k < indices.size(); ++k) {
      const std::optional<size_t> index =
          NormalizeAxis(indices.Integer(k), static_cast<size_t>(extent));
      if (!index) {
        return node.Invalid("index " + std::to_string(indices.Integer(k)) + " of " +
                            DimsToString(data.dims));
      }
      const int64_t begin = (o * extent + static_cast<int64_t>(*index)) * inner;
      for (int64_t i = 0; i < inner; ++i) positions.push_back(static_cast<size_t>(begin + i));
    }
  }
  return Take(data, dims, positions);
}

StatusOr<Constant> FoldConcat(const Node& node, FoldInputs inputs) {
  Dims dims = inputs[0]->dims;
  const std::optional<size_t> axis = NormalizeAxis(node.Int("axis", 0), dims.size());
  if (!axis) return node.Invalid("axis of " + DimsToString(dims));
  dims[*axis] = 0;
  for (const ConstantPointer& input : inputs) {
    Dims other = input == nullptr ? Dims{} : input->dims;
    if (other.size() == dims.size()) other[*axis] = dims[*axis];
    if (other != dims || input->values.index() != inputs[0]->values.index()) {
      return node.Invalid("its inputs differ in shape or type");
    }
    // Dimensions beside a zero may be as large as they like.
    const std::optional<int64_t> extent = CheckedAdd(dims[*axis], input->dims[*axis]);
    if (!extent) return node.Unsupported("the constant is too large");
    dims[*axis] = *extent;
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckSize(node, dims));
  const int64_t outer = *ElementCount(dims) == 0 ? 0 : *ElementCount(std::span(dims).first(*axis));
  Constant result{inputs[0]->type, dims, {}, nullptr};
  std::visit(
      [&](const auto& first) {
        std::decay_t<decltype(first)> values;
        for (int64_t o = 0; o < outer; ++o) {
          for (const ConstantPointer& input : inputs) {
            const auto& from = std::get<std::decay_t<decltype(first)>>(input->values);
            const auto chunk = static_cast<ptrdiff_t>(from.size()) / outer;
            values.insert(values.end(), from.begin() + o * chunk, from.begin() + (o + 1) * chunk);
          }
        }
        result.values = std::move(values);
      },
      inputs[0]->values);
  return result;
}

StatusOr<Constant> FoldSlice(const Node& node, FoldInputs inputs) {
  const Constant& data = *inputs[0];
  const auto optional = [&](size_t i) { return i < inputs.size() ? inputs[i].get() : nullptr; };
  BRUSHWORK_ASSIGN_OR_RETURN(
      const std::vector<SliceRange> ranges,
      SliceRanges(node, data.dims, *inputs[1], *inputs[2], optional(3), optional(4)));
  const std::vector<int64_t> strides = Strides(data.dims);
  Dims dims;
  std::vector<int64_t> steps;
  int64_t start = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    dims.push_back(ranges[i].count);
    // A single element needs no step, however far it would go.
    steps.push_back(ranges[i].count > 1 ? strides[i] * ranges[i].step : 0);
    start += strides[i] * ranges[i].begin;
  }
  return Take(data, dims, Positions(dims, steps, start));
}

StatusOr<Constant> FoldExpand(const Node& node, FoldInputs inputs) {
  const std::vector<int64_t> shape = inputs[1]->ToIntegers();
  const std::optional<Dims> dims = BroadcastDims(inputs[0]->dims, shape);
  if (!dims) {
    return node.Invalid("cannot expand " + DimsToString(inputs[0]->dims) + " to " +
                        DimsToString(shape));
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckSize(node, *dims));
  return Take(*inputs[0], *dims, Positions(*dims, BroadcastStrides(inputs[0]->dims, *dims), 0));
}

StatusOr<Constant> FoldTranspose(const Node& node, FoldInputs inputs) {
  const Constant& data = *inputs[0];
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<size_t> order, Permutation(node, data.dims.size()));
  const std::vector<int64_t> strides = Strides(data.dims);
  Dims dims;
  std::vector<int64_t> steps;
  for (const size_t axis : order) {
    dims.push_back(data.dims[axis]);
    steps.push_back(strides[axis]);
  }
  const std::vector<size_t> positions = Positions(dims, steps, 0);
  Constant result = Take(data, dims, positions);
  if (data.quantized != nullptr) {
    QuantizedWeights quantized{std::vector<int8_t>(positions.size()), data.quantized->scales, 0};
    for (size_t i = 0; i < positions.size(); ++i) {
      quantized.values[i] = data.quantized->values[positions[i]];
    }
    const auto axis = static_cast<size_t>(data.quantized->axis);
    quantized.axis = std::find(order.begin(), order.end(), axis) - order.begin();
    result.quantized = std::make_shared<const QuantizedWeights>(std::move(quantized));
  }
  return result;
}

StatusOr<Constant> FoldReshape(const Node& node, FoldInputs inputs) {
  BRUSHWORK_ASSIGN_OR_RETURN(Dims dims,
                             ReshapedDims(node, inputs[0]->dims, inputs[1]->ToIntegers()));
  return WithDims(*inputs[0], std::move(dims));
}

StatusOr<Constant> FoldFlatten(const Node& node, FoldInputs inputs) {
  BRUSHWORK_ASSIGN_OR_RETURN(Dims dims, FlattenedDims(node, inputs[0]->dims));
  return WithDims(*inputs[0], std::move(dims));
}

StatusOr<Constant> FoldSqueeze(const Node& node, FoldInputs inputs) {
  const Constant* axes = inputs.size() > 1 ? inputs[1].get() : nullptr;
  BRUSHWORK_ASSIGN_OR_RETURN(Dims dims, SqueezedDims(node, inputs[0]->dims, axes));
  return WithDims(*inputs[0], std::move(dims));
}

StatusOr<Constant> FoldUnsqueeze(const Node& node, FoldInputs inputs) {
  const Constant* axes = inputs.size() > 1 ? inputs[1].get() : nullptr;
  BRUSHWORK_ASSIGN_OR_RETURN(Dims dims, UnsqueezedDims(node, inputs[0]->dims, axes));
  return WithDims(*inputs[0], std::move(dims));
}

}  // namespace brushwork
