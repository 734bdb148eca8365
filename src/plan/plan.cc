#include "plan/plan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

#include "base/checked.h"
#include "plan/memory_plan.h"
#include "plan/phases.h"

namespace brushwork {
namespace {

// What the bands of all activations may take together: about a processor's second-level cache.
constexpr int64_t kCacheBytes = int64_t{1} << 20;
// Bands are not made lower than this, in rows of the tallest activation: they would do little else
// than keep the rows that they share.
constexpr std::array<int64_t, 5> kBandRows = {256, 128, 64, 32, 16};

int64_t ChooseBandRows(const LoweredNetwork& network) {
  int64_t tallest = 1;
  for (const TensorSpec& spec : network.tensors) tallest = std::max(tallest, spec.shape.height);
  double bytes_per_row = 0.0;
  for (const LoweredStep& step : network.steps) {
    const TensorSpec& spec = network.tensors[step.output];
    bytes_per_row += static_cast<double>(spec.shape.elements()) *
                     static_cast<double>(ByteSize(spec.type)) / static_cast<double>(tallest);
  }
  for (const int64_t rows : kBandRows) {
    if (bytes_per_row * static_cast<double>(rows) <= kCacheBytes) return rows;
  }
  return kBandRows.back();
}

Status CheckRows(const RowRange& rows, int64_t height) {
  if (rows.begin >= 0 && rows.begin < rows.end && rows.end <= height) return OkStatus();
  return InvalidArgument("rows: got " + std::to_string(rows.begin) + " to " +
                         std::to_string(rows.end) + ", needed some within 0 to " +
                         std::to_string(height));
}

double Milliseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

}  // namespace

Plan::~Plan() = default;

StatusOr<std::unique_ptr<Plan>> Plan::Create(const Network& network, const PlanOptions& options) {
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  auto plan = std::unique_ptr<Plan>(new Plan());
  const FusedNetwork fused = SplitIntoPhases(FuseLayers(network, options.precision));
  for (const FusedLayer& layer : fused.layers) {
    const auto* normalization = std::get_if<NormalizationLayer>(&layer.layer.parameters);
    if (normalization != nullptr) plan->own_layers_.push_back(*normalization);
  }
  BRUSHWORK_ASSIGN_OR_RETURN(plan->network_,
                             LowerNetwork(fused, {.statistics_given = options.statistics_given}));
  for (const NormalizationStage* stage : plan->network_.normalizations) {
    if (stage == nullptr) return Internal("a normalization without a kernel");
  }
  const RowRange all{0, plan->output().shape.height};
  const RowRange rows = options.rows.value_or(all);
  BRUSHWORK_RETURN_IF_ERROR(CheckRows(rows, all.end));
  const int64_t band_rows =
      options.band_rows > 0 ? options.band_rows : ChooseBandRows(plan->network_);
  plan->schedule_ = std::make_unique<Schedule>(plan->network_, rows, band_rows);
  plan->threads_ = options.threads;
  plan->profile_ = options.profile;
  for (const LoweredStep& step : plan->network_.steps) plan->infos_.push_back(step.info);
  BRUSHWORK_RETURN_IF_ERROR(plan->LayOut(options));
  BRUSHWORK_RETURN_IF_ERROR(plan->AddConstants());
  return plan;
}

// Goes through the schedule without computing anything. Returns how many rows each tensor has to
// hold at most, and writes the first and last task that each is alive in.
StatusOr<std::vector<int64_t>> Plan::Rehearse(std::vector<std::pair<int, int>>& lifetimes) {
  std::vector<int64_t> rows(network_.tensors.size(), 0);
  lifetimes.assign(network_.tensors.size(), {0, -1});
  int index = 0;
  for (; !schedule_->done(); ++index) {
    const Schedule::Task task = schedule_->Next();
    const bool is_source = task.step == Schedule::Task::kSource;
    const int output = is_source ? network_.input : network_.steps[task.step].output;
    std::pair<int, int>& lifetime = lifetimes[output];
    if (lifetime.second < 0) lifetime.first = index;
    lifetime.second = index;
    rows[output] = std::max(
        rows[output], task.rows.end - std::min(task.rows.begin, schedule_->held(output).begin));
    if (!is_source) {
      for (const int input : network_.steps[task.step].inputs) lifetimes[input].second = index;
    }
    total_cost_ += CostOf(task);
  }
  schedule_->Restart();
  // Room for two more bands, so that rows are moved to the window's beginning only now and then.
  for (size_t i = 0; i < rows.size(); ++i) {
    const int tensor = static_cast<int>(i);
    if (rows[i] == 0) continue;
    rows[i] = std::min(rows[i] + 2 * schedule_->band(tensor), schedule_->needed(tensor).size());
  }
  return rows;
}

Status Plan::LayOut(const PlanOptions& options) {
  std::vector<std::pair<int, int>> tasks;
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<int64_t> rows, Rehearse(tasks));
  std::vector<BufferLifetime> lifetimes;
  int last_task = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const TensorSpec& spec = network_.tensors[i];
    const bool is_constant = !network_.constants[i].empty();
    const auto bytes =
        CheckedSize({spec.shape.batch, is_constant ? 0 : rows[i], spec.shape.width,
                     spec.shape.channels, static_cast<int64_t>(ByteSize(spec.type))});
    if (!bytes) {
      return OutOfMemory("an activation " + spec.shape.ToString() +
                         " does not fit in the address space");
    }
    lifetimes.push_back(
        {static_cast<int64_t>(*bytes), tasks[i].first, std::max(tasks[i].first, tasks[i].second)});
    last_task = std::max(last_task, tasks[i].second);
  }
  size_t workspace = 0;
  for (const LoweredStep& step : network_.steps) {
    workspace = std::max(workspace, step.kernel->workspace_bytes(options.threads));
  }
  lifetimes.push_back({static_cast<int64_t>(workspace), 0, last_task});
  BRUSHWORK_ASSIGN_OR_RETURN(const MemoryPlan memory, PlanMemory(lifetimes));
  if (options.memory_limit > 0 && memory.total_bytes > options.memory_limit) {
    return OutOfMemory("activations: got " + std::to_string(memory.total_bytes) +
                       " bytes, needed at most " + std::to_string(options.memory_limit));
  }
  BRUSHWORK_ASSIGN_OR_RETURN(arena_, AlignedBuffer::Create(memory.total_bytes));
  for (size_t i = 0; i < rows.size(); ++i) {
    windows_.push_back({arena_.data() + memory.offsets[i], 0, rows[i]});
  }
  workspace_ = arena_.data() + memory.offsets.back();
  return OkStatus();
}

