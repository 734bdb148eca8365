#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rounding.h"
#include "kernels/rows.h"
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

class QuantizeKernel final : public ElementwiseKernel {
 public:
  explicit QuantizeKernel(const TensorSpec& output)
      : ElementwiseKernel(output.shape), quantization_(output.quantization) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const float* source = inputs[0].row<const float>(rows.begin);
    int8_t* target = output.row<int8_t>(rows.begin);
    const size_t elements = ElementsOf(output.shape, rows);
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      QuantizeTile(source + begin, target + begin, end - begin, quantization_);
    });
    return OkStatus();
  }

 private:
  Quantization quantization_;  // of the output
};

class DequantizeKernel final : public ElementwiseKernel {
 public:
  explicit DequantizeKernel(const TensorSpec& input)
      : ElementwiseKernel(input.shape), quantization_(input.quantization) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const int8_t* source = inputs[0].row<const int8_t>(rows.begin);
    float* target = output.row<float>(rows.begin);
    const size_t elements = ElementsOf(output.shape, rows);
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      DequantizeTile(source + begin, target + begin, end - begin, quantization_);
    });
    return OkStatus();
  }

 private:
  Quantization quantization_;  // of the input
};

class RequantizeKernel final : public ElementwiseKernel {
 public:
  RequantizeKernel(const TensorSpec& input, const TensorSpec& output)
      : ElementwiseKernel(input.shape), input_(input.quantization), output_(output.quantization) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const int8_t* source = inputs[0].row<const int8_t>(rows.begin);
    int8_t* target = output.row<int8_t>(rows.begin);
    const size_t elements = ElementsOf(output.shape, rows);
    ParallelForTiles(context.threadpool, elements, kTile, [&](size_t begin, size_t end) {
      RequantizeTile(source + begin, target + begin, end - begin, input_, output_);
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
  if (from_float) return KernelOr(std::make_unique<QuantizeKernel>(output));
  if (to_float) return KernelOr(std::make_unique<DequantizeKernel>(input));
  return KernelOr(std::make_unique<RequantizeKernel>(input, output));
}

}  // namespace brushwork
