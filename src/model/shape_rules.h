// What ONNX says about shapes, for constants and activations alike. Errors name the node.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/constant.h"
#include "model/node.h"

namespace brushwork {

// From -rank ... rank - 1 to 0 ... rank - 1.
std::optional<size_t> NormalizeAxis(int64_t axis, size_t rank);

// The axes that an operator names in an attribute or, in later opsets, in an input; normalized,
// each at most once. Nothing if it names none.
StatusOr<std::optional<std::vector<size_t>>> NamedAxes(const Node& node, const Constant* input,
                                                       size_t rank);

// numpy's broadcasting; nothing if the shapes don't go together.
std::optional<Dims> BroadcastDims(std::span<const int64_t> a, std::span<const int64_t> b);

// Reshape: 0 copies, -1 is inferred.
StatusOr<Dims> ReshapedDims(const Node& node, const Dims& dims, const std::vector<int64_t>& shape);
StatusOr<Dims> SqueezedDims(const Node& node, const Dims& dims, const Constant* axes);
StatusOr<Dims> UnsqueezedDims(const Node& node, const Dims& dims, const Constant* axes);
StatusOr<Dims> FlattenedDims(const Node& node, const Dims& dims);
// Transpose: the attribute perm, or all axes in reverse.
StatusOr<std::vector<size_t>> Permutation(const Node& node, size_t rank);

// Slice, along one axis: begin, begin + step, ... (count of them). Steps may be negative.
struct SliceRange {
  int64_t begin = 0;
  int64_t count = 0;
  int64_t step = 1;
};
// One range for each axis. `starts` and so on are the operator's inputs; the last two may be null.
StatusOr<std::vector<SliceRange>> SliceRanges(const Node& node, const Dims& dims,
                                              const Constant& starts, const Constant& ends,
                                              const Constant* axes, const Constant* steps);

}  // namespace brushwork
