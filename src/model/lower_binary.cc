#include <algorithm>

#include "model/lower.h"
#include "model/shape_rules.h"

namespace brushwork {
namespace {

BinaryOperation OperationOf(const Node& node) {
  if (node.operation == "Add") return BinaryOperation::kAdd;
  if (node.operation == "Sub") return BinaryOperation::kSubtract;
  if (node.operation == "Mul") return BinaryOperation::kMultiply;
  return BinaryOperation::kDivide;
}

// x op c or c op x as a scale and a shift; nothing for c / x.
std::optional<ChannelAffineLayer> AsAffine(BinaryOperation operation,
                                           const std::vector<float>& constant,
                                           bool constant_first) {
  ChannelAffineLayer layer;
  layer.scale.assign(constant.size(), 1.0F);
  layer.shift.assign(constant.size(), 0.0F);
  for (size_t i = 0; i < constant.size(); ++i) {
    switch (operation) {
      case BinaryOperation::kAdd:
        layer.shift[i] = constant[i];
        break;
      case BinaryOperation::kSubtract:
        layer.scale[i] = constant_first ? -1.0F : 1.0F;
        layer.shift[i] = constant_first ? constant[i] : -constant[i];
        break;
      case BinaryOperation::kMultiply:
        layer.scale[i] = constant[i];
        break;
      case BinaryOperation::kDivide:
        if (constant_first) return std::nullopt;
        layer.scale[i] = 1.0F / constant[i];
        break;
    }
  }
  return layer;
}

// The shape of a op b, if network.h's BinaryLayer covers it.
std::optional<Shape4> BinaryShape(const Shape4& a, const Shape4& b) {
  const auto broadcasts = [](const Shape4& small, const Shape4& large) {
    return small == large || small == Shape4{1, 1, 1, large.channels} ||
           small == Shape4{1, 1, 1, 1} || small == Shape4{1, large.height, large.width, 1};
  };
  if (broadcasts(b, a)) return a;
  if (broadcasts(a, b)) return b;
  return std::nullopt;
}

// Adds the layer for values in the order of the network, and what it means as a moment.
StatusOr<ValueId> AddBinary(const Node& node, Lowering& lowering, BinaryOperation operation,
                            ValueId a, ValueId b) {
  const Shape4 shape_a = lowering.shape(a);
  const Shape4 shape_b = lowering.shape(b);
  const std::optional<Shape4> shape = BinaryShape(shape_a, shape_b);
  if (!shape) {
    const std::array<int64_t, 4> dims_a = ChannelsFirst(shape_a);
    const std::array<int64_t, 4> dims_b = ChannelsFirst(shape_b);
    const std::string shapes = DimsToString(dims_a) + " and " + DimsToString(dims_b);
    if (!BroadcastDims(dims_a, dims_b)) {
      return node.DoesNotFit("shapes " + shapes + " do not match");
    }
    return node.Unsupported("broadcasting " + shapes +
                            " is not supported; supported are scalars, one value per channel and "
                            "one value per pixel");
  }
  std::optional<Moment> moment =
      lowering.moments().Combine(operation, a, b, std::max(shape_a.channels, shape_b.channels));
  if (moment && moment->kind == MomentKind::kNormalized) {
    const ValueId source = moment->source;
    return lowering.AddLayer(node, ToNormalization(*moment), {source}, lowering.shape(source));
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, BinaryLayer{operation}, {a, b}, *shape));
  if (moment) lowering.moments().Set(id, std::move(*moment));
  return id;
}

// The operand with the index 1 - `constant_index` is an activation.
Status LowerWithConstant(const Node& node, Lowering& lowering, BinaryOperation operation,
                         size_t constant_index) {
  const Constant& constant = *lowering.ConstantInput(node, constant_index);
  const bool constant_first = constant_index == 0;
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 1 - constant_index));
  const std::optional<std::vector<float>> per_channel = PerChannel(constant, x.view);
  if (per_channel) {
    std::optional<Moment> moment =
        lowering.moments().CombineWithConstant(operation, x.id, *per_channel, constant_first);
    ValueId id = -1;
    if (auto affine = AsAffine(operation, *per_channel, constant_first)) {
      BRUSHWORK_ASSIGN_OR_RETURN(
          id, lowering.AddLayer(node, std::move(*affine), {x.id}, lowering.shape(x.id)));
    } else {
      const Shape4 shape{1, 1, 1, static_cast<int64_t>(per_channel->size())};
      BRUSHWORK_ASSIGN_OR_RETURN(const ValueId numerator,
                                 lowering.AddLayer(node, ConstantLayer{*per_channel}, {}, shape));
      BRUSHWORK_ASSIGN_OR_RETURN(id, AddBinary(node, lowering, operation, numerator, x.id));
    }
    if (moment) lowering.moments().Set(id, std::move(*moment));
    lowering.SetOutput(node, id, x.view);
    return OkStatus();
  }
  if (!constant.is_float()) return node.Invalid("one of its inputs is not float");
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedPicture(node, 1 - constant_index));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId other,
                             lowering.AddConstant(node, constant, picture.rank));
  const ValueId a = constant_first ? other : picture.id;
  const ValueId b = constant_first ? picture.id : other;
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddBinary(node, lowering, operation, a, b));
  lowering.SetPicture(node, id, picture.rank);
  return OkStatus();
}

}  // namespace