Status Plan::AddConstants() {
  for (size_t i = 0; i < network_.constants.size(); ++i) {
    const std::vector<float>& values = network_.constants[i];
    if (values.empty()) continue;
    BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer buffer,
                               AlignedBuffer::Create(values.size() * sizeof(float)));
    std::memcpy(buffer.data(), values.data(), values.size() * sizeof(float));
    windows_[i] = {buffer.data(), 0, network_.tensors[i].shape.height};
    constants_.push_back(std::move(buffer));
  }
  return OkStatus();
}

void Plan::Begin(RowCallback source, RowCallback sink) {
  source_ = std::move(source);
  sink_ = std::move(sink);
  schedule_->Restart();
  for (size_t i = 0; i < windows_.size(); ++i) {
    if (network_.constants[i].empty()) {
      windows_[i].first_row = schedule_->needed(static_cast<int>(i)).begin;
    }
  }
  done_cost_ = 0.0;
  milliseconds_.assign(profile_ ? infos_.size() : 0, 0.0);
}

void Plan::End() {
  source_ = nullptr;
  sink_ = nullptr;
}

TensorView Plan::ViewOf(int tensor) const {
  const TensorSpec& spec = network_.tensors[tensor];
  const Window& window = windows_[tensor];
  return {window.data, spec.shape, spec.type, spec.quantization, window.first_row};
}

// Where the window has no room for the rows, those still needed move to its beginning.
void Plan::MakeRoom(int tensor, RowRange rows) {
  Window& window = windows_[tensor];
  if (rows.end - window.first_row <= window.capacity) return;
  const int64_t first = std::min(schedule_->held(tensor).begin, rows.begin);
  const TensorView view = ViewOf(tensor);
  std::memmove(window.data, view.row<uint8_t>(first),
               static_cast<size_t>(rows.begin - first) * view.row_bytes());
  window.first_row = first;
}

