#include "plan/plan.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/checked.h"
#include "plan/fusion.h"
#include "plan/lowering.h"
#include "plan/memory_plan.h"

namespace brushwork {
namespace {

// The lifetime of every tensor, and of the workspace as the last entry. Tensors without a size
// (constants, which have memory of their own) get none.
StatusOr<std::vector<BufferLifetime>> Lifetimes(const LoweredNetwork& network) {
  const int last_step = static_cast<int>(network.steps.size());
  std::vector<BufferLifetime> lifetimes(network.tensors.size());
  for (size_t i = 0; i < lifetimes.size(); ++i) {
    const Shape4& shape = network.tensors[i].shape;
    const auto bytes = CheckedSize({shape.batch, shape.height, shape.width, shape.channels,
                                    static_cast<int64_t>(ByteSize(network.tensors[i].type))});
    if (!bytes) {
      return OutOfMemory("an activation " + shape.ToString() +
                         " does not fit in the address space");
    }
    const bool is_constant = !network.constants[i].empty();
    lifetimes[i] = {is_constant ? 0 : static_cast<int64_t>(*bytes), last_step, 0};
  }
  size_t workspace = 0;
  for (int i = 0; i < last_step; ++i) {
    const LoweredStep& step = network.steps[i];
    workspace = std::max(workspace, step.kernel->workspace_bytes());
    lifetimes[step.output].first_step = i;
    lifetimes[step.output].last_step = std::max(lifetimes[step.output].last_step, i);
    for (const int input : step.inputs) {
      lifetimes[input].last_step = std::max(lifetimes[input].last_step, i);
    }
  }
  lifetimes[network.input].first_step = 0;
  lifetimes[network.output].last_step = last_step;
  lifetimes.push_back({static_cast<int64_t>(workspace), 0, last_step});
  return lifetimes;
}

}  // namespace

Plan::~Plan() = default;

StatusOr<std::unique_ptr<Plan>> Plan::Create(const Network& network, Precision precision) {
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  BRUSHWORK_ASSIGN_OR_RETURN(LoweredNetwork lowered, LowerNetwork(FuseLayers(network, precision)));
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<BufferLifetime> lifetimes, Lifetimes(lowered));
  BRUSHWORK_ASSIGN_OR_RETURN(const MemoryPlan memory, PlanMemory(lifetimes));

  auto plan = std::unique_ptr<Plan>(new Plan());
  BRUSHWORK_ASSIGN_OR_RETURN(plan->arena_, AlignedBuffer::Create(memory.total_bytes));
  std::vector<TensorView> views(lowered.tensors.size());
  for (size_t i = 0; i < views.size(); ++i) {
    const TensorSpec& spec = lowered.tensors[i];
    views[i] = {plan->arena_.data() + memory.offsets[i], spec.shape, spec.type, spec.quantization};
    const std::vector<float>& constant = lowered.constants[i];
    if (constant.empty()) continue;
    BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer buffer,
                               AlignedBuffer::Create(constant.size() * sizeof(float)));
    std::memcpy(buffer.data(), constant.data(), constant.size() * sizeof(float));
    views[i].data = buffer.data();
    plan->constants_.push_back(std::move(buffer));
  }
  plan->workspace_ = plan->arena_.data() + memory.offsets.back();
  for (LoweredStep& step : lowered.steps) {
    std::vector<TensorView> inputs;
    for (const int input : step.inputs) inputs.push_back(views[input]);
    plan->steps_.push_back({std::move(step.kernel), std::move(inputs), views[step.output]});
    plan->infos_.push_back(std::move(step.info));
  }
  plan->input_ = views[lowered.input];
  plan->output_ = views[lowered.output];
  return plan;
}

TensorView Plan::input() const { return input_; }
TensorView Plan::output() const { return output_; }

Status Plan::RunStep(size_t index, pthreadpool_t threadpool) {
  Step& step = steps_[index];
  return step.kernel->Run(step.inputs, step.output, {threadpool, workspace_});
}

}  // namespace brushwork
