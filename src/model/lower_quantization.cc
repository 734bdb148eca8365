#include <cmath>

#include "model/lower.h"
#include "model/quantization.h"

namespace brushwork {
namespace {

// The scale and zero point of an activation: one for the whole tensor, of int8 or uint8, stated for
// int8.
StatusOr<QuantizedState> ReadState(const Node& node, const Lowering& lowering, const Dims& dims,
                                   ElementType absent) {
  BRUSHWORK_ASSIGN_OR_RETURN(const auto scale, lowering.NeedConstant(node, 1, "the scale"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto zero_point,
                             lowering.OptionalConstant(node, 2, "the zero point"));
  BRUSHWORK_ASSIGN_OR_RETURN(const QuantizationParameters parameters,
                             ReadQuantization(node, dims, *scale, zero_point.get(), absent));
  if (!parameters.is_per_tensor()) {
    return node.Unsupported("per-axis quantization of activations is not supported");
  }
  if (parameters.type != ElementType::kInt8 && parameters.type != ElementType::kUint8) {
    return node.Unsupported("quantization to " +
                            ElementTypeName(static_cast<int32_t>(parameters.type)) +
                            " is not supported; supported are int8 and uint8");
  }
  if (!std::isnormal(parameters.scales[0])) {
    return node.Unsupported("a scale of " + std::to_string(parameters.scales[0]));
  }
  const int32_t shift = parameters.type == ElementType::kUint8 ? 128 : 0;
  return QuantizedState{{parameters.scales[0], parameters.zero_points[0] - shift}, parameters.type};
}

}  // namespace

Status LowerQuantizeLinear(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ElementType absent, QuantizedType(node));
  BRUSHWORK_ASSIGN_OR_RETURN(const QuantizedState state,
                             ReadState(node, lowering, x.view.dims(), absent));
  BRUSHWORK_ASSIGN_OR_RETURN(
      const ValueId id,
      lowering.AddLayer(node, FakeQuantizeLayer{state.quantization}, {x.id}, lowering.shape(x.id)));
  lowering.SetQuantized(node, {id, x.view}, state);
  return OkStatus();
}

Status LowerDequantizeLinear(const Node& node, Lowering& lowering) {
  if (lowering.ConstantInput(node, 0) != nullptr) {
    return node.Unsupported("its scale must not depend on the picture's content");
  }
  const std::optional<QuantizedState>& before = lowering.quantized(node, 0);
  if (!before) return node.Unsupported("its input has not been quantized by a QuantizeLinear");
  const ViewedValue x = lowering.QuantizedInput(node);
  BRUSHWORK_ASSIGN_OR_RETURN(const QuantizedState state,
                             ReadState(node, lowering, x.view.dims(), before->type));
  if (state.type != before->type || state.quantization != before->quantization) {
    return node.Unsupported("its scale and zero point differ from its QuantizeLinear's");
  }
  lowering.SetOutput(node, x.id, x.view);
  return OkStatus();
}

}  // namespace brushwork
