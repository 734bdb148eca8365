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
// least Kernel::workspace_bytes(threads of the pool) bytes, aligned to kTensorAlignment.
struct ExecutionContext {
  pthreadpool_t threadpool = nullptr;
  void* workspace = nullptr;
};

// Output range of a fused activation, in real units: Relu is {0, infinity}.
struct OutputRange {
  float minimum = -std::numeric_limits<float>::infinity();
  float maximum = std::numeric_limits<float>::infinity();
};

class NormalizationStage;  // kernels/normalization.h

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  virtual size_t workspace_bytes(size_t /*threads*/) const { return 0; }

  // Which rows of input `index` the output rows depend on, within [0, height of that input). What
  // it returns never moves upwards when `rows` moves downwards. A kernel that needs all of its
  // input for any row (exact statistics, global pooling) returns all rows, and is then run only for
  // the whole output at once.
  virtual RowRange InputRows(size_t index, RowRange rows) const = 0;

  // Computes the output's `rows`. Shapes, types and quantizations must be those given at creation,
  // where shapes are those of the whole activations; of each input the rows that InputRows names
  // are there, of the output those to be written. Buffers are followed by kTensorPadding readable
  // bytes; the output never overlaps an input. The bytes written do not depend on how the rows are
  // cut, nor on the number of threads.
  virtual Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                         const ExecutionContext& context) = 0;

  // The whole output, of whole inputs.
  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) {
    return RunRows(inputs, output, {0, output.shape.height}, context);
  }

  // Kernels that normalize: where their statistics are read or given. Null for all others.
  virtual NormalizationStage* normalization() { return nullptr; }
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
