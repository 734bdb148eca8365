#include "plan/layer_runner.h"

#include <algorithm>
#include <utility>

#include "plan/layer_kernels.h"

namespace brushwork {
StatusOr<LayerRunner> LayerRunner::Create(const FusedNetwork& network, const Layer& layer,
                                          const OutputRange& range, pthreadpool_t threadpool) {
  LayerRunner runner;
  for (const ValueId input : layer.inputs) {
    runner.inputs_.push_back({network.values[input].shape, DataType::kFloat32, {}});
  }
  runner.output_ = {network.values[layer.output].shape, DataType::kFloat32, {}};
  runner.threadpool_ = threadpool;
  if (const auto* constant = std::get_if<ConstantLayer>(&layer.parameters)) {
    runner.constant_ = constant->values;
    return runner;
  }
  KernelOr kernel = CreateLayerKernel({layer, range}, runner.inputs_, runner.output_,
                                      /*statistics_given=*/false);
  if (!kernel.ok()) {
    return Status(kernel.status().code(),
                  "node '" + layer.name + "': " + kernel.status().message());
  }
  runner.kernel_ = std::move(kernel).value();
  BRUSHWORK_ASSIGN_OR_RETURN(runner.workspace_,
                             AlignedBuffer::Create(runner.kernel_->workspace_bytes(
                                 pthreadpool_get_threads_count(threadpool))));
  return runner;
}

Status LayerRunner::Run(std::span<float* const> inputs, float* output) {
  if (kernel_ == nullptr) {
    std::ranges::copy(constant_, output);
    return OkStatus();
  }
  std::vector<TensorView> views;
  for (size_t i = 0; i < inputs.size(); ++i) {
    views.push_back({inputs[i], inputs_[i].shape, DataType::kFloat32, {}});
  }
  const TensorView view{output, output_.shape, DataType::kFloat32, {}};
  return kernel_->Run(views, view, {threadpool_, workspace_.data()});
}

}  // namespace brushwork
