// What folds away: shape arithmetic, constants, nodes that do nothing.
#include <cmath>

#include "model/fold.h"
#include "model/operators.h"
#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;

Constant Folded(const std::string& operation, FoldFunction fold,
                const std::vector<Constant>& inputs, std::vector<OnnxAttributeMessage> attributes) {
  Node node;
  node.name = "n";
  node.operation = operation;
  node.attributes = std::move(attributes);
  std::vector<ConstantPointer> pointers;
  for (const Constant& input : inputs) pointers.push_back(std::make_shared<const Constant>(input));
  const StatusOr<Constant> result = fold(node, pointers);
  INFO(result.status().message());
  REQUIRE(result.ok());
  return *result;
}

OnnxAttributeMessage IntAttribute(const std::string& name, int64_t value) {
  OnnxAttributeMessage attribute;
  attribute.name = name;
  attribute.int_value = value;
  return attribute;
}

OnnxAttributeMessage IntsAttribute(const std::string& name, std::vector<int64_t> values) {
  OnnxAttributeMessage attribute;
  attribute.name = name;
  attribute.ints = std::move(values);
  return attribute;
}

using Integers = std::vector<int64_t>;

}  // namespace

TEST_CASE("folding: movement of elements") {
  const Constant matrix = Constant::Integers({2, 3}, {0, 1, 2, 3, 4, 5});
  const Constant turned = Folded("Transpose", FoldTranspose, {matrix}, {});
  CHECK(turned.dims == Dims{3, 2});
  CHECK(turned.ToIntegers() == Integers{0, 3, 1, 4, 2, 5});
  const Constant column = Folded("Gather", FoldGather, {matrix, Constant::Integers({}, {-1})},
                                 {IntAttribute("axis", 1)});
  CHECK(column.dims == Dims{2});
  CHECK(column.ToIntegers() == Integers{2, 5});
  const Constant joined =
      Folded("Concat", FoldConcat, {matrix, matrix}, {IntAttribute("axis", -1)});
  CHECK(joined.ToIntegers() == Integers{0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5});
  const Constant wide = Folded("Expand", FoldExpand,
                               {Constant::Integers({2, 1}, {7, 8}), Constant::List({2, 2, 3})}, {});
  CHECK(wide.dims == Dims{2, 2, 3});
  CHECK(wide.ToIntegers() == Integers{7, 7, 7, 8, 8, 8, 7, 7, 7, 8, 8, 8});
}

TEST_CASE("folding: slices, also backwards") {
  const Constant list = Constant::List({0, 1, 2, 3, 4, 5});
  const auto slice = [&](int64_t start, int64_t end, int64_t step) {
    return Folded("Slice", FoldSlice,
                  {list, Constant::List({start}), Constant::List({end}), Constant::List({0}),
                   Constant::List({step})},
                  {})
        .ToIntegers();
  };
  CHECK(slice(1, INT64_MAX, 2) == Integers{1, 3, 5});
  CHECK(slice(-1, INT64_MIN, -1) == Integers{5, 4, 3, 2, 1, 0});
  CHECK(slice(4, 1, -2) == Integers{4, 2});
  CHECK(slice(3, 3, 1).empty());
  CHECK(slice(0, 6, INT64_MAX) == Integers{0});
  CHECK(slice(5, 0, INT64_MIN) == Integers{5});
}

TEST_CASE("folding: arithmetic broadcasts and keeps its type") {
  const Constant a = Constant::Integers({2, 1}, {10, -7});
  const Constant b = Constant::List({3, 2});
  CHECK(Folded("Add", FoldBinary, {a, b}, {}).ToIntegers() == Integers{13, 12, -4, -5});
  CHECK(Folded("Div", FoldBinary, {a, b}, {}).ToIntegers() == Integers{3, 5, -2, -3});
  CHECK(Folded("Mod", FoldBinary, {a, b}, {}).ToIntegers() == Integers{1, 0, 2, 1});
  const Constant halves =
      Folded("Div", FoldBinary, {Constant::Floats({}, {7.0F}), Constant::Floats({}, {2.0F})}, {});
  CHECK(halves.Float(0) == 3.5F);
  CHECK(Folded("Floor", FoldUnary, {halves}, {}).Float(0) == 3.0F);
  const Constant equal = Folded("Equal", FoldBinary, {b, Constant::List({3, 3})}, {});
  CHECK(equal.type == ElementType::kBool);
  CHECK(Folded("Where", FoldWhere, {equal, b, Constant::List({-1, -1})}, {}).ToIntegers() ==
        Integers{3, -1});
  CHECK(Folded("ReduceProd", FoldReduceProduct, {b}, {IntAttribute("keepdims", 0)}).Integer(0) ==
        6);
  CHECK(Folded(
            "Range", FoldRange,
            {Constant::Integers({}, {2}), Constant::Integers({}, {9}), Constant::Integers({}, {3})},
            {})
            .ToIntegers() == Integers{2, 5, 8});
}

