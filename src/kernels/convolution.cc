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

// XNNPACK finds input pixels through a table of one pointer per output pixel and kernel element:
// for a 9×9 kernel at 512×512, 170 MB. Larger pictures are therefore computed in bands of rows
// whose table has about this size, and bands of equal shape share an operator.
constexpr int64_t kTableBytes = int64_t{2} << 20;

// What of a band its operator depends on.
struct BandShape {
  int64_t input_rows = 0;
  int64_t padding_top = 0;
  int64_t padding_bottom = 0;
  friend bool operator==(const BandShape&, const BandShape&) = default;
};

struct Band {
  BandShape shape;
  int64_t first_input_row = 0;
  int64_t first_output_row = 0;
};

// Output rows [begin, end).
Band MakeBand(const ConvolutionLayer& layer, int64_t begin, int64_t end, int64_t input_height) {
  const int64_t first = begin * layer.stride_height - layer.padding.top;
  const int64_t last =
      (end - 1) * layer.stride_height - layer.padding.top + GeometryOf(layer).extent_height();
  Band band;
  band.shape.padding_top = std::max<int64_t>(0, -first);
  band.shape.padding_bottom = std::max<int64_t>(0, last - input_height);
  band.shape.input_rows = std::min(last, input_height) - std::max<int64_t>(first, 0);
  band.first_input_row = std::max<int64_t>(first, 0);
  band.first_output_row = begin;
  return band;
}

std::vector<Band> MakeBands(const ConvolutionLayer& layer, const Shape4& input,
                            const Shape4& output) {
  const Filter& filter = *layer.filter;
  const int64_t row_bytes = filter.kernel_height * filter.kernel_width * output.width *
                            static_cast<int64_t>(sizeof(void*));
  int64_t rows = std::max<int64_t>(kTableBytes / row_bytes, 1);
  // A band needs some input; so keep the rows that see only padding with others that don't.
  const int64_t padding = std::max(layer.padding.top, layer.padding.bottom);
  rows = std::max(rows, padding / layer.stride_height + 1);
  std::vector<Band> bands;
  for (int64_t begin = 0; begin < output.height;) {
    // A short rest is taken together with the last whole band.
    const bool last = input.batch > 1 || output.height - begin < 2 * rows;
    const int64_t end = last ? output.height : begin + rows;
    bands.push_back(MakeBand(layer, begin, end, input.height));
    begin = end;
  }
  return bands;
}

xnn_status CreateFloat(const ConvolutionLayer& layer, const BandShape& band,
                       const OutputRange& range, xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  return xnn_create_convolution2d_nhwc_f32(
      U32(band.padding_top), U32(layer.padding.right), U32(band.padding_bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_channel_stride=*/group_inputs * groups, /*output_channel_stride=*/outputs,
      filter.values.data(), layer.bias.data(), range.minimum, range.maximum, /*flags=*/0,
      /*code_cache=*/nullptr, /*weights_cache=*/nullptr, op);
}

xnn_status CreateInt8(const ConvolutionLayer& layer, const Quantization& input,
                      const Quantization& output, const BandShape& band, const OutputRange& range,
                      xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  const QuantizedRange limits = QuantizeRange(range, output);
  const std::vector<int32_t> bias = QuantizeBias(layer.bias, filter, input);
  return xnn_create_convolution2d_nhwc_qs8_qc8w(
      U32(band.padding_top), U32(layer.padding.right), U32(band.padding_bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_channel_stride=*/group_inputs * groups, /*output_channel_stride=*/outputs,
      static_cast<int8_t>(input.zero_point), input.scale, filter.scales.data(),
      filter.quantized.data(), bias.data(), static_cast<int8_t>(output.zero_point), output.scale,
      limits.minimum, limits.maximum, /*flags=*/0, /*code_cache=*/nullptr,
      /*weights_cache=*/nullptr, op);
}

// An XNNPACK operator for bands of one shape.
class BandOperator {
 public:
  BandOperator(XnnOperator op, const TensorSpec& input, const BandShape& shape)
      : op_(std::move(op)), input_(input), shape_(shape) {}

  const BandShape& shape() const { return shape_; }

  // Prepares for this pool's number of threads, and returns how much workspace is needed.
  StatusOr<size_t> Reshape(pthreadpool_t threadpool) {
    const auto reshape = input_.type == DataType::kFloat32
                             ? xnn_reshape_convolution2d_nhwc_f32
                             : xnn_reshape_convolution2d_nhwc_qs8_qc8w;
    size_t bytes = 0;
    size_t alignment = 0;
    BRUSHWORK_RETURN_IF_ERROR(
        ToStatus(reshape(op_.get(), static_cast<size_t>(input_.shape.batch),
                         static_cast<size_t>(shape_.input_rows),
                         static_cast<size_t>(input_.shape.width), &bytes, &alignment,
                         /*output_height_out=*/nullptr, /*output_width_out=*/nullptr, threadpool),
                 "convolution: reshape"));
    if (alignment > kTensorAlignment) return Internal("convolution: workspace alignment");
    return bytes;
  }

  // `input` and `output` begin at the band's first rows.
  Status Run(const void* input, void* output, void* workspace, pthreadpool_t threadpool) {
    const xnn_status status = input_.type == DataType::kFloat32
                                  ? xnn_setup_convolution2d_nhwc_f32(
                                        op_.get(), workspace, static_cast<const float*>(input),
                                        static_cast<float*>(output))
                                  : xnn_setup_convolution2d_nhwc_qs8_qc8w(
                                        op_.get(), workspace, static_cast<const int8_t*>(input),
                                        static_cast<int8_t*>(output));
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "convolution: setup"));
    return ToStatus(xnn_run_operator(op_.get(), threadpool), "convolution: run");
  }

 private:
  XnnOperator op_;
  TensorSpec input_;
  BandShape shape_;
};

