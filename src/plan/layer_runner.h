// Runs layers of a fused network one by one in float, for calibration.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/kernel.h"
#include "plan/fusion.h"

namespace brushwork {

class LayerRunner {
 public:
  // `layer` at the shapes that `network` states. kUnsupportedModel and the like as its kernel says.
  static StatusOr<LayerRunner> Create(const FusedNetwork& network, const Layer& layer,
                                      const OutputRange& range, pthreadpool_t threadpool);

  // Whole activations, one for each of the layer's inputs. A ConstantLayer has none.
  Status Run(std::span<float* const> inputs, float* output);

 private:
  LayerRunner() = default;

  std::unique_ptr<Kernel> kernel_;
  std::vector<float> constant_;
  std::vector<TensorSpec> inputs_;
  TensorSpec output_;
  AlignedBuffer workspace_;
  pthreadpool_t threadpool_ = nullptr;
};

}  // namespace brushwork
