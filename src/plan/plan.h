// A network made executable: fused, datatypes assigned, kernels created, memory laid out. One plan
// runs one picture at a time; it is run step by step, so that the caller can report progress, let
// other work in between steps, or stop.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

enum class Precision {
  kAuto,   // int8 wherever the model is quantized
  kFloat,  // the model's quantizers are left out and everything computes in float
};

// What `inspect` prints about a step.
struct StepInfo {
  std::string name;  // of the ONNX node
  std::string kind;  // "convolution", "dequantize", ...
  Shape4 input;      // of the first input
  Shape4 output;
  DataType type = DataType::kFloat32;  // what the arithmetic is done in
  int64_t multiply_adds = 0;
};

class Plan {
 public:
  // kOutOfMemory where the activations do not fit, naming how much they need.
  static StatusOr<std::unique_ptr<Plan>> Create(const Network& network, Precision precision);
  ~Plan();

  // Where the picture goes, [1, H, W, 3], before the first step, and where the painting is after
  // the last one. Float or int8, as the plan chose.
  TensorView input() const;
  TensorView output() const;

  size_t step_count() const { return infos_.size(); }
  std::span<const StepInfo> steps() const { return infos_; }
  // Steps must run in order, 0 first. `threadpool` may be null.
  Status RunStep(size_t index, pthreadpool_t threadpool);

  // Activations and workspace, without packed weights.
  size_t memory_bytes() const { return arena_.size(); }

 private:
  struct Step {
    std::unique_ptr<Kernel> kernel;
    std::vector<TensorView> inputs;
    TensorView output;
  };

  Plan() = default;

  std::vector<Step> steps_;
  std::vector<StepInfo> infos_;
  std::vector<AlignedBuffer> constants_;
  AlignedBuffer arena_;
  void* workspace_ = nullptr;
  TensorView input_;
  TensorView output_;
};

}  // namespace brushwork