Status Plan::RunTask(pthreadpool_t threadpool) {
  if (pthreadpool_get_threads_count(threadpool) > threads_) {
    return Internal("the plan has workspace for fewer threads");
  }
  const Schedule::Task task = schedule_->Next();
  const bool is_source = task.step == Schedule::Task::kSource;
  const int output = is_source ? network_.input : network_.steps[task.step].output;
  MakeRoom(output, task.rows);
  const TensorView view = ViewOf(output);
  if (is_source) {
    BRUSHWORK_RETURN_IF_ERROR(source_(task.rows, view));
  } else {
    LoweredStep& step = network_.steps[task.step];
    std::array<TensorView, 2> few;
    std::vector<TensorView> many;
    std::span<TensorView> inputs(few.data(), step.inputs.size());
    if (step.inputs.size() > few.size()) {
      many.resize(step.inputs.size());
      inputs = many;
    }
    for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = ViewOf(step.inputs[i]);
    const double began = profile_ ? Milliseconds() : 0.0;
    BRUSHWORK_RETURN_IF_ERROR(
        step.kernel->RunRows(inputs, view, task.rows, {threadpool, workspace_}));
    if (profile_) milliseconds_[task.step] += Milliseconds() - began;
  }
  done_cost_ += CostOf(task);
  return output == network_.output ? sink_(task.rows, view) : OkStatus();
}

// An int8 multiply-add is about four times cheaper than a float one, and what has none costs about
// as much as it writes.
double Plan::CostOf(const Schedule::Task& task) const {
  if (task.step == Schedule::Task::kSource) return 0.0;
  const StepInfo& info = infos_[task.step];
  const double arithmetic = static_cast<double>(info.multiply_adds);
  const double cost = info.type == DataType::kInt8 ? arithmetic / 4.0 : arithmetic;
  return (cost + 16.0 * static_cast<double>(info.output.elements())) *
         static_cast<double>(task.rows.size()) / static_cast<double>(info.output.height);
}

double Plan::fraction() const {
  if (done()) return 1.0;
  return total_cost_ > 0.0 ? std::min(done_cost_ / total_cost_, 1.0) : 0.0;
}

std::vector<size_t> Plan::normalization_channels() const {
  std::vector<size_t> channels;
  for (const NormalizationStage* stage : network_.normalizations) {
    channels.push_back(stage->channels());
  }
  return channels;
}

NormStatistics Plan::statistics() const {
  NormStatistics statistics;
  for (const NormalizationStage* stage : network_.normalizations) {
    statistics.layers.push_back(stage->statistics());
  }
  return statistics;
}

Status Plan::SetStatistics(const NormStatistics& statistics) {
  if (statistics.layers.size() != network_.normalizations.size()) {
    return InvalidArgument("statistics: got " + std::to_string(statistics.layers.size()) +
                           " layers, needed " + std::to_string(network_.normalizations.size()));
  }
  for (size_t i = 0; i < statistics.layers.size(); ++i) {
    BRUSHWORK_RETURN_IF_ERROR(network_.normalizations[i]->SetStatistics(statistics.layers[i]));
  }
  return OkStatus();
}

size_t Plan::style_size() const {
  size_t size = 0;
  for (const NormalizationStage* stage : network_.normalizations) size += 2 * stage->channels();
  return size;
}

Status Plan::SetStyle(const StyleVector& style) {
  BRUSHWORK_RETURN_IF_ERROR(CheckStyleSize(style.values.size(), style_size()));
  std::span<const float> rest = style.values;
  for (size_t i = 0; i < own_layers_.size(); ++i) {
    NormalizationLayer layer = WithStyle(own_layers_[i], rest);
    rest = rest.subspan(2 * layer.scale.size());
    network_.normalizations[i]->SetStyle(std::move(layer.scale), std::move(layer.shift));
  }
  return OkStatus();
}

void Plan::ResetStyle() {
  for (size_t i = 0; i < own_layers_.size(); ++i) {
    network_.normalizations[i]->SetStyle(own_layers_[i].scale, own_layers_[i].shift);
  }
}

}  // namespace brushwork
