#include "model/shape_rules.h"

#include <algorithm>
#include <numeric>

namespace brushwork {

std::optional<size_t> NormalizeAxis(int64_t axis, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) return std::nullopt;
  return static_cast<size_t>(axis < 0 ? axis + signed_rank : axis);
}

StatusOr<std::optional<std::vector<size_t>>> NamedAxes(const Node& node, const Constant* input,
                                                       size_t rank) {
  std::vector<int64_t> named = node.Ints("axes");
  if (input != nullptr) named = input->ToIntegers();
  if (named.empty()) return std::optional<std::vector<size_t>>();
  std::vector<size_t> axes;
  for (const int64_t axis : named) {
    const std::optional<size_t> normalized = NormalizeAxis(axis, rank);
    if (!normalized || std::find(axes.begin(), axes.end(), *normalized) != axes.end()) {
      return node.Invalid("axes " + DimsToString(named) + " of a value with " +
                          std::to_string(rank) + " dimensions");
    }
    axes.push_back(*normalized);
  }
  return std::optional(std::move(axes));
}

std::optional<Dims> BroadcastDims(std::span<const int64_t> a, std::span<const int64_t> b) {
  const size_t rank = std::max(a.size(), b.size());
  Dims dims(rank);
  for (size_t i = 0; i < rank; ++i) {
    const int64_t in_a = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    const int64_t in_b = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    if (in_a != in_b && in_a != 1 && in_b != 1) return std::nullopt;
    dims[i] = in_a == 1 ? in_b : in_a;
  }
  return dims;
}

StatusOr<Dims> ReshapedDims(const Node& node, const Dims& dims, const std::vector<int64_t>& shape) {
  const std::string problem = "cannot reshape " + DimsToString(dims) + " to " + DimsToString(shape);
  const bool copies_zeros = node.Int("allowzero", 0) == 0;
  Dims result = shape;
  std::optional<size_t> inferred;
  for (size_t i = 0; i < result.size(); ++i) {
    if (result[i] == 0 && copies_zeros) {
      if (i >= dims.size()) return node.Invalid(problem);
      result[i] = dims[i];
    } else if (result[i] == -1) {
      if (inferred) return node.Invalid(problem);
      inferred = i;
      result[i] = 1;
    }
  }
  const std::optional<int64_t> count = ElementCount(dims);
  const std::optional<int64_t> stated = ElementCount(result);
  if (!count || !stated || result.size() > kMaxRank) return node.Invalid(problem);
  if (inferred) {
    if (*stated == 0 || *count % *stated != 0) return node.DoesNotFit(problem);
    result[*inferred] = *count / *stated;
  } else if (*count != *stated) {
    return node.DoesNotFit(problem);
  }
  return result;
}

StatusOr<Dims> SqueezedDims(const Node& node, const Dims& dims, const Constant* axes) {
  BRUSHWORK_ASSIGN_OR_RETURN(const auto named, NamedAxes(node, axes, dims.size()));
  Dims result;
  for (size_t i = 0; i < dims.size(); ++i) {
    const bool is_named = named && std::find(named->begin(), named->end(), i) != named->end();
    if (is_named && dims[i] != 1) {
      return node.DoesNotFit("cannot squeeze axis " + std::to_string(i) + " of " +
                             DimsToString(dims));
    }
    if (named ? !is_named : dims[i] != 1) result.push_back(dims[i]);
  }
  return result;
}

StatusOr<Dims> UnsqueezedDims(const Node& node, const Dims& dims, const Constant* axes) {
  const size_t added = axes != nullptr ? axes->size() : node.Ints("axes").size();
  const size_t rank = dims.size() + added;
  if (rank > kMaxRank) return node.Invalid("too many axes");
  BRUSHWORK_ASSIGN_OR_RETURN(const auto named, NamedAxes(node, axes, rank));
  if (!named) return dims;
  Dims result;
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i) {
    const bool is_new = std::find(named->begin(), named->end(), i) != named->end();
    result.push_back(is_new ? 1 : dims[next++]);
  }
  return result;
}

StatusOr<Dims> FlattenedDims(const Node& node, const Dims& dims) {
  const int64_t axis = node.Int("axis", 1);
  const auto rank = static_cast<int64_t>(dims.size());
  if (axis < -rank || axis > rank) {
    return node.Invalid("axis " + std::to_string(axis) + " of " + DimsToString(dims));
  }
  const auto split = dims.begin() + (axis < 0 ? axis + rank : axis);
  const std::optional<int64_t> outer = ElementCount({dims.begin(), split});
  const std::optional<int64_t> inner = ElementCount({split, dims.end()});
  if (!outer || !inner) return node.DoesNotFit("shape " + DimsToString(dims) + " is too large");
  return Dims{*outer, *inner};
}

StatusOr<std::vector<size_t>> Permutation(const Node& node, size_t rank) {
  std::vector<size_t> order(rank);
  std::iota(order.rbegin(), order.rend(), size_t{0});
  const std::vector<int64_t> stated = node.Ints("perm");
  if (stated.empty()) return order;
  std::vector<bool> seen(rank, false);
  const Status problem = node.Invalid("perm " + DimsToString(stated) + " of a value with " +
                                      std::to_string(rank) + " dimensions");
  if (stated.size() != rank) return problem;
  for (size_t i = 0; i < rank; ++i) {
    const std::optional<size_t> axis = NormalizeAxis(stated[i], rank);
    if (!axis || seen[*axis]) return problem;
    seen[*axis] = true;
    order[i] = *axis;
  }
  return order;
}

namespace {

SliceRange RangeOf(int64_t dim, int64_t start, int64_t end, int64_t step) {
  constexpr int64_t kFar = int64_t{1} << 62;
  step = std::clamp(step, -kFar, kFar);
  if (start < 0) start += dim;
  if (end < 0) end += dim;
  if (step > 0) {
    start = std::clamp<int64_t>(start, 0, dim);
    end = std::clamp<int64_t>(end, 0, dim);
    return {start, std::max<int64_t>((end - start + step - 1) / step, 0), step};
  }
  start = std::clamp<int64_t>(start, std::min<int64_t>(0, dim - 1), dim - 1);
  end = std::clamp<int64_t>(end, -1, dim - 1);
  return {start, std::max<int64_t>((start - end - step - 1) / -step, 0), step};
}

}  // namespace

StatusOr<std::vector<SliceRange>> SliceRanges(const Node& node, const Dims& dims,
                                              const Constant& starts, const Constant& ends,
                                              const Constant* axes, const Constant* steps) {
  const size_t count = starts.size();
  if (ends.size() != count || (axes != nullptr && axes->size() != count) ||
      (steps != nullptr && steps->size() != count) || count > dims.size()) {
    return node.Invalid("starts, ends, axes and steps differ in number");
  }
  std::vector<SliceRange> ranges(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) ranges[i].count = dims[i];
  for (size_t i = 0; i < count; ++i) {
    const int64_t stated = axes != nullptr ? axes->Integer(i) : static_cast<int64_t>(i);
    const std::optional<size_t> axis = NormalizeAxis(stated, dims.size());
    const int64_t step = steps != nullptr ? steps->Integer(i) : 1;
    if (!axis || step == 0) {
      return node.Invalid("axis " + std::to_string(stated) + " with step " + std::to_string(step) +
                          " of " + DimsToString(dims));
    }
    ranges[*axis] = RangeOf(dims[*axis], starts.Integer(i), ends.Integer(i), step);
  }
  return ranges;
}

}  // namespace brushwork