Status LowerBinary(const Node& node, Lowering& lowering) {
  const BinaryOperation operation = OperationOf(node);
  for (const size_t index : {0, 1}) {
    if (lowering.ConstantInput(node, index) != nullptr) {
      return LowerWithConstant(node, lowering, operation, index);
    }
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue a, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue b, lowering.NeedViewed(node, 1));
  if (a.view == b.view) {
    BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddBinary(node, lowering, operation, a.id, b.id));
    lowering.SetOutput(node, id, a.view);
    return OkStatus();
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture_a, lowering.NeedPicture(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture_b, lowering.NeedPicture(node, 1));
  if (picture_a.rank != picture_b.rank) {
    return node.Unsupported("broadcasting values of " + std::to_string(picture_a.rank) + " and " +
                            std::to_string(picture_b.rank) + " dimensions is not supported");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             AddBinary(node, lowering, operation, picture_a.id, picture_b.id));
  lowering.SetPicture(node, id, picture_a.rank);
  return OkStatus();
}

namespace {

StatusOr<ValueId> AddSquareRoot(const Node& node, Lowering& lowering, ValueId x) {
  ActivationLayer layer;
  layer.activation = Activation::kSquareRoot;
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, layer, {x}, lowering.shape(x)));
  if (std::optional<Moment> moment = lowering.moments().SquareRootOf(x)) {
    lowering.moments().Set(id, std::move(*moment));
  }
  return id;
}

StatusOr<ValueId> AddReciprocal(const Node& node, Lowering& lowering, ValueId x) {
  const std::vector<float> ones(static_cast<size_t>(lowering.shape(x).channels), 1.0F);
  std::optional<Moment> moment =
      lowering.moments().CombineWithConstant(BinaryOperation::kDivide, x, ones, true);
  BRUSHWORK_ASSIGN_OR_RETURN(
      const ValueId one,
      lowering.AddLayer(node, ConstantLayer{ones}, {}, {1, 1, 1, lowering.shape(x).channels}));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             AddBinary(node, lowering, BinaryOperation::kDivide, one, x));
  if (moment) lowering.moments().Set(id, std::move(*moment));
  return id;
}

}  // namespace

Status LowerSquareRoot(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddSquareRoot(node, lowering, x.id));
  lowering.SetOutput(node, id, x.view);
  return OkStatus();
}

Status LowerReciprocal(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddReciprocal(node, lowering, x.id));
  lowering.SetOutput(node, id, x.view);
  return OkStatus();
}

Status LowerPower(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer exponent,
                             lowering.NeedConstant(node, 1, "the exponent"));
  const float power = exponent->size() == 1 ? exponent->Float(0) : 0.0F;
  ValueId id = x.id;
  if (power == 2.0F) {
    BRUSHWORK_ASSIGN_OR_RETURN(id,
                               AddBinary(node, lowering, BinaryOperation::kMultiply, x.id, x.id));
  } else if (power == 0.5F || power == -0.5F) {
    BRUSHWORK_ASSIGN_OR_RETURN(id, AddSquareRoot(node, lowering, x.id));
  } else if (power != 1.0F && power != -1.0F) {
    return node.Unsupported("supported exponents are -1, -0.5, 0.5, 1 and 2");
  }
  if (power < 0.0F) {
    BRUSHWORK_ASSIGN_OR_RETURN(id, AddReciprocal(node, lowering, id));
  }
  lowering.SetOutput(node, id, x.view);
  return OkStatus();
}

}  // namespace brushwork
