#include "model/lowering.h"

#include <algorithm>

#include "model/operators.h"
#include "model/simplify.h"

namespace brushwork {
namespace {

// What is larger, longer or more than these is an attack or an accident.
constexpr int64_t kMaxElements = int64_t{1} << 40;
constexpr int64_t kMaxExtent = int64_t{1} << 20;
constexpr int64_t kMaxRowElements = int64_t{1} << 28;
constexpr size_t kMaxLayers = 4096;
// All that one network may hold besides a few times the graph's constants.
constexpr int64_t kMaxHeldBesides = int64_t{1} << 26;
constexpr int64_t kHeldForChannel = 4;

bool IsPossible(const std::array<int64_t, 4>& dims) {
  const std::optional<int64_t> elements = ElementCount(dims);
  return elements && *elements >= 1 && *elements <= kMaxElements &&
         std::ranges::max(dims) <= kMaxExtent && dims[1] * dims[3] <= kMaxRowElements;
}

// Beside what every layer may hold for each channel.
int64_t WeightsOf(const LayerParameters& parameters) {
  const Filter* filter = nullptr;
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) {
    filter = layer->filter.get();
  } else if (const auto* transposed = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    filter = transposed->filter.get();
  }
  return filter == nullptr ? 0 : static_cast<int64_t>(filter->values.size());
}

}  // namespace

Lowering::Lowering(const Graph& graph, int64_t height, int64_t width)
    : graph_(graph), values_(graph.value_count()), budget_(kMaxHeldBesides) {
  for (size_t i = 0; i < values_.size(); ++i) {
    const ConstantPointer& constant = graph.constant(static_cast<GraphValue>(i));
    values_[i].constant = constant;
    if (constant != nullptr) budget_.Grant(2 * static_cast<int64_t>(constant->size()));
  }
  const Shape4 shape{1, height, width, 3};
  network_.values.push_back({graph.value_name(graph.input()), shape});
  network_.input = 0;
  value(graph.input()).viewed = {0, View(ChannelsFirst(shape), 4)};
}

StatusOr<Network> Lowering::Run(const Graph& graph, int64_t height, int64_t width) {
  if (height < 1 || width < 1 || height > kMaxExtent || width > kMaxExtent) {
    return InvalidArgument("cannot run a model on a picture of " + std::to_string(width) + " × " +
                           std::to_string(height) + " pixels");
  }
  Lowering lowering(graph, height, width);
  for (const Node& node : graph.nodes()) BRUSHWORK_RETURN_IF_ERROR(lowering.LowerNode(node));
  return lowering.Finish();
}

Status Lowering::LowerNode(const Node& node) {
  for (const GraphValue input : node.inputs) {
    if (input == kAbsent) continue;
    const Value& known = value(input);
    if (known.constant == nullptr && known.viewed.id < 0) {
      return node.Unsupported("its input '" + graph_.value_name(input) +
                              "' is an output of an operator that brushwork does not compute");
    }
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const bool folded, FoldNode(node));
  if (folded) return OkStatus();
  if (node.definition->lower == nullptr) {
    return node.Unsupported("not supported on values that depend on the picture");
  }
  return node.definition->lower(node, *this);
}

