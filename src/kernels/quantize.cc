#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/parallel.h"
#include "kernels/rounding.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

constexpr const char* kName = "quantize";
constexpr size_t kTile = 8192;  // elements

// A division, not a multiplication by the inverse: ONNX divides, and the last bit decides ties.
BRUSHWORK_VECTORIZED void QuantizeTile(const float* __restrict input, int8_t* __restrict output,
                                       size_t count, Quantization quantization) {
  BRUSHWORK_SIXTEEN_AT_A_TIME
  for (size_t i = 0; i < count; ++i) output[i] = QuantizeValue(input[i], quantization);
}

BRUSHWORK_VECTORIZED void DequantizeTile(const int8_t* __restrict input, float* __restrict output,
                                         size_t count, Quantization quantization) {
  for (size_t i = 0; i < count; ++i) output[i] = DequantizeValue(input[i], quantization);
}

BRUSHWORK_VECTORIZED void RequantizeTile(const int8_t* __restrict input, int8_t* __restrict output,
                                         size_t count, Quantization from, Quantization to) {
  BRUSHWORK_SIXTEEN_AT_A_TIME
  for (size_t i = 0; i < count; ++i) output[i] = QuantizeValue(DequantizeValue(input[i], from), to);
}

class QuantizeKernel final : public Kernel {
 public:
  explicit QuantizeKernel(const Quantization& quantization) : quantization_(quantization) {}

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const size_t elements = static_cast<size_t>(output.shape.elements());
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      QuantizeTile(inputs[0].f32() + begin, output.s8() + begin, end - begin, quantization_);
    });
    return OkStatus();
  }

 private:
  Quantization quantization_;  // of the output
};

class DequantizeKernel final : public Kernel {
 public:
  explicit DequantizeKernel(const Quantization& quantization) : quantization_(quantization) {}

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const size_t elements = static_cast<size_t>(output.shape.elements());
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      DequantizeTile(inputs[0].s8() + begin, output.f32() + begin, end - begin, quantization_);
    });
    return OkStatus();
  }

 private:
  Quantization quantization_;  // of the input
};

class RequantizeKernel final : public Kernel {
 public:
  RequantizeKernel(const Quantization& input, const Quantization& output)
      : input_(input), output_(output) {}

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const size_t elements = static_cast<size_t>(output.shape.elements());
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      RequantizeTile(inputs[0].s8() + begin, output.s8() + begin, end - begin, input_, output_);
    });
    return OkStatus();
  }

 private:
  Quantization input_;
  Quantization output_;
};

}  // namespace

KernelOr CreateQuantize(const TensorSpec& input, const TensorSpec& output) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, input.shape));
  const bool from_float = input.type == DataType::kFloat32;
  const bool to_float = output.type == DataType::kFloat32;
  if (from_float && to_float) return UnsupportedTypes(kName, input, output);
  if (from_float) return KernelOr(std::make_unique<QuantizeKernel>(output.quantization));
  if (to_float) return KernelOr(std::make_unique<DequantizeKernel>(input.quantization));
  return KernelOr(std::make_unique<RequantizeKernel>(input.quantization, output.quantization));
}

}  // namespace brushwork
