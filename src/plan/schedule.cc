#include "plan/schedule.h"

#include <algorithm>

namespace brushwork {
namespace {

// Kernels that read everything for the first row as for the last are run once.
bool NeedsWholeInput(const Kernel& kernel, const std::vector<TensorSpec>& tensors,
                     const LoweredStep& step) {
  const int64_t height = tensors[step.output].shape.height;
  if (tensors[step.output].shape.batch > 1) return true;
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const Shape4& shape = tensors[step.inputs[i]].shape;
    if (shape.batch > 1) return true;
    const RowRange all{0, shape.height};
    if (shape.height > 1 && kernel.InputRows(i, {0, 1}) == all &&
        kernel.InputRows(i, {height - 1, height}) == all) {
      return true;
    }
  }
  return false;
}

// In proportion to the tallest activation, and a multiple of four: int8 convolutions compute tiles
// of four rows.
int64_t BandRows(int64_t band_rows, int64_t height, int64_t tallest) {
  const int64_t rows = (band_rows * height + tallest - 1) / tallest;
  return rows > 1 ? (rows + 3) / 4 * 4 : 1;
}

RowRange Cover(const RowRange& a, const RowRange& b) {
  if (a.size() <= 0) return b;
  if (b.size() <= 0) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

}  // namespace

Schedule::Schedule(const LoweredNetwork& network, RowRange output_rows, int64_t band_rows)
    : network_(network),
      producers_(network.tensors.size(), Task::kSource),
      consumers_(network.tensors.size()),
      whole_(network.tensors.size(), false),
      needed_(network.tensors.size()) {
  int64_t tallest = 1;
  for (const TensorSpec& spec : network.tensors) tallest = std::max(tallest, spec.shape.height);
  for (const TensorSpec& spec : network.tensors) {
    bands_.push_back(BandRows(band_rows, spec.shape.height, tallest));
  }
  for (size_t i = 0; i < network.steps.size(); ++i) {
    const LoweredStep& step = network.steps[i];
    producers_[step.output] = static_cast<int>(i);
    whole_[step.output] = NeedsWholeInput(*step.kernel, network.tensors, step);
    for (size_t j = 0; j < step.inputs.size(); ++j) {
      consumers_[step.inputs[j]].push_back({static_cast<int>(i), j});
    }
  }
  FindNeededRows(output_rows);
  Restart();
}

// From the output backwards; steps are in an order in which each comes after its producers.
void Schedule::FindNeededRows(RowRange output_rows) {
  const auto extend = [this](int tensor, RowRange rows) {
    RowRange& needed = needed_[tensor];
    needed = Cover(needed, rows);
    if (needed.size() <= 0) return;
    if (whole_[tensor]) needed = {0, network_.tensors[tensor].shape.height};
  };
  extend(network_.output, output_rows);
  for (size_t i = network_.steps.size(); i-- > 0;) {
    const LoweredStep& step = network_.steps[i];
    const RowRange& rows = needed_[step.output];
    if (rows.size() <= 0) continue;
    for (size_t j = 0; j < step.inputs.size(); ++j) {
      extend(step.inputs[j], InputRows(static_cast<int>(i), j, rows));
    }
  }
}

void Schedule::Restart() {
  produced_.clear();
  for (size_t i = 0; i < needed_.size(); ++i) {
    // Constants are there from the beginning.
    produced_.push_back(network_.constants[i].empty() ? needed_[i].begin : needed_[i].end);
  }
}

RowRange Schedule::InputRows(int step, size_t input, RowRange rows) const {
  const LoweredStep& lowered = network_.steps[step];
  if (rows.size() <= 0) return {};
  if (whole_[lowered.output]) return {0, network_.tensors[lowered.inputs[input]].shape.height};
  return lowered.kernel->InputRows(input, rows);
}

RowRange Schedule::NextRows(int tensor) const {
  const int64_t begin = produced_[tensor];
  const int64_t end = needed_[tensor].end;
  if (whole_[tensor]) return {begin, end};
  const int64_t band = bands_[tensor];
  return {begin, std::min(end, (begin / band + 1) * band)};
}

Schedule::Task Schedule::Next() {
  int tensor = network_.output;
  for (;;) {
    const RowRange rows = NextRows(tensor);
    const int step = producers_[tensor];
    int missing = -1;
    for (size_t i = 0; step != Task::kSource && i < network_.steps[step].inputs.size(); ++i) {
      const int input = network_.steps[step].inputs[i];
      const RowRange read = InputRows(step, i, rows);
      // An empty range may lie anywhere, also behind rows that nothing needs.
      if (read.size() > 0 && produced_[input] < read.end) missing = input;
    }
    if (missing < 0) {
      produced_[tensor] = rows.end;
      return {step, rows};
    }
    tensor = missing;
  }
}

RowRange Schedule::held(int tensor) const {
  int64_t begin = produced_[tensor];
  for (const Consumer& consumer : consumers_[tensor]) {
    const int output = network_.steps[consumer.step].output;
    const RowRange remaining{produced_[output], needed_[output].end};
    if (remaining.size() <= 0) continue;
    const RowRange read = InputRows(consumer.step, consumer.input, remaining);
    if (read.size() > 0) begin = std::min(begin, read.begin);
  }
  return {std::max(begin, needed_[tensor].begin), produced_[tensor]};
}

}  // namespace brushwork