StatusOr<bool> Lowering::FoldNode(const Node& node) {
  std::vector<ConstantPointer> inputs;
  for (const GraphValue input : node.inputs) {
    inputs.push_back(input == kAbsent ? nullptr : value(input).constant);
    if (input != kAbsent && inputs.back() == nullptr) return false;
  }
  if (node.definition->fold == nullptr) {
    return node.Unsupported("not supported on constants alone");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(Constant constant, budget_.Fold(node, inputs));
  SetConstant(node, std::move(constant));
  return true;
}

StatusOr<Network> Lowering::Finish() {
  // A node of its own for messages and the layers that the output may still need.
  Node end;
  end.name = graph_.value_name(graph_.output());
  end.operation = "graph output";
  end.inputs = {graph_.output()};
  const Value& output = value(graph_.output());
  if (output.constant != nullptr || output.viewed.id < 0) {
    return UnsupportedModel("graph output '" + end.name + "' does not depend on the picture");
  }
  if (output.quantized) {
    return UnsupportedModel("graph output '" + end.name +
                            "' is quantized; a DequantizeLinear has to make it float");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, NeedPicture(end, 0));
  if (picture.rank != 4 || picture.shape.batch != 1) {
    const std::array<int64_t, 4> dims = ChannelsFirst(picture.shape);
    return UnsupportedModel("graph output '" + end.name + "' has shape " +
                            DimsToString(std::span(dims).first(picture.rank)) +
                            "; needed is [1, channels, height, width]");
  }
  network_.output = picture.id;
  return Simplify(std::move(network_));
}

ConstantPointer Lowering::ConstantInput(const Node& node, size_t index) const {
  const GraphValue input = node.input(index);
  return input == kAbsent ? nullptr : value(input).constant;
}

StatusOr<ConstantPointer> Lowering::OptionalConstant(const Node& node, size_t index,
                                                     const std::string& what) const {
  ConstantPointer constant = ConstantInput(node, index);
  if (constant == nullptr && HasInput(node, index)) {
    return node.Unsupported(what + " must not depend on the picture's content");
  }
  return constant;
}

StatusOr<ConstantPointer> Lowering::NeedConstant(const Node& node, size_t index,
                                                 const std::string& what) const {
  BRUSHWORK_ASSIGN_OR_RETURN(ConstantPointer constant, OptionalConstant(node, index, what));
  if (constant == nullptr) return node.Invalid(what + " missing");
  return constant;
}

StatusOr<std::vector<float>> Lowering::NeedFloats(const Node& node, size_t index,
                                                  const std::string& what, int64_t count) const {
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer constant, NeedConstant(node, index, what));
  if (!constant->is_float() || constant->size() != static_cast<uint64_t>(count)) {
    return node.Invalid(what + " has shape " + DimsToString(constant->dims) + " of " +
                        ElementTypeName(static_cast<int32_t>(constant->type)) + ", needs " +
                        std::to_string(count) + " floats");
  }
  return constant->ToFloats();
}

StatusOr<ViewedValue> Lowering::NeedViewed(const Node& node, size_t index) const {
  const GraphValue input = node.input(index);
  if (input == kAbsent) return node.Invalid("lacks its input " + std::to_string(index));
  const Value& known = value(input);
  if (known.constant != nullptr) {
    return node.Unsupported("its input '" + graph_.value_name(input) + "' must not be a constant");
  }
  if (known.quantized) {
    return node.Unsupported("its input '" + graph_.value_name(input) +
                            "' is quantized; a DequantizeLinear has to make it float");
  }
  return known.viewed;
}

Status Lowering::CompleteShuffle(const Node& node, size_t index) {
  BRUSHWORK_RETURN_IF_ERROR(NeedViewed(node, index).status());
  ViewedValue& viewed = value(node.inputs[index]).viewed;
  if (viewed.view.IsPicture()) return OkStatus();
  LayerParameters layer;
  if (const auto to_space = viewed.view.AsDepthToSpace()) {
    layer = *to_space;
  } else if (const auto to_depth = viewed.view.AsSpaceToDepth()) {
    layer = *to_depth;
  } else {
    return OkStatus();
  }
  const Dims dims = viewed.view.dims();
  const Shape4 shape = ChannelsLast({dims[0], dims[1], dims[2], dims[3]});
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, AddLayer(node, layer, {viewed.id}, shape));
  viewed = {id, View(ChannelsFirst(shape), 4)};
  return OkStatus();
}

StatusOr<Picture> Lowering::NeedPicture(const Node& node, size_t index) {
  BRUSHWORK_RETURN_IF_ERROR(CompleteShuffle(node, index));
  const ViewedValue& viewed = value(node.inputs[index]).viewed;
  if (!viewed.view.IsPicture()) {
    return node.Unsupported("its input '" + graph_.value_name(node.inputs[index]) + "', " +
                            DimsToString(viewed.view.dims()) +
                            ", is a picture in an order of elements that brushwork does not run");
  }
  return Picture{viewed.id, shape(viewed.id), viewed.view.rank()};
}

