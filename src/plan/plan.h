// A network made executable: fused, datatypes assigned, kernels created, rows scheduled, memory
// laid out. One plan paints one picture at a time, task by task, so that the caller can report
// progress, let other work in between, or stop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "model/network.h"
#include "plan/fusion.h"
#include "plan/lowering.h"
#include "plan/schedule.h"
#include "plan/statistics.h"
#include "plan/step_info.h"
#include "plan/style_vector.h"

namespace brushwork {

struct PlanOptions {
  Precision precision = Precision::kAuto;
  // Normalizations use the statistics of SetStatistics. Otherwise they measure their input, which
  // holds up everything behind them until it is there as a whole.
  bool statistics_given = false;
  // Rows of the output to compute; all if none are named.
  std::optional<RowRange> rows = std::nullopt;
  // Of the pool that will run the tasks; decides how much workspace there is.
  size_t threads = 1;
  // Height of the bands in rows of the tallest activation; 0: so that they stay in the cache.
  int64_t band_rows = 0;
  // kOutOfMemory if activations and workspace would take more bytes; 0: no limit.
  size_t memory_limit = 0;
  bool profile = false;
};

class Plan {
 public:
  // Writes the rows of the picture into the view, or takes those of the painting from it, where
  // they are between first_row and what follows.
  using RowCallback = std::function<Status(RowRange rows, const TensorView& view)>;

  // kOutOfMemory where the activations do not fit, naming how much they need.
  static StatusOr<std::unique_ptr<Plan>> Create(const Network& network, const PlanOptions& options);
  ~Plan();

  // Of the picture, [1, H, W, 3], and of the painting (or what else the network makes). Float or
  // int8, as the plan chose.
  const TensorSpec& input() const { return network_.tensors[network_.input]; }
  const TensorSpec& output() const { return network_.tensors[network_.output]; }
  // Rows of the picture that the plan's rows of the output depend on.
  RowRange input_rows() const { return schedule_->needed(network_.input); }

  // Starts over. `source` is asked for rows in ascending order, `sink` gets the output's likewise.
  void Begin(RowCallback source, RowCallback sink);
  // Forgets source and sink.
  void End();
  bool done() const { return schedule_->done(); }
  // The next task, at most some milliseconds long. `threadpool` may be null, and has at most
  // PlanOptions::threads threads.
  Status RunTask(pthreadpool_t threadpool);
  // Of the whole work, estimated; from 0 to 1.
  double fraction() const;
  // Of the whole work, for comparison with other plans' costs.
  double cost() const { return total_cost_; }

  size_t normalization_count() const { return network_.normalizations.size(); }
  std::vector<size_t> normalization_channels() const;
  // Those measured in the last run, or those given.
  NormStatistics statistics() const;
  // Costs some microseconds; see NormalizationStage. kInvalidArgument if they are of another
  // network.
  Status SetStatistics(const NormStatistics& statistics);

  // Values of a style vector; 0 if the network normalizes nothing.
  size_t style_size() const;
  // The scales and shifts of all normalizations in place of the network's own, for the runs that
  // begin behind it; before or after SetStatistics. Costs some microseconds. kIncompatibleStyles
  // if the vector is not of style_size().
  Status SetStyle(const StyleVector& style);
  // Back to the network's own.
  void ResetStyle();

  std::span<const StepInfo> steps() const { return infos_; }
  // By step, since Begin; only with PlanOptions::profile.
  std::span<const double> milliseconds() const { return milliseconds_; }

  // Activations and workspace, without packed weights.
  size_t memory_bytes() const { return arena_.size(); }

 private:
  // Some consecutive rows of a tensor.
  struct Window {
    uint8_t* data = nullptr;
    int64_t first_row = 0;
    int64_t capacity = 0;  // rows
  };

  Plan() = default;
  StatusOr<std::vector<int64_t>> Rehearse(std::vector<std::pair<int, int>>& lifetimes);
  Status LayOut(const PlanOptions& options);
  Status AddConstants();
  TensorView ViewOf(int tensor) const;
  void MakeRoom(int tensor, RowRange rows);
  double CostOf(const Schedule::Task& task) const;

  LoweredNetwork network_;
  std::vector<NormalizationLayer> own_layers_;  // of network_.normalizations, as the model has them
  std::unique_ptr<Schedule> schedule_;
  std::vector<Window> windows_;  // by tensor
  std::vector<StepInfo> infos_;
  std::vector<double> milliseconds_;
  std::vector<AlignedBuffer> constants_;
  AlignedBuffer arena_;
  void* workspace_ = nullptr;
  RowCallback source_;
  RowCallback sink_;
  size_t threads_ = 1;
  bool profile_ = false;
  double total_cost_ = 0.0;
  double done_cost_ = 0.0;
};

}  // namespace brushwork