TEST_CASE("folding: shapes of lists") {
  const Constant list = Constant::List({4, 5, 6});
  CHECK(Folded("Unsqueeze", FoldUnsqueeze, {list}, {IntsAttribute("axes", {0, -1})}).dims ==
        Dims{1, 3, 1});
  CHECK(Folded("Squeeze", FoldSqueeze,
               {Constant::Integers({1, 3, 1}, {1, 2, 3}), Constant::List({-1})}, {})
            .dims == Dims{1, 3});
  CHECK(Folded("Shape", FoldShape, {Constant::Integers({1, 3, 1}, {1, 2, 3})},
               {IntAttribute("start", -2)})
            .ToIntegers() == Integers{3, 1});
}

TEST_CASE("folding: casts saturate and never trap") {
  const Constant wild = Constant::Floats({4}, {1e30F, -1e30F, NAN, -2.75F});
  CHECK(Folded("Cast", FoldCast, {wild}, {IntAttribute("to", 7)}).ToIntegers() ==
        Integers{INT64_MAX, INT64_MIN, 0, -2});
}

TEST_CASE("folding: errors name the node") {
  const auto error = [](const char* operation, const std::vector<int64_t>& a,
                        const std::vector<int64_t>& b) {
    TestGraph graph;
    graph.builder.Node(operation, {graph.Ints(a), graph.Ints(b)}, {"c"}, {}, "fold");
    return ErrorOf(graph.Finish(graph.Node("Reshape", {"x", "c"})));
  };
  for (const Status& status :
       {error("Div", {1, 2}, {0, 1}), error("Mul", {INT64_MAX, 1}, {INT64_MAX, 1}),
        error("Div", {INT64_MIN}, {-1}), error("Add", {1, 2}, {1, 2, 3}),
        error("Gather", {1, 2}, {2})}) {
    CHECK(status.code() == StatusCode::kInvalidModel);
    CHECK(Contains(status.message(), "node 'fold': "));
  }
}

TEST_CASE("folding: a resize to a size computed from a shape") {
  TestGraph graph;
  const std::string shape = graph.Node("Shape", {"x"});
  const std::string height =
      graph.Node("Gather", {shape, graph.Node("Constant", {}, {{"value_int", 2}})});
  const std::string width = graph.Node("Gather", {shape, graph.Ints({3})});
  const std::string doubled =
      graph.Node("Mul", {graph.Node("Cast", {height}, {{"to", 1}}),
                         graph.Node("Constant", {}, {{"value_float", 2.5}})});
  const std::string rows = graph.Node(
      "Unsqueeze",
      {graph.Node("Cast", {graph.Node("Floor", {doubled})}, {{"to", 7}}), graph.Ints({0})});
  const std::string sizes =
      graph.Node("Concat",
                 {graph.Node("Slice", {shape, graph.Ints({0}), graph.Ints({2}), graph.Ints({0})}),
                  rows, width},
                 {{"axis", 0}});
  const std::string y = graph.Node("Resize", {"x", "", "", sizes}, {{"mode", "linear"}});
  const std::vector<uint8_t> file = graph.Finish(y);
  const Network network = NetworkOf(file, 7, 9);
  CHECK(KindsOf(network) == Kinds{"linear resize"});
  CHECK(OutputShape(network) == Shape4{1, 17, 9, 3});
  CHECK(OutputShape(NetworkOf(file, 2, 3)) == Shape4{1, 5, 3, 3});
}