StatusOr<Picture> Lowering::NeedFullPicture(const Node& node, size_t index) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, NeedPicture(node, index));
  if (picture.rank != 4) {
    return node.Unsupported("its input '" + graph_.value_name(node.inputs[index]) + "' has " +
                            std::to_string(picture.rank) + " dimensions, needs 4");
  }
  return picture;
}

StatusOr<ValueId> Lowering::AddLayer(const Node& node, LayerParameters parameters,
                                     std::vector<ValueId> inputs, const Shape4& shape) {
  const std::array<int64_t, 4> dims = ChannelsFirst(shape);
  if (!IsPossible(dims)) {
    return node.DoesNotFit("its output would have shape " + DimsToString(dims));
  }
  if (network_.layers.size() >= kMaxLayers) {
    return node.Unsupported("more than " + std::to_string(kMaxLayers) + " layers");
  }
  BRUSHWORK_RETURN_IF_ERROR(
      budget_.Spend(node, WeightsOf(parameters) + kHeldForChannel * shape.channels));
  const auto id = static_cast<ValueId>(network_.values.size());
  network_.values.push_back({node.name, shape});
  network_.layers.push_back({std::move(parameters), node.name, std::move(inputs), id});
  return id;
}

StatusOr<ValueId> Lowering::AddConstant(const Node& node, const Constant& constant, size_t rank) {
  if (constant.dims.size() > rank || rank > 4) {
    return node.Unsupported("a constant of shape " + DimsToString(constant.dims) +
                            " does not go with a value of " + std::to_string(rank) + " dimensions");
  }
  std::array<int64_t, 4> dims{1, 1, 1, 1};
  std::copy(constant.dims.begin(), constant.dims.end(),
            dims.begin() + static_cast<ptrdiff_t>(rank - constant.dims.size()));
  const Shape4 shape = ChannelsLast(dims);
  const std::array<int64_t, 4> order{shape.batch, shape.height, shape.width, shape.channels};
  const std::vector<int64_t> strides = Strides(dims);
  const std::array<int64_t, 4> steps{strides[0], strides[2], strides[3], strides[1]};
  ConstantLayer layer;
  for (const size_t position : Positions(order, steps, 0)) {
    layer.values.push_back(constant.Float(position));
  }
  BRUSHWORK_RETURN_IF_ERROR(budget_.Spend(node, static_cast<int64_t>(constant.size())));
  return AddLayer(node, std::move(layer), {}, shape);
}

void Lowering::SetOutput(const Node& node, ValueId id, const View& view) {
  value(node.outputs[0]).viewed = {id, view};
  network_.values[static_cast<size_t>(id)].name = graph_.value_name(node.outputs[0]);
}

void Lowering::SetPicture(const Node& node, ValueId id, size_t rank) {
  SetOutput(node, id, View(ChannelsFirst(shape(id)), rank));
}

void Lowering::SetConstant(const Node& node, Constant constant) {
  value(node.outputs[0]).constant = std::make_shared<const Constant>(std::move(constant));
}

void Lowering::SetQuantized(const Node& node, const ViewedValue& viewed,
                            const QuantizedState& state) {
  value(node.outputs[0]).viewed = viewed;
  value(node.outputs[0]).quantized = state;
}

void Lowering::SetSame(const Node& node, size_t input) {
  value(node.outputs[0]) = value(node.inputs[input]);
}

std::optional<std::vector<float>> PerChannel(const Constant& constant, const View& view) {
  if (!constant.is_float()) return std::nullopt;
  const auto channels = static_cast<size_t>(view.source()[1]);
  const size_t rank = view.rank();
  if (constant.size() == 1 && constant.dims.size() <= rank) {
    return std::vector<float>(channels, constant.Float(0));
  }
  const std::optional<size_t> axis = view.ChannelAxis();
  if (!axis || constant.size() != channels || constant.dims.size() > rank) return std::nullopt;
  const size_t offset = rank - constant.dims.size();
  if (*axis < offset || constant.dims[*axis - offset] != static_cast<int64_t>(channels)) {
    return std::nullopt;
  }
  return constant.ToFloats();
}

}  // namespace brushwork
