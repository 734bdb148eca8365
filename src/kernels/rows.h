// Rows of activations: which of them a kernel needs, and loops over them. Only batches of 1 are
// computed in parts; for others kernels name all rows, and a row's number counts through the batch.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/parallel.h"

namespace brushwork {

inline RowRange AllRows(const Shape4& shape) { return {0, shape.height}; }

// What of [begin, end) lies within [0, height): an empty range at the nearer end if nothing does.
inline RowRange ClipRows(int64_t begin, int64_t end, int64_t height) {
  const int64_t first = std::clamp<int64_t>(begin, 0, height);
  return {first, std::clamp(end, first, height)};
}

// How many elements `rows` have; they lie one behind the other.
inline size_t ElementsOf(const Shape4& shape, RowRange rows) {
  return static_cast<size_t>(shape.batch * rows.size() * shape.width * shape.channels);
}

// Calls function(picture, y) for the rows of each picture of a batch.
template <typename Function>
void ParallelForRows(pthreadpool_t threadpool, int64_t batch, RowRange rows,
                     const Function& function) {
  ParallelFor(threadpool, static_cast<size_t>(batch * rows.size()), [&](size_t i) {
    const int64_t index = static_cast<int64_t>(i);
    function(index / rows.size(), rows.begin + index % rows.size());
  });
}

// A kernel each of whose rows depends on the same row of its inputs, which have the same shape.
class ElementwiseKernel : public Kernel {
 public:
  explicit ElementwiseKernel(const Shape4& shape) : shape_(shape) {}

  RowRange InputRows(size_t /*index*/, RowRange rows) const final {
    return shape_.batch > 1 ? AllRows(shape_) : rows;
  }

 private:
  Shape4 shape_;
};

// The input rows of any range of output rows, from those of each single output row. Of output rows
// in order begin and end are in order too: where a picture is mirrored, the rows below are named
// early, and those above for long.
class CoveringRows {
 public:
  CoveringRows() = default;
  // An empty range stands for a row that needs nothing.
  CoveringRows(const std::vector<RowRange>& needed, int64_t input_height);

  RowRange Of(RowRange rows) const {
    if (rows.size() <= 0) return {};
    const int64_t begin = begin_[static_cast<size_t>(rows.begin)];
    return {begin, std::max(begin, end_[static_cast<size_t>(rows.end - 1)])};
  }

 private:
  std::vector<int64_t> begin_;  // the least of this and all later output rows
  std::vector<int64_t> end_;    // the greatest of this and all earlier output rows
};

}  // namespace brushwork
