// The order in which bands of rows are computed: depth first. A band of the output asks for the
// rows it depends on, these for theirs, until the picture is reached; nothing is computed before
// something needs it, and rows that nothing needs any more can go. So what is held of an activation
// is a few bands, however tall the picture.
//
// Bands end on a fixed grid (multiples of the band's height), so that kernels see few different
// shapes; the first one begins where it has to.
#pragma once

#include <vector>

#include "plan/lowering.h"

namespace brushwork {

class Schedule {
 public:
  // Rows of the tensor that step `step` writes; kSource is the picture itself.
  struct Task {
    static constexpr int kSource = -1;
    int step = kSource;
    RowRange rows;
  };

  // For `output_rows` of the network's output, in bands of about `band_rows` rows of the tallest
  // activation, and in proportion for lower ones. `network` must outlive the schedule.
  Schedule(const LoweredNetwork& network, RowRange output_rows, int64_t band_rows);

  // Back to the start.
  void Restart();

  bool done() const { return produced_[network_.output] >= needed_[network_.output].end; }
  // The next task, which counts as computed from then on. Only if not done().
  Task Next();

  // Rows of a tensor that are computed at all.
  const RowRange& needed(int tensor) const { return needed_[tensor]; }
  // Rows that are computed and that some later task still reads.
  RowRange held(int tensor) const;
  int64_t band(int tensor) const { return bands_[tensor]; }

 private:
  struct Consumer {
    int step;
    size_t input;
  };

  void FindNeededRows(RowRange output_rows);
  RowRange InputRows(int step, size_t input, RowRange rows) const;
  RowRange NextRows(int tensor) const;

  const LoweredNetwork& network_;
  std::vector<int> producers_;                    // by tensor; kSource
  std::vector<std::vector<Consumer>> consumers_;  // by tensor
  std::vector<bool> whole_;                       // by tensor: written in one go
  std::vector<int64_t> bands_;                    // by tensor
  std::vector<RowRange> needed_;                  // by tensor
  std::vector<int64_t> produced_;                 // by tensor: where its computed rows end
};

}  // namespace brushwork