TEST_CASE("folding: torch's detour to the pads of a Pad") {
  TestGraph graph;  // (left, right, top, bottom) of the last axes, to ONNX's order
  const std::string torch = graph.Ints({1, 2, 3, 4});
  const std::string zeros = graph.Node("ConstantOfShape", {graph.Ints({4})},
                                       {{"value", OnnxTensorData({1}, std::vector<int64_t>{0})}});
  const std::string all = graph.Node("Concat", {torch, zeros}, {{"axis", 0}});
  const std::string pairs = graph.Node("Reshape", {all, graph.Ints({-1, 2})});
  const std::string reversed = graph.Node(
      "Slice",
      {pairs, graph.Ints({-1}), graph.Ints({INT64_MIN}), graph.Ints({0}), graph.Ints({-1})});
  const std::string turned = graph.Node("Transpose", {reversed}, {{"perm", {1, 0}}});
  const std::string flat = graph.Node("Reshape", {turned, graph.Ints({-1})});
  const std::string pads = graph.Node("Cast", {flat}, {{"to", 7}});
  const std::string y = graph.Node("Pad", {"x", pads}, {{"mode", "reflect"}});
  const Network network = NetworkOf(graph.Finish(y), 7, 9);
  CHECK(Only<PadLayer>(network).padding == Padding2d{3, 1, 4, 2});
}

TEST_CASE("folding: Identity, Dropout and Cast vanish, unread layers too") {
  TestGraph graph;
  std::string y = graph.Node("Identity", {"x"});
  y = graph.Node("Dropout", {y});
  y = graph.Node("Cast", {y}, {{"to", 10}});
  graph.Node("Tanh", {y});
  y = graph.Node("Relu", {y});
  const Network network = NetworkOf(graph.Finish(y), 3, 3);
  CHECK(KindsOf(network) == Kinds{"ReLU"});
  CHECK(network.values.size() == 2);
  CHECK(network.input == 0);
  CHECK(network.output == 1);
}

TEST_CASE("folding: a model that does nothing has no layers") {
  TestGraph graph;
  const Network network = NetworkOf(graph.Finish(graph.Node("Identity", {"x"})), 3, 3);
  CHECK(network.layers.empty());
  CHECK(network.input == network.output);
}

TEST_CASE("folding: constants of all forms") {
  for (const OnnxAttribute& value :
       {OnnxAttribute("value_float", 2.0), OnnxAttribute("value_floats", std::vector<float>{2.0F}),
        OnnxAttribute("value", OnnxTensorData({1}, std::vector<float>{2.0F})),
        OnnxAttribute("value", OnnxTensorData({}, std::vector<double>{2.0})),
        OnnxAttribute("value", HalfTensor({1, 1}, std::vector<float>{2.0F}))}) {
    TestGraph graph;
    const std::string c = graph.Node("Constant", {}, {value});
    const Network network = NetworkOf(graph.Finish(graph.Node("Mul", {"x", c})), 3, 3);
    CHECK(Only<ChannelAffineLayer>(network).scale == std::vector<float>{2, 2, 2});
  }
}

TEST_CASE("folding: messages about long lists are short") {
  TestGraph graph;
  const std::string zeros = graph.Node("ConstantOfShape", {graph.Ints({100000})},
                                       {{"value", OnnxTensorData({1}, std::vector<int64_t>{0})}});
  const Status error = ErrorOf(graph.Finish(graph.Node("Pad", {"x", zeros}, {}, "long")));
  CHECK(error.code() == StatusCode::kInvalidModel);
  CHECK(Contains(error.message(), "node 'long': pads [0, 0, 0, "));
  CHECK(Contains(error.message(), "100000 in all] for 4 axes"));
  CHECK(error.message().size() < 200);
}

TEST_CASE("folding: bombs are refused") {
  TestGraph graph;
  std::string list = graph.Ints({1000000, 1000000, 1000000});
  list = graph.Node("ConstantOfShape", {list}, {}, "bomb");
  const Status error = ErrorOf(graph.Finish(graph.Node("Add", {"x", list})));
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "node 'bomb'"));

  TestGraph doubling;  // 2^64 elements, if it were let
  std::string value = doubling.Ints({1, 2});
  for (int i = 0; i < 63; ++i) value = doubling.Node("Concat", {value, value}, {{"axis", 0}});
  CHECK(ErrorOf(doubling.Finish(doubling.Node("Reshape", {"x", value}))).code() ==
        StatusCode::kUnsupportedModel);
}

}  // namespace brushwork