class ConvolutionKernel final : public Kernel {
 public:
  ConvolutionKernel(const TensorSpec& input, const TensorSpec& output, std::vector<Band> bands,
                    std::vector<BandOperator> operators)
      : input_row_bytes_(RowBytes(input)),
        output_row_bytes_(RowBytes(output)),
        bands_(std::move(bands)),
        operators_(std::move(operators)) {}

  // Prepares for this pool's number of threads; called once before the first Run.
  Status Reshape(pthreadpool_t threadpool) {
    size_t bytes = 0;
    for (BandOperator& op : operators_) {
      BRUSHWORK_ASSIGN_OR_RETURN(const size_t needed, op.Reshape(threadpool));
      bytes = std::max(bytes, needed);
    }
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
    const uint8_t* source = static_cast<const uint8_t*>(inputs[0].data);
    uint8_t* target = static_cast<uint8_t*>(output.data);
    for (const Band& band : bands_) {
      BRUSHWORK_RETURN_IF_ERROR(OperatorFor(band.shape)
                                    .Run(source + band.first_input_row * input_row_bytes_,
                                         target + band.first_output_row * output_row_bytes_,
                                         workspace, context.threadpool));
    }
    return OkStatus();
  }

 private:
  static int64_t RowBytes(const TensorSpec& spec) {
    return spec.shape.width * spec.shape.channels * static_cast<int64_t>(ByteSize(spec.type));
  }

  BandOperator& OperatorFor(const BandShape& shape) {
    return *std::find_if(operators_.begin(), operators_.end(),
                         [&](const BandOperator& op) { return op.shape() == shape; });
  }

  // Depthwise kernels larger than 5×5 need a little workspace for each thread, and how many threads
  // there are is known only at the first Run. What exceeds workspace_bytes() is the kernel's own.
  Status ReserveOwnWorkspace(size_t bytes) {
    own_workspace_ = AlignedBuffer();
    if (bytes <= workspace_bytes_) return OkStatus();
    BRUSHWORK_ASSIGN_OR_RETURN(own_workspace_, AlignedBuffer::Create(bytes));
    return OkStatus();
  }

  int64_t input_row_bytes_;
  int64_t output_row_bytes_;
  std::vector<Band> bands_;
  std::vector<BandOperator> operators_;  // one for each shape of band
  size_t workspace_bytes_ = 0;           // for one thread
  AlignedBuffer own_workspace_;
  size_t threads_ = 0;  // that the operators were last reshaped for
};

// One operator for each shape of band; inner bands all have the same.
StatusOr<std::vector<BandOperator>> MakeOperators(const ConvolutionLayer& layer,
                                                  const TensorSpec& input, const TensorSpec& output,
                                                  const OutputRange& range,
                                                  const std::vector<Band>& bands) {
  std::vector<BandOperator> operators;
  for (const Band& band : bands) {
    const bool known = std::any_of(operators.begin(), operators.end(),
                                   [&](const auto& op) { return op.shape() == band.shape; });
    if (known) continue;
    xnn_operator_t op = nullptr;
    const xnn_status status =
        input.type == DataType::kFloat32
            ? CreateFloat(layer, band.shape, range, &op)
            : CreateInt8(layer, input.quantization, output.quantization, band.shape, range, &op);
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "convolution: create"));
    operators.emplace_back(XnnOperator(op), input, band.shape);
  }
  return operators;
}

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
  std::vector<Band> bands = MakeBands(layer, input.shape, output.shape);
  BRUSHWORK_ASSIGN_OR_RETURN(std::vector<BandOperator> operators,
                             MakeOperators(layer, input, output, range, bands));
  auto kernel =
      std::make_unique<ConvolutionKernel>(input, output, std::move(bands), std::move(operators));
  BRUSHWORK_RETURN_IF_ERROR(kernel->Reshape(/*threadpool=*/nullptr));
  return KernelOr(std::move(kernel));
}

}  // namespace brushwork
