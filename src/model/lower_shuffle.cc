#include "model/fold.h"
#include "model/lower.h"
#include "model/shape_rules.h"

namespace brushwork {
namespace {

StatusOr<int64_t> ReadBlock(const Node& node) {
  const int64_t block = node.Int("blocksize", 0);
  if (block >= 1 && block <= 1024) return block;
  return node.Invalid("blocksize " + std::to_string(block));
}

// The output is the input's elements in the same order, in another shape.
Status SetReshaped(const Node& node, Lowering& lowering, const Dims& dims) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  const std::optional<View> view = x.view.Reshaped(dims);
  if (!view) {
    return node.Unsupported("from " + DimsToString(x.view.dims()) + " to " + DimsToString(dims) +
                            " is not supported; supported is what spells a pixel shuffle, a "
                            "group normalization or a flattening");
  }
  lowering.SetOutput(node, x.id, *view);
  return OkStatus();
}

}  // namespace

Status LowerDepthToSpace(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  DepthToSpaceLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.block, ReadBlock(node));
  const std::string mode = node.String("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") return node.Invalid("mode '" + mode + "'");
  layer.order = mode == "DCR" ? ShuffleOrder::kDcr : ShuffleOrder::kCrd;
  const Shape4& from = picture.shape;
  const int64_t area = layer.block * layer.block;
  if (from.channels % area != 0) {
    return node.Invalid("blocks of " + std::to_string(area) + " of " +
                        std::to_string(from.channels) + " channels");
  }
  const Shape4 shape{from.batch, from.height * layer.block, from.width * layer.block,
                     from.channels / area};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, layer, {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerSpaceToDepth(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  SpaceToDepthLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.block, ReadBlock(node));
  const Shape4& from = picture.shape;
  if (from.height % layer.block != 0 || from.width % layer.block != 0) {
    const bool rows = from.height % layer.block != 0;
    return node.DoesNotFit("needs " + std::string(rows ? "rows" : "columns") + " divisible by " +
                           std::to_string(layer.block) + ", got " +
                           std::to_string(rows ? from.height : from.width));
  }
  const Shape4 shape{from.batch, from.height / layer.block, from.width / layer.block,
                     from.channels * layer.block * layer.block};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, layer, {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerConcat(const Node& node, Lowering& lowering) {
  std::vector<ValueId> inputs;
  std::optional<size_t> rank;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (lowering.ConstantInput(node, i) != nullptr) continue;
    BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedPicture(node, i));
    if (rank && *rank != picture.rank) return node.Invalid("its inputs differ in rank");
    rank = picture.rank;
  }
  const std::optional<size_t> axis = NormalizeAxis(node.Int("axis", 1), rank.value_or(0));
  if (!axis) return node.Invalid("axis " + std::to_string(node.Int("axis", 1)));
  std::array<int64_t, 4> dims{};
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    ValueId id = -1;
    if (const ConstantPointer constant = lowering.ConstantInput(node, i)) {
      BRUSHWORK_ASSIGN_OR_RETURN(id, lowering.AddConstant(node, *constant, *rank));
    } else {
      BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedPicture(node, i));
      id = picture.id;
    }
    std::array<int64_t, 4> next = ChannelsFirst(lowering.shape(id));
    const int64_t extent = next[*axis];
    if (i == 0) dims = next, dims[*axis] = 0;
    next[*axis] = dims[*axis];
    if (next != dims) {
      return node.DoesNotFit("cannot join " + DimsToString(ChannelsFirst(lowering.shape(id))) +
                             " to " + DimsToString(dims) + " along axis " + std::to_string(*axis));
    }
    dims[*axis] += extent;
    inputs.push_back(id);
  }
  if (inputs.size() == 1) {
    lowering.SetPicture(node, inputs[0], *rank);
    return OkStatus();
  }
  static constexpr int kAxes[] = {0, 3, 1, 2};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, ConcatLayer{kAxes[*axis]},
                                                                 inputs, ChannelsLast(dims)));
  lowering.SetPicture(node, id, *rank);
  return OkStatus();
}

Status LowerReshape(const Node& node, Lowering& lowering) {
  BRUSHWORK_RETURN_IF_ERROR(lowering.CompleteShuffle(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer shape,
                             lowering.NeedConstant(node, 1, "the shape"));
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims,
                             ReshapedDims(node, x.view.dims(), shape->ToIntegers()));
  return SetReshaped(node, lowering, dims);
}

Status LowerFlatten(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims, FlattenedDims(node, x.view.dims()));
  return SetReshaped(node, lowering, dims);
}

Status LowerSqueeze(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto axes, lowering.OptionalConstant(node, 1, "axes"));
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims, SqueezedDims(node, x.view.dims(), axes.get()));
  return SetReshaped(node, lowering, dims);
}

Status LowerUnsqueeze(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto axes, lowering.OptionalConstant(node, 1, "axes"));
  BRUSHWORK_ASSIGN_OR_RETURN(const Dims dims, UnsqueezedDims(node, x.view.dims(), axes.get()));
  return SetReshaped(node, lowering, dims);
}

Status LowerTranspose(const Node& node, Lowering& lowering) {
  BRUSHWORK_RETURN_IF_ERROR(lowering.CompleteShuffle(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto order, Permutation(node, x.view.rank()));
  lowering.SetOutput(node, x.id, x.view.Permuted(order));
  return OkStatus();
}

Status LowerIdentity(const Node& node, Lowering& lowering) {
  lowering.SetSame(node);
  return OkStatus();
}

Status LowerDropout(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const auto training,
                             lowering.OptionalConstant(node, 2, "training_mode"));
  if (training != nullptr && training->size() > 0 && training->Integer(0) != 0) {
    return node.Unsupported("training_mode is not supported; export the model for inference");
  }
  lowering.SetSame(node);
  return OkStatus();
}

Status LowerCast(const Node& node, Lowering& lowering) {
  const auto type = static_cast<ElementType>(node.Int("to", 0));
  if (!IsFloatingPoint(type)) {
    return node.Unsupported("to " + ElementTypeName(static_cast<int32_t>(type)) +
                            " is not supported on values that depend on the picture");
  }
  return LowerIdentity(node, lowering);
}

Status LowerShape(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(Constant shape, ShapeOf(node, x.view.dims()));
  lowering.SetConstant(node, std::move(shape));
  return OkStatus();
}

Status LowerSize(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  lowering.SetConstant(node, Constant::Integers({}, {lowering.shape(x.id).elements()}));
  return OkStatus();
}

}  // namespace brushwork
