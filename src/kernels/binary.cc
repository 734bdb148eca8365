// Float operations run over XNNPACK's elementwise operators. The int8 ones are our own: XNNPACK's
// take no output range and only some ratios of scales, and round halves upwards where ONNX rounds
// them to even. Ours differ from ONNX by at most one step, where the real result lies within float
// rounding of a tie.

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rounding.h"
#include "kernels/rows.h"
#include "kernels/vectorize.h"
#include "kernels/xnn.h"

// In place of XNNPACK's own, which brings reference kernels of every operator for every type, an
// eighth of the WebAssembly program. They are asked for where there is no better kernel; for what
// is used here, arithmetic in float, there is one everywhere.
struct xnn_binary_elementwise_config;
// NOLINTNEXTLINE(readability-identifier-naming): XNNPACK's name
extern "C" const xnn_binary_elementwise_config* xnn_init_binary_reference_config(
    xnn_binary_operator /*operation*/, xnn_datatype /*datatype*/) {
  return nullptr;
}

namespace brushwork {
namespace {

constexpr const char* kName = "binary";
constexpr size_t kTile = 8192;  // elements

xnn_binary_operator ToXnn(BinaryOperation operation) {
  switch (operation) {
    case BinaryOperation::kAdd:
      return xnn_binary_add;
    case BinaryOperation::kSubtract:
      return xnn_binary_subtract;
    case BinaryOperation::kMultiply:
      return xnn_binary_multiply;
    case BinaryOperation::kDivide:
      return xnn_binary_divide;
  }
  return xnn_binary_invalid;
}

BRUSHWORK_VECTORIZED void ClampTile(float* values, size_t count, float minimum, float maximum) {
  for (size_t i = 0; i < count; ++i) values[i] = Clamp(values[i], minimum, maximum);
}

class FloatBinaryKernel final : public Kernel {
 public:
  FloatBinaryKernel(XnnOperator op, const Shape4& a, const Shape4& b, const OutputRange& range)
      : op_(std::move(op)),
        shapes_{a, b},
        batched_(std::max(a.batch, b.batch) > 1),
        range_(range) {}

  // A row that is broadcast is needed for all.
  RowRange InputRows(size_t index, RowRange rows) const override {
    const Shape4& shape = shapes_[index];
    return batched_ || shape.height == 1 ? AllRows(shape) : rows;
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const auto a = Dimensions(shapes_[0], rows);
    const auto b = Dimensions(shapes_[1], rows);
    // Reshaping only compares dimensions; it is cheap enough to do it every time.
    BRUSHWORK_RETURN_IF_ERROR(
        ToStatus(xnn_reshape_binary_elementwise_nd(op_.get(), a.size(), a.data(), b.size(),
                                                   b.data(), context.threadpool),
                 "binary: reshape"));
    float* target = output.row<float>(rows.begin);
    BRUSHWORK_RETURN_IF_ERROR(
        ToStatus(xnn_setup_binary_elementwise_nd(op_.get(), Source(inputs[0], rows),
                                                 Source(inputs[1], rows), target),
                 "binary: setup"));
    BRUSHWORK_RETURN_IF_ERROR(
        ToStatus(xnn_run_operator(op_.get(), context.threadpool), "binary: run"));
    const OutputRange everything;
    if (range_.minimum == everything.minimum && range_.maximum == everything.maximum) {
      return OkStatus();
    }
    ParallelForTiles(context.threadpool, ElementsOf(output.shape, rows), kTile,
                     [&](size_t begin, size_t end) {
                       ClampTile(target + begin, end - begin, range_.minimum, range_.maximum);
                     });
    return OkStatus();
  }

 private:
  static std::array<size_t, 4> Dimensions(const Shape4& shape, RowRange rows) {
    const int64_t height = shape.height == 1 ? 1 : rows.size();
    return {static_cast<size_t>(shape.batch), static_cast<size_t>(height),
            static_cast<size_t>(shape.width), static_cast<size_t>(shape.channels)};
  }
  static const float* Source(const TensorView& input, RowRange rows) {
    return input.row<const float>(input.shape.height == 1 ? 0 : rows.begin);
  }

