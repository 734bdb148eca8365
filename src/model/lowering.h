// A Graph becoming a Network of one size. Each operator's LowerFunction asks for its inputs here,
// adds layers, and says what its output is.
//
// Values keep the model's own shapes (NCHW, or whatever Reshape made of it) as a View over the
// activation of the network, whose shape is NHWC.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/fold.h"
#include "model/graph.h"
#include "model/moments.h"
#include "model/network.h"
#include "model/view.h"

namespace brushwork {

// A value of the graph that depends on the picture.
struct ViewedValue {
  ValueId id = -1;
  View view;
};

// A picture [N, C, H, W] or what is left of it without trailing ones, [N, C].
struct Picture {
  ValueId id = -1;
  Shape4 shape;
  size_t rank = 4;
};

// Between a QuantizeLinear and its DequantizeLinear.
struct QuantizedState {
  Quantization quantization;
  ElementType type = ElementType::kInt8;
};

class Lowering {
 public:
  static StatusOr<Network> Run(const Graph& graph, int64_t height, int64_t width);

  const Graph& graph() const { return graph_; }

  bool HasInput(const Node& node, size_t index) const { return node.input(index) != kAbsent; }
  // Null if the input is left out or depends on the picture.
  ConstantPointer ConstantInput(const Node& node, size_t index) const;
  // Null if the input is left out; an error, which calls it `what`, if it depends on the picture.
  StatusOr<ConstantPointer> OptionalConstant(const Node& node, size_t index,
                                             const std::string& what) const;
  StatusOr<ConstantPointer> NeedConstant(const Node& node, size_t index,
                                         const std::string& what) const;
  // Constant floats, `count` of them.
  StatusOr<std::vector<float>> NeedFloats(const Node& node, size_t index, const std::string& what,
                                          int64_t count) const;
  // In whatever order a Reshape or Transpose left it.
  StatusOr<ViewedValue> NeedViewed(const Node& node, size_t index) const;
  // Makes a pixel shuffle that Reshape and Transpose have spelled a layer, so that another may
  // follow.
  Status CompleteShuffle(const Node& node, size_t index);
  // Pixel shuffles that Reshape and Transpose spell become layers here at the latest.
  StatusOr<Picture> NeedPicture(const Node& node, size_t index);
  // The same, of rank 4.
  StatusOr<Picture> NeedFullPicture(const Node& node, size_t index);
  const std::optional<QuantizedState>& quantized(const Node& node, size_t index) const {
    return value(node.inputs[index]).quantized;
  }
  // Input 0 even if it is quantized, which NeedViewed refuses.
  const ViewedValue& QuantizedInput(const Node& node) const { return value(node.inputs[0]).viewed; }

  // Fails if `shape` is empty or absurdly large.
  StatusOr<ValueId> AddLayer(const Node& node, LayerParameters parameters,
                             std::vector<ValueId> inputs, const Shape4& shape);
  // A ConstantLayer of a constant that broadcasts against a picture of this rank.
  StatusOr<ValueId> AddConstant(const Node& node, const Constant& constant, size_t rank);

  void SetOutput(const Node& node, ValueId id, const View& view);
  void SetPicture(const Node& node, ValueId id, size_t rank = 4);
  void SetConstant(const Node& node, Constant constant);
  void SetQuantized(const Node& node, const ViewedValue& viewed, const QuantizedState& state);
  // The output is the input, all its properties included.
  void SetSame(const Node& node, size_t input = 0);

  const Shape4& shape(ValueId id) const { return network_.values[static_cast<size_t>(id)].shape; }
  MomentTable& moments() { return moments_; }

 private:
  struct Value {
    ConstantPointer constant;
    ViewedValue viewed;  // id -1: the value is not (yet) known
    std::optional<QuantizedState> quantized;
  };

  Lowering(const Graph& graph, int64_t height, int64_t width);
  Status LowerNode(const Node& node);
  // Folds the node if it can be; false if it depends on the picture.
  StatusOr<bool> FoldNode(const Node& node);
  StatusOr<Network> Finish();
  Value& value(GraphValue index) { return values_[static_cast<size_t>(index)]; }
  const Value& value(GraphValue index) const { return values_[static_cast<size_t>(index)]; }

  const Graph& graph_;
  Network network_;
  std::vector<Value> values_;
  MomentTable moments_;
  FoldBudget budget_;
};

// [N, C, H, W] of a network's shape, and back.
inline std::array<int64_t, 4> ChannelsFirst(const Shape4& shape) {
  return {shape.batch, shape.channels, shape.height, shape.width};
}
inline Shape4 ChannelsLast(const std::array<int64_t, 4>& dims) {
  return {dims[0], dims[2], dims[3], dims[1]};
}

// A constant as one float per channel, if it is a scalar or varies only along the channels when
// broadcast against `view`.
std::optional<std::vector<float>> PerChannel(const Constant& constant, const View& view);

}  // namespace brushwork
