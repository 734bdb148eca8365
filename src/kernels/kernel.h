// One operator at one size, ready to run: weights packed, XNNPACK operator reshaped. A kernel owns
// what it packed; inputs, output and workspace are the caller's.
#pragma once

#include <pthreadpool.h>

#include <limits>
#include <memory>
#include <span>

#include "base/status.h"
#include "tensor/tensor.h"

namespace brushwork {

// What a run may use. `threadpool` may be null (run in the calling thread). `workspace` has at
// least Kernel::workspace_bytes() bytes, aligned to kTensorAlignment.
struct ExecutionContext {
  pthreadpool_t threadpool = nullptr;
  void* workspace = nullptr;
};

// Output range of a fused activation, in real units: Relu is {0, infinity}.
struct OutputRange {
  float minimum = -std::numeric_limits<float>::infinity();
  float maximum = std::numeric_limits<float>::infinity();
};

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  virtual size_t workspace_bytes() const { return 0; }

  // Runs once. Shapes, types and quantizations must be those given at creation; buffers are
  // followed by kTensorPadding readable bytes. The output never overlaps an input.
  virtual Status Run(std::span<const TensorView> inputs, TensorView output,
                     const ExecutionContext& context) = 0;
};

// Shape, type and quantization of an activation, without its data.
struct TensorSpec {
  Shape4 shape;
  DataType type = DataType::kFloat32;
  Quantization quantization;
};

// Initializes XNNPACK once for the process (idempotent, thread-safe).
Status InitializeKernels();

// The lowest and highest quantized value of a fused activation's range.
struct QuantizedRange {
  int8_t minimum = -128;
  int8_t maximum = 127;
};
QuantizedRange QuantizeRange(const OutputRange& range, const Quantization& quantization);

}  // namespace brushwork
