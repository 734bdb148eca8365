#include "kernels/rows.h"

namespace brushwork {

CoveringRows::CoveringRows(const std::vector<RowRange>& needed, int64_t input_height)
    : begin_(needed.size()), end_(needed.size()) {
  int64_t begin = input_height;
  for (size_t i = needed.size(); i-- > 0;) {
    if (needed[i].size() > 0) begin = std::min(begin, needed[i].begin);
    begin_[i] = begin;
  }
  int64_t end = 0;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (needed[i].size() > 0) end = std::max(end, needed[i].end);
    end_[i] = end;
  }
}

}  // namespace brushwork
