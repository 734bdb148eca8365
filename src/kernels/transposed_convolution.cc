// Transposed convolution over XNNPACK's deconvolution; rounding as in convolution.cc.

#include <algorithm>
#include <utility>

#include "kernels/banded_kernel.h"
#include "kernels/check.h"
#include "kernels/convolution_weights.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "transposed convolution";

xnn_status CreateFloat(const TransposedConvolutionLayer& layer, const BandShape& band,
                       const OutputRange& range, xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  return xnn_create_deconvolution2d_nhwc_f32(
      U32(band.padding_top), U32(layer.padding.right), U32(band.padding_bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_pixel_stride=*/group_inputs * groups, /*output_pixel_stride=*/outputs,
      filter.values.data(), layer.bias.data(), range.minimum, range.maximum, /*flags=*/0,
      /*code_cache=*/nullptr, /*weights_cache=*/nullptr, op);
}

xnn_status CreateInt8(const TransposedConvolutionLayer& layer, const Quantization& input,
                      const Quantization& output, const BandShape& band, const OutputRange& range,
                      xnn_operator_t* op) {
  const Filter& filter = *layer.filter;
  const size_t group_inputs = static_cast<size_t>(filter.input_channels);
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t groups = static_cast<size_t>(layer.groups);
  const QuantizedRange limits = QuantizeRange(range, output);
  const std::vector<int32_t> bias = QuantizeBias(layer.bias, filter, input);
  return xnn_create_deconvolution2d_nhwc_qs8_qc8w(
      U32(band.padding_top), U32(layer.padding.right), U32(band.padding_bottom),
      U32(layer.padding.left), U32(filter.kernel_height), U32(filter.kernel_width),
      U32(layer.stride_height), U32(layer.stride_width), U32(layer.dilation_height),
      U32(layer.dilation_width), U32(layer.groups), group_inputs, outputs / groups,
      /*input_pixel_stride=*/group_inputs * groups, /*output_pixel_stride=*/outputs,
      static_cast<int8_t>(input.zero_point), input.scale, filter.scales.data(),
      filter.quantized.data(), bias.data(), static_cast<int8_t>(output.zero_point), output.scale,
      limits.minimum, limits.maximum, /*flags=*/0, /*code_cache=*/nullptr,
      /*weights_cache=*/nullptr, op);
}

int64_t FloorDivide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

// XNNPACK computes the result of a stride in as many convolutions as that has phases, and writes
// beyond the output if that has fewer rows (or columns) than all but one phase.
int64_t LeastSize(const TransposedConvolutionLayer& layer, int64_t stride) {
  const Filter& filter = *layer.filter;
  const bool phases = layer.dilation_height == 1 && layer.dilation_width == 1 &&
                      layer.stride_height <= filter.kernel_height &&
                      layer.stride_width <= filter.kernel_width;
  return phases ? stride - 1 : 0;
}

// In the whole result, before padding is cut off, input row i reaches rows [i * stride, i * stride
// + extent). A band is the result of the input rows that reach it, with more of it cut off.
class TransposedConvolutionKernel final : public BandedKernel {
 public:
  TransposedConvolutionKernel(const TransposedConvolutionLayer& layer, const TensorSpec& input,
                              const TensorSpec& output, const OutputRange& range)
      : BandedKernel(input, output, TableRowBytes(layer, output), layer.stride_height),
        layer_(layer),
        range_(range),
        extent_(GeometryOf(layer).extent_height()),
        least_rows_(LeastSize(layer, layer.stride_height)) {}

  using BandedKernel::Prepare;

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    if (input().shape.batch > 1) return AllRows(input().shape);
    const int64_t stride = layer_.stride_height;
    const int64_t begin = rows.begin + layer_.padding.top;
    const int64_t end = rows.end + layer_.padding.top;
    // The first row that reaches down to the band; with gaps between what rows reach (a stride
    // larger than the kernel) the row before the band, so that the band lies within their result.
    const int64_t first = std::min(FloorDivide(begin - extent_ + stride, stride), begin / stride);
    return ClipRows(first, FloorDivide(end - 1, stride) + 1, input().shape.height);
  }

 private:
  static int64_t TableRowBytes(const TransposedConvolutionLayer& layer, const TensorSpec& output) {
    return layer.filter->kernel_height * layer.filter->kernel_width *
           (output.shape.width + layer.stride_width) * static_cast<int64_t>(sizeof(void*));
  }

  Band MakeBand(RowRange rows) const override {
    const RowRange inside = InputRows(0, rows);
    Band band;
    band.blank = inside.size() == 0;
    band.first_input_row = inside.begin;
    BandShape& shape = band.shape;
    shape.input_rows = std::max<int64_t>(inside.size(), 1);
    if (!band.blank) {
      shape.padding_top = rows.begin + layer_.padding.top - inside.begin * layer_.stride_height;
    }
    const int64_t reach = (shape.input_rows - 1) * layer_.stride_height + extent_;
    const int64_t end = shape.padding_top + rows.size();
    shape.padding_bottom = std::max<int64_t>(reach - end, 0);
    shape.adjustment = std::max<int64_t>(end - reach, 0);
    int64_t missing = std::max<int64_t>(least_rows_ - rows.size(), 0);
    band.surplus_top = std::min(missing, shape.padding_top);
    missing -= band.surplus_top;
    band.surplus_bottom = std::min(missing, shape.padding_bottom);
    shape.padding_top -= band.surplus_top;
    shape.padding_bottom -= band.surplus_bottom;
    return band;
  }

  StatusOr<XnnOperator> CreateOperator(const BandShape& shape) const override {
    xnn_operator_t op = nullptr;
    const xnn_status status =
        input().type == DataType::kFloat32
            ? CreateFloat(layer_, shape, range_, &op)
            : CreateInt8(layer_, input().quantization, output().quantization, shape, range_, &op);
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(status, "transposed convolution: create"));
    return XnnOperator(op);
  }

  StatusOr<size_t> Reshape(xnn_operator_t op, const BandShape& shape,
                           pthreadpool_t threadpool) const override {
    const auto reshape = input().type == DataType::kFloat32
                             ? xnn_reshape_deconvolution2d_nhwc_f32
                             : xnn_reshape_deconvolution2d_nhwc_qs8_qc8w;
    const Shape4& whole = input().shape;
    BRUSHWORK_RETURN_IF_ERROR(ToStatus(
        reshape(op, static_cast<size_t>(whole.batch), static_cast<size_t>(shape.input_rows),
                static_cast<size_t>(whole.width), U32(shape.adjustment),
                U32(layer_.output_padding_width), /*output_height_out=*/nullptr,
                /*output_width_out=*/nullptr, threadpool),
        "transposed convolution: reshape"));
    return size_t{0};
  }

  Status SetUp(xnn_operator_t op, void* /*workspace*/, const void* input_rows,
               void* output_rows) const override {
    const xnn_status status =
        input().type == DataType::kFloat32
            ? xnn_setup_deconvolution2d_nhwc_f32(op, static_cast<const float*>(input_rows),
                                                 static_cast<float*>(output_rows))
            : xnn_setup_deconvolution2d_nhwc_qs8_qc8w(op, static_cast<const int8_t*>(input_rows),
                                                      static_cast<int8_t*>(output_rows));
    return ToStatus(status, "transposed convolution: setup");
  }

  TransposedConvolutionLayer layer_;
  OutputRange range_;
  int64_t extent_;      // of the kernel, in rows
  int64_t least_rows_;  // that an operator may compute
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
  const int64_t least_rows = LeastSize(layer, layer.stride_height);
  if (output.shape.width < LeastSize(layer, layer.stride_width) ||
      (input.shape.batch > 1 && output.shape.height < least_rows)) {
    return UnsupportedModel("transposed convolution: the output is smaller than the stride");
  }
  BRUSHWORK_RETURN_IF_ERROR(InitializeKernels());
  auto kernel = std::make_unique<TransposedConvolutionKernel>(layer, input, output, range);
  BRUSHWORK_RETURN_IF_ERROR(kernel->Prepare(least_rows));
  return KernelOr(std::move(kernel));
}

}  // namespace brushwork
