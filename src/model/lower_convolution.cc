#include <algorithm>

#include "model/filters.h"
#include "model/lower.h"
#include "model/window.h"

namespace brushwork {
namespace {

// Conv's weights are [outputs, inputs of a group, height, width], ConvTranspose's [inputs, outputs
// of a group, height, width].
FilterLayout ConvolutionLayout(const Dims& dims, int64_t groups) {
  FilterLayout layout;
  layout.output_channels = dims[0];
  layout.kernel_height = dims[2];
  layout.kernel_width = dims[3];
  layout.input_channels = dims[1];
  layout.groups = groups;
  layout.output_stride = dims[1] * dims[2] * dims[3];
  layout.row_stride = dims[3];
  layout.column_stride = 1;
  layout.input_stride = dims[2] * dims[3];
  layout.group_stride = dims[0] / groups * layout.output_stride;
  layout.output_axis = 0;
  return layout;
}

FilterLayout TransposedLayout(const Dims& dims, int64_t groups) {
  FilterLayout layout;
  layout.output_channels = dims[1] * groups;
  layout.kernel_height = dims[2];
  layout.kernel_width = dims[3];
  layout.input_channels = dims[0] / groups;
  layout.groups = groups;
  layout.output_stride = dims[2] * dims[3];
  layout.row_stride = dims[3];
  layout.column_stride = 1;
  layout.input_stride = dims[1] * dims[2] * dims[3];
  layout.group_stride = layout.input_channels * layout.input_stride;
  layout.output_axis = 1;
  return layout;
}

// The weights, whose axis `channel_axis` counts channels of the input: of one group for Conv
// (axis 1), of all for ConvTranspose (axis 0).
StatusOr<ConstantPointer> ReadWeights(const Node& node, const Lowering& lowering,
                                      const Picture& picture, int64_t groups, size_t channel_axis) {
  BRUSHWORK_ASSIGN_OR_RETURN(ConstantPointer weights, lowering.NeedConstant(node, 1, "weights"));
  const Dims& dims = weights->dims;
  const bool is_whole = weights->is_float() && dims.size() == 4 && weights->size() > 0;
  if (!is_whole || groups < 1 || groups > dims[0] || dims[0] % groups != 0) {
    return node.Invalid("weights " + DimsToString(dims) + " of " +
                        ElementTypeName(static_cast<int32_t>(weights->type)) + " in " +
                        std::to_string(groups) + " groups");
  }
  const int64_t channels = channel_axis == 1 ? dims[1] * groups : dims[0];
  if (channels != picture.shape.channels) {
    return node.Invalid("weights " + DimsToString(dims) + " in " + std::to_string(groups) +
                        " groups are for " + std::to_string(channels) + " channels, got " +
                        std::to_string(picture.shape.channels));
  }
  return weights;
}

StatusOr<std::vector<float>> ReadBias(const Node& node, const Lowering& lowering, int64_t count) {
  if (!lowering.HasInput(node, 2)) return std::vector<float>(static_cast<size_t>(count), 0.0F);
  return lowering.NeedFloats(node, 2, "bias", count);
}

std::shared_ptr<const Filter> CachedFilter(const Node& node, const Lowering& lowering,
                                           const Constant& weights, const FilterLayout& layout) {
  std::shared_ptr<const Filter>& filter = lowering.graph().filter(node);
  if (filter == nullptr) filter = MakeFilter(weights, layout);
  return filter;
}

// One axis of a ConvTranspose: how its full result is cut, and what is left.
struct TransposedAxis {
  int64_t pad_begin = 0;
  int64_t pad_end = 0;
  int64_t output_padding = 0;
  int64_t output = 0;
};

TransposedAxis ResolveTransposedAxis(const WindowAxis& window, int64_t input,
                                     int64_t output_padding, std::optional<int64_t> stated_output,
                                     bool more_at_end) {
  const int64_t full = window.stride * (input - 1) + output_padding + window.extent();
  TransposedAxis axis{window.pad_begin, window.pad_end, output_padding, 0};
  if (stated_output) {
    const int64_t total = full - *stated_output;
    if (total >= 0) {
      axis.pad_begin = more_at_end ? total / 2 : total - total / 2;
      axis.pad_end = total - axis.pad_begin;
    } else {
      axis.pad_begin = axis.pad_end = 0;
      axis.output_padding -= total;
    }
  }
  axis.output = full + (axis.output_padding - output_padding) - axis.pad_begin - axis.pad_end;
  return axis;
}

// The sizes that output_shape or auto_pad demand; nothing where pads say how to cut.
StatusOr<std::optional<std::pair<int64_t, int64_t>>> StatedOutput(const Node& node,
                                                                  const Shape4& input,
                                                                  const Window& window) {
  using Sizes = std::optional<std::pair<int64_t, int64_t>>;
  const std::vector<int64_t> stated = node.Ints("output_shape");
  if (!stated.empty()) {
    constexpr int64_t kFar = int64_t{1} << 40;
    const size_t n = stated.size();
    const auto is_size = [](int64_t size) { return size >= 1 && size < kFar; };
    if ((n != 2 && n != 4) || !is_size(stated[n - 2]) || !is_size(stated[n - 1])) {
      return node.Invalid("output_shape " + DimsToString(stated));
    }
    return Sizes({stated[n - 2], stated[n - 1]});
  }
  const std::string mode = node.String("auto_pad", "NOTSET");
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") return Sizes();
  return Sizes({input.height * window.rows.stride, input.width * window.columns.stride});
}

Status CheckOutputPadding(const Node& node, int64_t padding, int64_t stride) {
  if (padding >= 0 && padding < stride) return OkStatus();
  return node.Unsupported("output_padding of " + std::to_string(padding) + " with a stride of " +
                          std::to_string(stride) + "; supported is less than the stride");
}

}  // namespace

Status LowerConvolution(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  ConvolutionLayer layer;
  layer.groups = node.Int("group", 1);
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer weights,
                             ReadWeights(node, lowering, picture, layer.groups, 1));
  BRUSHWORK_ASSIGN_OR_RETURN(Window window, ReadWindow(node, weights->dims[2], weights->dims[3]));
  BRUSHWORK_RETURN_IF_ERROR(ResolveAutoPad(node, picture.shape, window));
  Shape4 shape = picture.shape;
  shape.channels = weights->dims[0];
  BRUSHWORK_ASSIGN_OR_RETURN(shape.height,
                             WindowPlaces(node, window.rows, picture.shape.height, false, "rows"));
  BRUSHWORK_ASSIGN_OR_RETURN(
      shape.width, WindowPlaces(node, window.columns, picture.shape.width, false, "columns"));
  BRUSHWORK_ASSIGN_OR_RETURN(layer.bias, ReadBias(node, lowering, shape.channels));
  layer.stride_height = window.rows.stride;
  layer.stride_width = window.columns.stride;
  layer.dilation_height = window.rows.dilation;
  layer.dilation_width = window.columns.dilation;
  layer.padding = window.padding();
  layer.filter =
      CachedFilter(node, lowering, *weights, ConvolutionLayout(weights->dims, layer.groups));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, std::move(layer), {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerTransposedConvolution(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  TransposedConvolutionLayer layer;
  layer.groups = node.Int("group", 1);
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer weights,
                             ReadWeights(node, lowering, picture, layer.groups, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(Window window, ReadWindow(node, weights->dims[2], weights->dims[3]));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto stated, StatedOutput(node, picture.shape, window));
  if (!stated) BRUSHWORK_RETURN_IF_ERROR(ResolveAutoPad(node, picture.shape, window));
  std::vector<int64_t> extra = node.Ints("output_padding");
  if (extra.empty()) extra = {0, 0};
  if (extra.size() != 2) return node.Invalid("output_padding " + DimsToString(extra));
  BRUSHWORK_RETURN_IF_ERROR(CheckOutputPadding(node, extra[0], window.rows.stride));
  BRUSHWORK_RETURN_IF_ERROR(CheckOutputPadding(node, extra[1], window.columns.stride));
  const bool more_at_end = node.String("auto_pad", "NOTSET") == "SAME_UPPER";
  const TransposedAxis rows =
      ResolveTransposedAxis(window.rows, picture.shape.height, extra[0],
                            stated ? std::optional(stated->first) : std::nullopt, more_at_end);
  const TransposedAxis columns =
      ResolveTransposedAxis(window.columns, picture.shape.width, extra[1],
                            stated ? std::optional(stated->second) : std::nullopt, more_at_end);
  BRUSHWORK_RETURN_IF_ERROR(CheckOutputPadding(node, rows.output_padding, window.rows.stride));
  BRUSHWORK_RETURN_IF_ERROR(
      CheckOutputPadding(node, columns.output_padding, window.columns.stride));
  const FilterLayout layout = TransposedLayout(weights->dims, layer.groups);
  BRUSHWORK_ASSIGN_OR_RETURN(layer.bias, ReadBias(node, lowering, layout.output_channels));
  layer.stride_height = window.rows.stride;
  layer.stride_width = window.columns.stride;
  layer.dilation_height = window.rows.dilation;
  layer.dilation_width = window.columns.dilation;
  layer.padding = {rows.pad_begin, columns.pad_begin, rows.pad_end, columns.pad_end};
  layer.output_padding_height = rows.output_padding;
  layer.output_padding_width = columns.output_padding;
  layer.filter = CachedFilter(node, lowering, *weights, layout);
  const Shape4 shape{picture.shape.batch, rows.output, columns.output, layout.output_channels};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, std::move(layer), {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

}  // namespace brushwork
