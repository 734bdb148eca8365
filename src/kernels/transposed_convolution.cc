// Transposed convolution over XNNPACK's deconvolution; rounding as in convolution.cc.

#include <utility>

#include "kernels/check.h"
#include "kernels/convolution_weights.h"
#include "kernels/kernels.h"
#include "kernels/xnn.h"

namespace brushwork {
namespace {

constexpr const char* kName = "transposed convolution";

xnn_status CreateFloat(const TransposedConvolutionLayer& layer, const OutputRange& range,
                       xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  return xnn_create_deconvolution2d_nhwc_f32(
      U32(layer.padding.top), U32(layer.padding.right), U32(layer.padding.bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_pixel_stride=*/group_inputs * groups, /*output_pixel_stride=*/outputs,
      filter.values.data(), layer.bias.data(), range.minimum, range.maximum, /*flags=*/0,
      /*code_cache=*/nullptr, /*weights_cache=*/nullptr, op);
}

xnn_status CreateInt8(const TransposedConvolutionLayer& layer, const Quantization& input,
                      const Quantization& output, const OutputRange& range, xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  const QuantizedRange limits = QuantizeRange(range, output);
  const std::vector<int32_t> bias = QuantizeBias(layer.bias, filter, input);
  return xnn_create_deconvolution2d_nhwc_qs8_qc8w(
      U32(layer.padding.top), U32(layer.padding.right), U32(layer.padding.bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_pixel_stride=*/group_inputs * groups, /*output_pixel_stride=*/outputs,
      static_cast<int8_t>(input.zero_point), input.scale, filter.scales.data(),
      filter.quantized.data(), bias.data(), static_cast<int8_t>(output.zero_point), output.scale,
      limits.minimum, limits.maximum, /*flags=*/0, /*code_cache=*/nullptr,
      /*weights_cache=*/nullptr, op);
}

class TransposedConvolutionKernel final : public Kernel {
 public:
  TransposedConvolutionKernel(XnnOperator op, const TensorSpec& input, int64_t adjustment_height,
                              int64_t adjustment_width)
      : op_(std::move(op)),
        input_(input),
        adjustment_height_(U32(adjustment_height)),
        adjustment_width_(U32(adjustment_width)) {}

  // Prepares for this pool's number of threads; called once before the first Run.
  Status Reshape(pthreadpool_t threadpool) {
    const auto reshape = input_.type == DataType::kFloat32
                             ? xnn_reshape_deconvolution2d_nhwc_f32
                             : xnn_reshape_deconvolution2d_nhwc_qs8_qc8w;
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(
        reshape(op_.get(), static_cast<size_t>(input_.shape.batch),
                static_cast<size_t>(input_.shape.height), static_cast<size_t>(input_.shape.width),
                adjustment_height_, adjustment_width_, /*output_height_out=*/nullptr,
                /*output_width_out=*/nullptr, threadpool),
        "transposed convolution: reshape"));
    threads_ = pthreadpool_get_threads_count(threadpool);
    return OkStatus();
  }

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    if (pthreadpool_get_threads_count(context.threadpool) != threads_) {
      BRUSHWORK_RETURN_IF_ERROR(Reshape(context.threadpool));
    }
    const xnn_status status =
        input_.type == DataType::kFloat32
            ? xnn_setup_deconvolution2d_nhwc_f32(op_.get(), inputs[0].f32(), output.f32())
            : xnn_setup_deconvolution2d_nhwc_qs8_qc8w(op_.get(), inputs[0].s8(), output.s8());
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "transposed convolution: setup"));
    return ToStatus(xnn_run_operator(op_.get(), context.threadpool), "transposed convolution: run");
  }

 private:
  XnnOperator op_;
  TensorSpec input_;
  uint32_t adjustment_height_;
  uint32_t adjustment_width_;
  size_t threads_ = 0;  // that the operator was last reshaped for
};

}  // namespace

bool SupportsInt8(const TransposedConvolutionLayer& layer) {
  return layer.filter != nullptr && !layer.filter->quantized.empty();
}

KernelOr CreateTransposedConvolution(const TransposedConvolutionLayer& layer,
                                     const TensorSpec& input, const TensorSpec& output,
                                     const OutputRange& range) {
  if (layer.filter == nullptr) return Internal("transposed convolution: no filter");
  const ConvolutionGeometry geometry = GeometryOf(layer);
  BRUSHWORK_RETURN_IF_ERROR(CheckConvolution(kName, geometry, input, output, range));
  const Padding2d& padding = layer.padding;
  const Shape4 required{input.shape.batch,
                        layer.stride_height * (input.shape.height - 1) + geometry.extent_height() +
                            layer.output_padding_height - padding.top - padding.bottom,
                        layer.stride_width * (input.shape.width - 1) + geometry.extent_width() +
                            layer.output_padding_width - padding.left - padding.right,
                        layer.filter->output_channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, required));
  if (layer.output_padding_height < 0 || layer.output_padding_height >= layer.stride_height ||
      layer.output_padding_width < 0 || layer.output_padding_width >= layer.stride_width) {
    return Internal("transposed convolution: output padding is not less than the stride");
  }
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  xnn_operator_t op = nullptr;
  const xnn_status status =
      input.type == DataType::kFloat32
          ? CreateFloat(layer, range, &op)
          : CreateInt8(layer, input.quantization, output.quantization, range, &op);
  BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "transposed convolution: create"));
  auto kernel = std::make_unique<TransposedConvolutionKernel>(
      XnnOperator(op), input, layer.output_padding_height, layer.output_padding_width);
  BRUSHWORK_RETURN_IF_ERROR(kernel->Reshape(/*threadpool=*/nullptr));
  return KernelOr(std::move(kernel));
}

}  // namespace brushwork
