// Convolution over XNNPACK. int8 results are requantized in float with round half to even, as ONNX
// prescribes, but XNNPACK rounds the combined scale to float first, so they may differ from an
// evaluation in higher precision by one step where that lies within rounding of a tie.

#include <utility>

#include "kernels/banded_kernel.h"
#include "kernels/check.h"
#include "kernels/convolution_weights.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "convolution";

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

class ConvolutionKernel final : public BandedKernel {
 public:
  ConvolutionKernel(const ConvolutionLayer& layer, const TensorSpec& input,
                    const TensorSpec& output, const OutputRange& range)
      : BandedKernel(input, output, TableRowBytes(layer, output), /*row_multiple=*/1),
        layer_(layer),
        range_(range) {}

  using BandedKernel::Prepare;

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    if (input().shape.batch > 1) return AllRows(input().shape);
    const RowRange window = Window(rows);
    return ClipRows(window.begin, window.end, input().shape.height);
  }

 private:
  static int64_t TableRowBytes(const ConvolutionLayer& layer, const TensorSpec& output) {
    return layer.filter->kernel_height * layer.filter->kernel_width * output.shape.width *
           static_cast<int64_t>(sizeof(void*));
  }

  // The input rows that output rows see, be they padding or not.
  RowRange Window(RowRange rows) const {
    const int64_t stride = layer_.stride_height;
    const int64_t begin = rows.begin * stride - layer_.padding.top;
    return {begin, begin + (rows.size() - 1) * stride + GeometryOf(layer_).extent_height()};
  }

  Band MakeBand(RowRange rows) const override {
    const RowRange window = Window(rows);
    const RowRange inside = ClipRows(window.begin, window.end, input().shape.height);
    Band band;
    band.blank = inside.size() == 0;
    if (band.blank) {
      band.shape = {1, 0, window.size() - 1};
      return band;
    }
    band.shape = {inside.size(), inside.begin - window.begin, window.end - inside.end};
    band.first_input_row = inside.begin;
    return band;
  }

  StatusOr<XnnOperator> CreateOperator(const BandShape& shape) const override {
    xnn_operator_t op = nullptr;
    const xnn_status status =
        input().type == DataType::kFloat32
            ? CreateFloat(layer_, shape, range_, &op)
            : CreateInt8(layer_, input().quantization, output().quantization, shape, range_, &op);
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "convolution: create"));
    return XnnOperator(op);
  }

  StatusOr<size_t> Reshape(xnn_operator_t op, const BandShape& shape,
                           pthreadpool_t threadpool) const override {
    const auto reshape = input().type == DataType::kFloat32
                             ? xnn_reshape_convolution2d_nhwc_f32
                             : xnn_reshape_convolution2d_nhwc_qs8_qc8w;
    const Shape4& whole = input().shape;
    size_t bytes = 0;
    size_t alignment = 0;
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(
        reshape(op, static_cast<size_t>(whole.batch), static_cast<size_t>(shape.input_rows),
                static_cast<size_t>(whole.width), &bytes, &alignment,
                /*output_height_out=*/nullptr, /*output_width_out=*/nullptr, threadpool),
        "convolution: reshape"));
    if (alignment > kTensorAlignment) return Internal("convolution: workspace alignment");
    return bytes;
  }

  Status SetUp(xnn_operator_t op, void* workspace, const void* input_rows,
               void* output_rows) const override {
    const xnn_status status =
        input().type == DataType::kFloat32
            ? xnn_setup_convolution2d_nhwc_f32(op, workspace, static_cast<const float*>(input_rows),
                                               static_cast<float*>(output_rows))
            : xnn_setup_convolution2d_nhwc_qs8_qc8w(op, workspace,
                                                    static_cast<const int8_t*>(input_rows),
                                                    static_cast<int8_t*>(output_rows));
    return ToStatus(status, "convolution: setup");
  }

  ConvolutionLayer layer_;
  OutputRange range_;
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
  auto kernel = std::make_unique<ConvolutionKernel>(layer, input, output, range);
  BRUSHWORK_RETURN_IF_ERROR(kernel->Prepare(/*surplus_rows=*/0));
  return KernelOr(std::move(kernel));
}

}  // namespace brushwork
