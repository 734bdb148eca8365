// The picture that a convolution sees: padded, perhaps enlarged, and in int16. It exists only row
// by row, in the scratch memory of who asks for a row.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

class PaddedRows {
 public:
  // Rows and columns of `input` repeated `upsampling` times, then padded; constant padding is with
  // the input's zero point. Reflected padding must be less than the enlarged size.
  PaddedRows(const TensorSpec& input, int64_t upsampling, PadMode mode, const Padding2d& padding);

  int64_t height() const { return static_cast<int64_t>(rows_.size()); }
  int64_t width() const { return static_cast<int64_t>(columns_.size()); }

  // The input row that is row `y` in [0, height) of the padded picture, or -1 for constant padding.
  int64_t SourceRow(int64_t y) const { return rows_[static_cast<size_t>(y)]; }

  // Columns [begin, end) of row `y`, (end - begin) * channels values. Columns beyond the width are
  // the zero point. `begin` and `y` are in the picture, and SourceRow(y) is in `input`.
  void Fetch(const TensorView& input, int64_t y, int64_t begin, int64_t end, int16_t* values) const;

  // `columns` columns from `column` of the rows `range`, row_values apart in `values`, and pointers
  // to them. Only the rows `needed` of these are fetched: for the others, which are to have no
  // influence, any row will do.
  void FetchRows(const TensorView& input, RowRange needed, RowRange range, int64_t column,
                 int64_t columns, int64_t row_values, int16_t* values,
                 const int16_t** pointers) const;

 private:
  int64_t channels_;
  int16_t zero_point_;
  // Of each padded row and column its source, or -1.
  std::vector<int32_t> rows_;
  std::vector<int32_t> columns_;
};

}  // namespace brushwork
