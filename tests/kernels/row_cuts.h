// Runs of kernels in cuts of rows: each given only the input rows that it names and writing only
// the rows wanted, between rows of garbage.
#pragma once

#include <pthreadpool.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/normalization.h"

namespace brushwork::testing {

using Random = std::mt19937;

// What surrounds a tensor: as floats it is NaN, so that reading it shows.
inline constexpr uint8_t kGarbage = 0xFF;

inline bool IsGarbage(const uint8_t* bytes, size_t count) {
  return std::all_of(bytes, bytes + count, [](uint8_t byte) { return byte == kGarbage; });
}

inline AlignedBuffer Garbage(size_t bytes) {
  auto buffer = AlignedBuffer::Create(bytes);
  REQUIRE(buffer.ok());
  std::memset(buffer->data(), kGarbage, bytes + kTensorPadding);
  return std::move(buffer).value();
}

// Some rows of a tensor, with a row of garbage before them and kTensorPadding of it behind.
struct CutTensor {
  CutTensor(const TensorView& whole, RowRange rows)
      : buffer(Garbage(static_cast<size_t>(rows.size() + 1) * whole.row_bytes())), view(whole) {
    view.data = buffer.data() + whole.row_bytes();
    view.first_row = rows.begin;
  }

  AlignedBuffer buffer;
  TensorView view;
};

// The rows that the kernel names for `rows`, copied out of the whole input. They lie within the
// input, and do not move upwards from those of the last cut.
inline CutTensor CutInput(const Kernel& kernel, size_t index, const TensorView& whole,
                          RowRange rows, RowRange& last) {
  const RowRange needed = kernel.InputRows(index, rows);
  CAPTURE(index, rows.begin, rows.end, needed.begin, needed.end, last.begin, last.end);
  REQUIRE((0 <= needed.begin && needed.begin <= needed.end && needed.end <= whole.shape.height));
  REQUIRE((last.begin <= needed.begin && last.end <= needed.end));
  last = needed;
  CutTensor cut(whole, needed);
  const size_t bytes = static_cast<size_t>(needed.size()) * whole.row_bytes();
  if (bytes > 0) std::memcpy(cut.view.data, whole.row<uint8_t>(needed.begin), bytes);
  return cut;
}

// Requires that the output rows [ends[i - 1], ends[i]) have the bytes of the whole output.
inline void RunInCuts(Kernel& kernel, const std::vector<TensorView>& inputs,
                      const TensorView& expected, const std::vector<int64_t>& ends,
                      pthreadpool_t threadpool) {
  const AlignedBuffer workspace =
      Garbage(kernel.workspace_bytes(pthreadpool_get_threads_count(threadpool)));
  std::vector<RowRange> last(inputs.size());
  const size_t row_bytes = expected.row_bytes();
  int64_t begin = 0;
  for (const int64_t end : ends) {
    const RowRange rows{begin, end};
    std::vector<CutTensor> cuts;
    std::vector<TensorView> views;
    for (size_t i = 0; i < inputs.size(); ++i) {
      cuts.push_back(CutInput(kernel, i, inputs[i], rows, last[i]));
      views.push_back(cuts.back().view);
    }
    const CutTensor output(expected, rows);
    const Status status = kernel.RunRows(views, output.view, rows,
                                         {threadpool, const_cast<uint8_t*>(workspace.data())});
    CAPTURE(status.message(), begin, end, expected.shape.height);
    REQUIRE(status.ok());
    const size_t bytes = static_cast<size_t>(rows.size()) * row_bytes;
    const uint8_t* actual = output.buffer.data();
    REQUIRE(IsGarbage(actual, row_bytes));
    REQUIRE(std::memcmp(actual + row_bytes, expected.row<uint8_t>(begin), bytes) == 0);
    REQUIRE(IsGarbage(actual + row_bytes + bytes, kTensorPadding));
    begin = end;
  }
}

// Of `lowest` or more rows each, but for the last.
inline std::vector<int64_t> RandomCuts(Random& random, int64_t height, int64_t lowest) {
  std::uniform_int_distribution<int64_t> distribution(lowest, height);
  const int64_t tallest = distribution(random);
  std::vector<int64_t> ends;
  for (int64_t end = 0; end < height; ends.push_back(end)) {
    end = std::min(height, end + std::min(tallest, distribution(random)));
  }
  return ends;
}

// Row by row, and in random cuts without and with a pool (whose every run takes its time); unless
// the kernel works on whole pictures only.
inline void CheckCuts(Kernel& kernel, const std::vector<TensorView>& inputs,
                      const TensorView& expected, pthreadpool_t threadpool) {
  NormalizationStage* normalization = kernel.normalization();
  if (normalization != nullptr && normalization->measures()) return;
  if (expected.shape.batch > 1) return;
  static Random random(1);
  const int64_t height = expected.shape.height;
  std::vector<int64_t> rows;
  for (int64_t y = 1; y <= height; ++y) rows.push_back(y);
  if (height < 64) RunInCuts(kernel, inputs, expected, rows, nullptr);
  RunInCuts(kernel, inputs, expected, RandomCuts(random, height, 1), nullptr);
  RunInCuts(kernel, inputs, expected, RandomCuts(random, height, height / 3 + 1), threadpool);
}

}  // namespace brushwork::testing
