#include <algorithm>

#include "model/lower.h"
#include "model/shape_rules.h"
#include "model/window.h"

namespace brushwork {

Status LowerPool(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(Window window, ReadWindow(node, 0, 0));
  BRUSHWORK_RETURN_IF_ERROR(ResolveAutoPad(node, picture.shape, window));
  PoolLayer layer;
  layer.mode = node.operation == "MaxPool" ? PoolMode::kMax : PoolMode::kAverage;
  layer.count_include_pad = node.Int("count_include_pad", 0) != 0;
  if (layer.mode == PoolMode::kAverage &&
      (window.rows.dilation != 1 || window.columns.dilation != 1)) {
    return node.Unsupported("dilations are not supported");
  }
  if (window.rows.pad_begin >= window.rows.extent() ||
      window.rows.pad_end >= window.rows.extent() ||
      window.columns.pad_begin >= window.columns.extent() ||
      window.columns.pad_end >= window.columns.extent()) {
    return node.Invalid("pads as large as its window");
  }
  const bool ceil_mode = node.Int("ceil_mode", 0) != 0;
  Shape4 shape = picture.shape;
  BRUSHWORK_ASSIGN_OR_RETURN(
      shape.height, WindowPlaces(node, window.rows, picture.shape.height, ceil_mode, "rows"));
  BRUSHWORK_ASSIGN_OR_RETURN(
      shape.width, WindowPlaces(node, window.columns, picture.shape.width, ceil_mode, "columns"));
  layer.kernel_height = window.rows.kernel;
  layer.kernel_width = window.columns.kernel;
  layer.stride_height = window.rows.stride;
  layer.stride_width = window.columns.stride;
  layer.dilation_height = window.rows.dilation;
  layer.dilation_width = window.columns.dilation;
  layer.padding = window.padding();
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, layer, {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

namespace {

StatusOr<ValueId> AddMean(const Node& node, Lowering& lowering, ValueId x) {
  const Shape4 shape{lowering.shape(x).batch, 1, 1, lowering.shape(x).channels};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, GlobalAveragePoolLayer{}, {x}, shape));
  if (std::optional<Moment> moment = lowering.moments().MeanOf(x)) {
    lowering.moments().Set(id, std::move(*moment));
  }
  return id;
}

}  // namespace

Status LowerGlobalAveragePool(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddMean(node, lowering, picture.id));
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerReduceMean(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto stated, lowering.OptionalConstant(node, 1, "axes"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto axes, NamedAxes(node, stated.get(), x.view.rank()));
  if (!axes || !x.view.CoversPicture(*axes)) {
    return node.Unsupported("supported are means over height and width");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddMean(node, lowering, x.id));
  Dims dims;
  const Dims before = x.view.dims();
  for (size_t i = 0; i < before.size(); ++i) {
    const bool is_reduced = std::find(axes->begin(), axes->end(), i) != axes->end();
    if (is_reduced && node.Int("keepdims", 1) == 0) continue;
    dims.push_back(is_reduced ? 1 : before[i]);
  }
  // What is left has the channels where they were, and otherwise only axes of 1 (and of N).
  const std::optional<View> view = View(ChannelsFirst(lowering.shape(id)), 4).Reshaped(dims);
  if (!view) return node.Unsupported("supported are means over height and width");
  lowering.SetOutput(node, id, *view);
  return OkStatus();
}

}  // namespace brushwork