  XnnOperator op_;
  std::array<Shape4, 2> shapes_;
  bool batched_;
  OutputRange range_;
};

// For sums, y = clamp(round(a * a_scale + b * b_scale + offset)) + zero_point; for products,
// y = clamp(round((a - a_zero_point) * (b - b_zero_point) * a_scale)) + zero_point. Scales are
// relative to the output's, minimum and maximum are before the zero point is added.
struct Int8Parameters {
  float a_scale = 1.0F;
  float b_scale = 1.0F;
  float offset = 0.0F;
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  float minimum = -128.0F;
  float maximum = 127.0F;
  int32_t zero_point = 0;
};

BRUSHWORK_INLINE int8_t Finish(float value, const Int8Parameters& p) {
  const float clamped = Clamp(value, p.minimum, p.maximum);
  return static_cast<int8_t>(RoundHalfEven(clamped) + p.zero_point);
}

BRUSHWORK_VECTORIZED void AddTile(const int8_t* __restrict a, const int8_t* __restrict b,
                                  int8_t* __restrict output, size_t count, Int8Parameters p) {
  for (size_t i = 0; i < count; ++i) {
    const float sum = ToFloat(a[i]) * p.a_scale + ToFloat(b[i]) * p.b_scale;
    output[i] = Finish(sum + p.offset, p);
  }
}

BRUSHWORK_VECTORIZED void MultiplyTile(const int8_t* __restrict a, const int8_t* __restrict b,
                                       int8_t* __restrict output, size_t count, Int8Parameters p) {
  for (size_t i = 0; i < count; ++i) {
    const float product = ToFloat((a[i] - p.a_zero_point) * (b[i] - p.b_zero_point));
    output[i] = Finish(product * p.a_scale, p);
  }
}

Int8Parameters MakeParameters(BinaryOperation operation, const Quantization& a,
                              const Quantization& b, const Quantization& output,
                              const OutputRange& range) {
  const double a_scale = static_cast<double>(a.scale) / static_cast<double>(output.scale);
  double b_scale = static_cast<double>(b.scale) / static_cast<double>(output.scale);
  if (operation == BinaryOperation::kSubtract) b_scale = -b_scale;
  Int8Parameters p;
  p.a_scale = static_cast<float>(
      operation == BinaryOperation::kMultiply ? a_scale * static_cast<double>(b.scale) : a_scale);
  p.b_scale = static_cast<float>(b_scale);
  p.offset = static_cast<float>(-a_scale * a.zero_point - b_scale * b.zero_point);
  p.a_zero_point = a.zero_point;
  p.b_zero_point = b.zero_point;
  const QuantizedRange limits = QuantizeRange(range, output);
  p.minimum = static_cast<float>(limits.minimum - output.zero_point);
  p.maximum = static_cast<float>(limits.maximum - output.zero_point);
  p.zero_point = output.zero_point;
  return p;
}

class Int8BinaryKernel final : public ElementwiseKernel {
 public:
  Int8BinaryKernel(BinaryOperation operation, const Shape4& shape, const Int8Parameters& parameters)
      : ElementwiseKernel(shape), operation_(operation), parameters_(parameters) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const auto tile = operation_ == BinaryOperation::kMultiply ? MultiplyTile : AddTile;
    const int8_t* a = inputs[0].row<const int8_t>(rows.begin);
    const int8_t* b = inputs[1].row<const int8_t>(rows.begin);
    int8_t* target = output.row<int8_t>(rows.begin);
    ParallelForTiles(context.threadpool, ElementsOf(output.shape, rows), kTile,
                     [&](size_t begin, size_t end) {
                       tile(a + begin, b + begin, target + begin, end - begin, parameters_);
                     });
    return OkStatus();
  }

 private:
  BinaryOperation operation_;
  Int8Parameters parameters_;
};

// The larger of two dimensions that are equal or one of which is 1; else 0.
int64_t Broadcast(int64_t a, int64_t b) {
  if (a == b || b == 1) return a;
  return a == 1 ? b : 0;
}

KernelOr CreateFloatBinary(const BinaryLayer& layer, const Shape4& a, const Shape4& b,
                           const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  xnn_operator_t op = nullptr;
  BRUSHWORK_RETURN_IF_ERROR(
      ToStatus(xnn_create_binary_elementwise_nd(ToXnn(layer.operation), xnn_datatype_fp32, nullptr,
                                                nullptr, nullptr, /*flags=*/0, &op),
               "binary: create"));
  return KernelOr(std::make_unique<FloatBinaryKernel>(XnnOperator(op), a, b, range));
}

}  // namespace

bool SupportsInt8(const BinaryLayer& layer, const TensorSpec& a, const TensorSpec& b,
                  const TensorSpec& output) {
  return layer.operation != BinaryOperation::kDivide && a.shape == output.shape &&
         b.shape == output.shape && CheckSpec(kName, a).ok() && CheckSpec(kName, b).ok() &&
         CheckSpec(kName, output).ok();
}

KernelOr CreateBinary(const BinaryLayer& layer, const TensorSpec& a, const TensorSpec& b,
                      const TensorSpec& output, const OutputRange& range) {
  const Shape4 required{
      Broadcast(a.shape.batch, b.shape.batch), Broadcast(a.shape.height, b.shape.height),
      Broadcast(a.shape.width, b.shape.width), Broadcast(a.shape.channels, b.shape.channels)};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, a, output, required));
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kName, b));
  if (!(range.minimum <= range.maximum)) return Internal("binary: the output range is empty");
  if (a.type != output.type) return UnsupportedTypes(kName, a, output);
  if (b.type != output.type) return UnsupportedTypes(kName, b, output);
  if (output.type == DataType::kFloat32) return CreateFloatBinary(layer, a.shape, b.shape, range);
  if (!SupportsInt8(layer, a, b, output)) {
    return Internal("binary: int8 division or broadcasting is not supported");
  }
  return KernelOr(std::make_unique<Int8BinaryKernel>(
      layer.operation, output.shape,
      MakeParameters(layer.operation, a.quantization, b.quantization, output.quantization, range)));
}

}  // namespace brushwork
