// Convolution over XNNPACK. int8 results are requantized in float with round half to even, as ONNX
// prescribes, but XNNPACK rounds the combined scale to float first, so they may differ from an
// evaluation in higher precision by one step where that lies within rounding of a tie.

#include <algorithm>
#include <utility>

#include "kernels/check.h"
#include "kernels/convolution_weights.h"
#include "kernels/kernels.h"
#include "kernels/xnn.h"

namespace brushwork {
namespace {

constexpr const char* kName = "convolution";

// XNNPACK finds input pixels through a table of one pointer per output pixel and kernel element.
// Smaller tables are kept from run to run; larger ones are built anew in the workspace, which all
// kernels share, for a 9×9 kernel at 512×512 takes 170 MB.
constexpr size_t kLargestKeptTable = size_t{8} << 20;

uint32_t Flags(const Filter& filter, const Shape4& output) {
  const int64_t table = filter.kernel_height * filter.kernel_width * output.height * output.width *
                        static_cast<int64_t>(sizeof(void*));
  return table > static_cast<int64_t>(kLargestKeptTable) ? XNN_FLAG_TRANSIENT_INDIRECTION_BUFFER
                                                         : 0;
}

xnn_status CreateFloat(const ConvolutionLayer& layer, const OutputRange& range, uint32_t flags,
                       xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  return xnn_create_convolution2d_nhwc_f32(
      U32(layer.padding.top), U32(layer.padding.right), U32(layer.padding.bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_channel_stride=*/group_inputs * groups, /*output_channel_stride=*/outputs,
      filter.values.data(), layer.bias.data(), range.minimum, range.maximum, flags,
      /*code_cache=*/nullptr, /*weights_cache=*/nullptr, op);
}

xnn_status CreateInt8(const ConvolutionLayer& layer, const Quantization& input,
                      const Quantization& output, const OutputRange& range, uint32_t flags,
                      xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  const QuantizedRange limits = QuantizeRange(range, output);
  const std::vector<int32_t> bias = QuantizeBias(layer.bias, filter, input);
  return xnn_create_convolution2d_nhwc_qs8_qc8w(
      U32(layer.padding.top), U32(layer.padding.right), U32(layer.padding.bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_channel_stride=*/group_inputs * groups, /*output_channel_stride=*/outputs,
      static_cast<int8_t>(input.zero_point), input.scale, filter.scales.data(),
      filter.quantized.data(), bias.data(), static_cast<int8_t>(output.zero_point), output.scale,
      limits.minimum, limits.maximum, flags, /*code_cache=*/nullptr, /*weights_cache=*/nullptr, op);
}

class ConvolutionKernel final : public Kernel {
 public:
  ConvolutionKernel(XnnOperator op, const TensorSpec& input) : op_(std::move(op)), input_(input) {}

  // Prepares for this pool's number of threads; called once before the first Run.
  Status Reshape(pthreadpool_t threadpool) {
    const auto reshape = input_.type == DataType::kFloat32
                             ? xnn_reshape_convolution2d_nhwc_f32
                             : xnn_reshape_convolution2d_nhwc_qs8_qc8w;
    size_t bytes = 0;
    size_t alignment = 0;
    BRUSHWORK_RETURN_IF_ERROR(
        ToStatus(reshape(op_.get(), static_cast<size_t>(input_.shape.batch),
                         static_cast<size_t>(input_.shape.height),
                         static_cast<size_t>(input_.shape.width), &bytes, &alignment,
                         /*output_height_out=*/nullptr, /*output_width_out=*/nullptr, threadpool),
                 "convolution: reshape"));
    if (alignment > kTensorAlignment) return Internal("convolution: workspace alignment");
    if (threads_ == 0) workspace_bytes_ = bytes;
    threads_ = pthreadpool_get_threads_count(threadpool);
    return ReserveOwnWorkspace(bytes);
  }

  size_t workspace_bytes() const override { return workspace_bytes_; }

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    if (pthreadpool_get_threads_count(context.threadpool) != threads_) {
      BRUSHWORK_RETURN_IF_ERROR(Reshape(context.threadpool));
    }
    void* workspace = own_workspace_.size() > 0 ? own_workspace_.data() : context.workspace;
    const xnn_status status =
        input_.type == DataType::kFloat32
            ? xnn_setup_convolution2d_nhwc_f32(op_.get(), workspace, inputs[0].f32(), output.f32())
            : xnn_setup_convolution2d_nhwc_qs8_qc8w(op_.get(), workspace, inputs[0].s8(),
                                                    output.s8());
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "convolution: setup"));
    return ToStatus(xnn_run_operator(op_.get(), context.threadpool), "convolution: run");
  }

 private:
  // Depthwise kernels larger than 5×5 need a little workspace for each thread, and how many threads
  // there are is known only at the first Run. What exceeds workspace_bytes() is the kernel's own.
  Status ReserveOwnWorkspace(size_t bytes) {
    own_workspace_ = AlignedBuffer();
    if (bytes <= workspace_bytes_) return OkStatus();
    BRUSHWORK_ASSIGN_OR_RETURN(own_workspace_, AlignedBuffer::Create(bytes));
    return OkStatus();
  }

  XnnOperator op_;
  TensorSpec input_;
  size_t workspace_bytes_ = 0;  // for one thread
  AlignedBuffer own_workspace_;
  size_t threads_ = 0;  // that the operator was last reshaped for
};

}  // namespace

KernelOr CreateConvolution(const ConvolutionLayer& layer, const TensorSpec& input,
                           const TensorSpec& output, const OutputRange& range) {
  if (layer.filter == nullptr) return Internal("convolution: no filter");
  const ConvolutionGeometry geometry = GeometryOf(layer);
  BRUSHWORK_RETURN_IF_ERROR(CheckConvolution(kName, geometry, input, output, range));
  const int64_t height = input.shape.height + layer.padding.top + layer.padding.bottom;
  const int64_t width = input.shape.width + layer.padding.left + layer.padding.right;
  if (height < geometry.extent_height() || width < geometry.extent_width()) {
    return Internal("convolution: the kernel is larger than the padded input");
  }
  const Shape4 required{
      input.shape.batch, (height - geometry.extent_height()) / layer.stride_height + 1,
      (width - geometry.extent_width()) / layer.stride_width + 1, layer.filter->output_channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, required));
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  const uint32_t flags = Flags(*layer.filter, output.shape);
  xnn_operator_t op = nullptr;
  const xnn_status status =
      input.type == DataType::kFloat32
          ? CreateFloat(layer, range, flags, &op)
          : CreateInt8(layer, input.quantization, output.quantization, range, flags, &op);
  BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "convolution: create"));
  auto kernel = std::make_unique<ConvolutionKernel>(XnnOperator(op), input);
  BRUSHWORK_RETURN_IF_ERROR(kernel->Reshape(/*threadpool=*/nullptr));
  return KernelOr(std::move(kernel));
}

}  // namespace brushwork
