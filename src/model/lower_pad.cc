#include <algorithm>

#include "model/lower.h"
#include "model/shape_rules.h"

namespace brushwork {
namespace {

// What a Pad adds before and after each of N, C, H, W; negative to crop.
struct Amounts {
  std::array<int64_t, 4> before{};
  std::array<int64_t, 4> after{};
};

StatusOr<Amounts> ReadAmounts(const Node& node, const Lowering& lowering) {
  std::vector<int64_t> pads = node.Ints("pads");
  if (lowering.HasInput(node, 1)) {
    BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer input, lowering.NeedConstant(node, 1, "pads"));
    pads = input->ToIntegers();
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer stated,
                             lowering.OptionalConstant(node, 3, "axes"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto named, NamedAxes(node, stated.get(), 4));
  std::vector<size_t> axes{0, 1, 2, 3};
  if (named) axes = *named;
  if (pads.size() != 2 * axes.size()) {
    return node.Invalid("pads " + DimsToString(pads) + " for " + std::to_string(axes.size()) +
                        " axes");
  }
  constexpr int64_t kFar = int64_t{1} << 40;
  Amounts amounts;
  for (size_t i = 0; i < axes.size(); ++i) {
    for (const int64_t pad : {pads[i], pads[axes.size() + i]}) {
      if (pad < -kFar || pad > kFar) return node.Invalid("pads " + DimsToString(pads));
    }
    amounts.before[axes[i]] = pads[i];
    amounts.after[axes[i]] = pads[axes.size() + i];
  }
  return amounts;
}

StatusOr<PadMode> ReadMode(const Node& node) {
  const std::string mode = node.String("mode", "constant");
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "edge") return PadMode::kEdge;
  return node.Unsupported("mode '" + mode +
                          "' is not supported; supported are constant, reflect and edge");
}

Status CheckReflection(const Node& node, int64_t before, int64_t after, int64_t extent,
                       const char* what) {
  const int64_t most = std::max(before, after);
  if (most < extent) return OkStatus();
  return node.DoesNotFit("reflect padding of " + std::to_string(most) + " needs more than " +
                         std::to_string(most) + " " + what + ", got " + std::to_string(extent));
}

// A SliceLayer, or the value itself if nothing is cut.
StatusOr<ValueId> AddSlice(const Node& node, Lowering& lowering, ValueId id, const Shape4& shape,
                           const SliceLayer& layer) {
  if (shape == lowering.shape(id)) return id;
  return lowering.AddLayer(node, layer, {id}, shape);
}

StatusOr<ValueId> AddCrop(const Node& node, Lowering& lowering, ValueId id,
                          const Amounts& amounts) {
  const std::array<int64_t, 4> dims = ChannelsFirst(lowering.shape(id));
  std::array<int64_t, 4> begin{};
  std::array<int64_t, 4> count{};
  for (size_t i = 0; i < 4; ++i) {
    begin[i] = std::max<int64_t>(-amounts.before[i], 0);
    count[i] = dims[i] - begin[i] - std::max<int64_t>(-amounts.after[i], 0);
    if (count[i] < 1) {
      return node.DoesNotFit("nothing is left of " + DimsToString(dims) + " after its crop");
    }
  }
  SliceLayer layer;
  layer.begin = {begin[0], begin[2], begin[3], begin[1]};
  return AddSlice(node, lowering, id, ChannelsLast(count), layer);
}

}  // namespace

Status LowerPad(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(Amounts amounts, ReadAmounts(node, lowering));
  PadLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.mode, ReadMode(node));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer value,
                             lowering.OptionalConstant(node, 2, "its value"));
  if (value != nullptr && value->size() > 0) layer.value = value->Float(0);
  BRUSHWORK_ASSIGN_OR_RETURN(ValueId id, AddCrop(node, lowering, picture.id, amounts));
  for (int64_t* amount :
       {&amounts.before[0], &amounts.before[1], &amounts.after[0], &amounts.after[1]}) {
    if (*amount > 0) return node.Unsupported("only height and width can be padded");
  }
  const auto positive = [](int64_t amount) { return std::max<int64_t>(amount, 0); };
  layer.padding = {positive(amounts.before[2]), positive(amounts.before[3]),
                   positive(amounts.after[2]), positive(amounts.after[3])};
  Shape4 shape = lowering.shape(id);
  if (layer.mode == PadMode::kReflect) {
    BRUSHWORK_RETURN_IF_ERROR(
        CheckReflection(node, layer.padding.top, layer.padding.bottom, shape.height, "rows"));
    BRUSHWORK_RETURN_IF_ERROR(
        CheckReflection(node, layer.padding.left, layer.padding.right, shape.width, "columns"));
  }
  shape.height += layer.padding.top + layer.padding.bottom;
  shape.width += layer.padding.left + layer.padding.right;
  if (layer.padding != Padding2d{}) {
    BRUSHWORK_ASSIGN_OR_RETURN(id, lowering.AddLayer(node, layer, {id}, shape));
  }
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerSlice(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedPicture(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto starts, lowering.NeedConstant(node, 1, "starts"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto ends, lowering.NeedConstant(node, 2, "ends"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto axes, lowering.OptionalConstant(node, 3, "axes"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto steps, lowering.OptionalConstant(node, 4, "steps"));
  const std::array<int64_t, 4> dims = ChannelsFirst(picture.shape);
  const Dims named(dims.begin(), dims.begin() + static_cast<ptrdiff_t>(picture.rank));
  BRUSHWORK_ASSIGN_OR_RETURN(std::vector<SliceRange> ranges,
                             SliceRanges(node, named, *starts, *ends, axes.get(), steps.get()));
  ranges.resize(4, {0, 1, 1});
  for (SliceRange& range : ranges) {
    if (range.count < 1) return node.DoesNotFit("nothing is left of " + DimsToString(named));
    if (range.count == 1) range.step = 1;
    if (range.step < 0) return node.Unsupported("negative steps are not supported");
  }
  SliceLayer layer;
  layer.begin = {ranges[0].begin, ranges[2].begin, ranges[3].begin, ranges[1].begin};
  layer.step = {ranges[0].step, ranges[2].step, ranges[3].step, ranges[1].step};
  const Shape4 shape{ranges[0].count, ranges[2].count, ranges[3].count, ranges[1].count};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddSlice(node, lowering, picture.id, shape, layer));
  lowering.SetPicture(node, id, picture.rank);
  return OkStatus();
}

}  // namespace brushwork
