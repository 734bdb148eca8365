#include "model/network.h"

#include <algorithm>

namespace brushwork {
namespace {

struct KindName {
  std::string operator()(const ConvolutionLayer& layer) const {
    const bool is_depthwise = layer.groups > 1 && layer.filter->input_channels == 1;
    return is_depthwise ? "depthwise convolution" : "convolution";
  }
  std::string operator()(const TransposedConvolutionLayer&) const {
    return "transposed convolution";
  }
  std::string operator()(const NormalizationLayer& layer) const {
    const bool is_instance = layer.groups == static_cast<int64_t>(layer.scale.size());
    return is_instance ? "instance normalization" : "group normalization";
  }
  std::string operator()(const ChannelAffineLayer&) const { return "scale and shift"; }
  std::string operator()(const PadLayer& layer) const {
    switch (layer.mode) {
      case PadMode::kConstant:
        return "constant padding";
      case PadMode::kReflect:
        return "reflect padding";
      case PadMode::kEdge:
        return "edge padding";
    }
    return "padding";
  }
  std::string operator()(const ResizeLayer& layer) const {
    return layer.mode == ResizeMode::kNearest ? "nearest resize" : "linear resize";
  }
  std::string operator()(const DepthToSpaceLayer&) const { return "depth to space"; }
  std::string operator()(const SpaceToDepthLayer&) const { return "space to depth"; }
  std::string operator()(const BinaryLayer& layer) const {
    switch (layer.operation) {
      case BinaryOperation::kAdd:
        return "addition";
      case BinaryOperation::kSubtract:
        return "subtraction";
      case BinaryOperation::kMultiply:
        return "multiplication";
      case BinaryOperation::kDivide:
        return "division";
    }
    return "arithmetic";
  }
  std::string operator()(const ActivationLayer& layer) const {
    static constexpr const char* kNames[] = {
        "ReLU",       "leaky ReLU",   "PReLU",       "clip",           "tanh",   "sigmoid",
        "hard swish", "hard sigmoid", "square root", "absolute value", "negate", "exponential"};
    return kNames[static_cast<size_t>(layer.activation)];
  }
  std::string operator()(const ConcatLayer&) const { return "concatenation"; }
  std::string operator()(const SliceLayer&) const { return "slice"; }
  std::string operator()(const PoolLayer& layer) const {
    return layer.mode == PoolMode::kMax ? "max pooling" : "average pooling";
  }
  std::string operator()(const GlobalAveragePoolLayer&) const { return "global average pooling"; }
  std::string operator()(const FakeQuantizeLayer&) const { return "quantization"; }
  std::string operator()(const ConstantLayer&) const { return "constant"; }
};

void Append(const ChannelAffineLayer& map, std::vector<float>& scale, std::vector<float>& shift) {
  for (size_t c = 0; c < scale.size(); ++c) {
    scale[c] *= map.scale[c];
    shift[c] = shift[c] * map.scale[c] + map.shift[c];
  }
}

}  // namespace

void AppendAffine(const ChannelAffineLayer& map, NormalizationLayer& layer) {
  Append(map, layer.scale, layer.shift);
  if (layer.behind.scale.empty()) {
    layer.behind = map;
  } else {
    Append(map, layer.behind.scale, layer.behind.shift);
  }
}

NormalizationLayer WithStyle(NormalizationLayer layer, std::span<const float> style) {
  const size_t channels = layer.scale.size();
  std::copy_n(style.begin(), channels, layer.scale.begin());
  std::copy_n(style.begin() + static_cast<ptrdiff_t>(channels), channels, layer.shift.begin());
  if (!layer.behind.scale.empty()) Append(layer.behind, layer.scale, layer.shift);
  return layer;
}

std::string LayerKindName(const LayerParameters& parameters) {
  return std::visit(KindName(), parameters);
}

}  // namespace brushwork
