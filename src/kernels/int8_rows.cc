#include "kernels/int8_rows.h"

#include <algorithm>

#include "kernels/vectorize.h"

namespace brushwork {
namespace {

BRUSHWORK_VECTORIZED void Widen(const int8_t* __restrict input, size_t count,
                                int16_t* __restrict output) {
  for (size_t i = 0; i < count; ++i) output[i] = input[i];
}

// -1 outside of [0, size) for constant padding.
int64_t PaddedIndex(int64_t index, int64_t size, PadMode mode) {
  if (index >= 0 && index < size) return index;
  if (mode == PadMode::kConstant) return -1;
  if (mode == PadMode::kEdge) return std::clamp<int64_t>(index, 0, size - 1);
  return index < 0 ? -index : 2 * (size - 1) - index;
}

std::vector<int32_t> Sources(int64_t size, int64_t upsampling, PadMode mode, int64_t before,
                             int64_t after) {
  const int64_t enlarged = size * upsampling;
  std::vector<int32_t> sources;
  sources.reserve(static_cast<size_t>(before + enlarged + after));
  for (int64_t i = -before; i < enlarged + after; ++i) {
    const int64_t index = PaddedIndex(i, enlarged, mode);
    sources.push_back(index < 0 ? -1 : static_cast<int32_t>(index / upsampling));
  }
  return sources;
}

}  // namespace

PaddedRows::PaddedRows(const TensorSpec& input, int64_t upsampling, PadMode mode,
                       const Padding2d& padding)
    : channels_(input.shape.channels),
      zero_point_(static_cast<int16_t>(input.quantization.zero_point)),
      rows_(Sources(input.shape.height, upsampling, mode, padding.top, padding.bottom)),
      columns_(Sources(input.shape.width, upsampling, mode, padding.left, padding.right)) {}

void PaddedRows::Fetch(const TensorView& input, int64_t y, int64_t begin, int64_t end,
                       int16_t* values) const {
  const int64_t source_row = SourceRow(y);
  if (source_row < 0) {
    std::fill_n(values, (end - begin) * channels_, zero_point_);
    return;
  }
  const int8_t* row = input.row<const int8_t>(source_row);
  const int64_t known = std::min(end, width());
  const int32_t* columns = columns_.data();
  int64_t x = begin;
  while (x < known) {
    // As many columns at once as are side by side in the input.
    const int64_t source = columns[x];
    int64_t run = 1;
    while (source >= 0 && x + run < known && columns[x + run] == source + run) ++run;
    if (source < 0) {
      std::fill_n(values, channels_, zero_point_);
    } else {
      Widen(row + source * channels_, static_cast<size_t>(run * channels_), values);
    }
    values += run * channels_;
    x += run;
  }
  std::fill_n(values, (end - x) * channels_, zero_point_);
}

void PaddedRows::FetchRows(const TensorView& input, RowRange needed, RowRange range, int64_t column,
                           int64_t columns, int64_t row_values, int16_t* values,
                           const int16_t** pointers) const {
  const RowRange fetched = {std::max(needed.begin, range.begin), std::min(needed.end, range.end)};
  for (int64_t y = range.begin; y < range.end; ++y) {
    const int64_t row = std::clamp(y, fetched.begin, fetched.end - 1) - range.begin;
    pointers[y - range.begin] = values + row * row_values;
    if (y < fetched.begin || y >= fetched.end) continue;
    Fetch(input, y, column, column + columns, values + row * row_values);
  }
}

}  // namespace brushwork
