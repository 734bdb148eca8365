// Activations, and arithmetic with constants and between activations.
#include <cmath>
#include <limits>

#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;
using Floats = std::vector<float>;

Network Single(const char* operation, const Attributes& attributes = {}) {
  TestGraph graph;
  return NetworkOf(graph.Finish(graph.Node(operation, {"x"}, attributes)), 5, 7);
}

// x op constant, or constant op x.
Network WithConstant(const char* operation, const std::vector<int64_t>& dims, const Floats& values,
                     bool constant_first) {
  TestGraph graph;
  const std::string c = graph.Floats(dims, values);
  const std::string y =
      constant_first ? graph.Node(operation, {c, "x"}) : graph.Node(operation, {"x", c});
  return NetworkOf(graph.Finish(y), 2, 3);
}

void CheckAffine(const Network& network, const Floats& scale, const Floats& shift) {
  const auto& layer = Only<ChannelAffineLayer>(network);
  CHECK(layer.scale == scale);
  CHECK(layer.shift == shift);
}

}  // namespace

TEST_CASE("activations: kinds and defaults") {
  CHECK(Only<ActivationLayer>(Single("Relu")).activation == Activation::kRelu);
  CHECK(Only<ActivationLayer>(Single("LeakyRelu")).alpha == 0.01F);
  CHECK(Only<ActivationLayer>(Single("LeakyRelu", {{"alpha", 0.25}})).alpha == 0.25F);
  CHECK(Only<ActivationLayer>(Single("HardSigmoid")).alpha == 0.2F);
  CHECK(Only<ActivationLayer>(Single("HardSigmoid")).beta == 0.5F);
  CHECK(KindsOf(Single("Tanh")) == Kinds{"tanh"});
  CHECK(KindsOf(Single("Sigmoid")) == Kinds{"sigmoid"});
  CHECK(KindsOf(Single("HardSwish")) == Kinds{"hard swish"});
  CHECK(KindsOf(Single("Sqrt")) == Kinds{"square root"});
  CHECK(KindsOf(Single("Abs")) == Kinds{"absolute value"});
  CHECK(KindsOf(Single("Neg")) == Kinds{"negate"});
  CHECK(KindsOf(Single("Exp")) == Kinds{"exponential"});
}

TEST_CASE("activations: clip with one limit or both") {
  TestGraph both;
  const std::string y = both.Node("Clip", {"x", both.Scalar(-1.0F), both.Scalar(2.0F)});
  const Network clipped = NetworkOf(both.Finish(y), 4, 4);
  CHECK(Only<ActivationLayer>(clipped).minimum == -1.0F);
  CHECK(Only<ActivationLayer>(clipped).maximum == 2.0F);
  TestGraph upper;
  const Network below =
      NetworkOf(upper.Finish(upper.Node("Clip", {"x", "", upper.Scalar(6.0F)})), 4, 4);
  CHECK(Only<ActivationLayer>(below).minimum == -std::numeric_limits<float>::infinity());
  CHECK(Only<ActivationLayer>(below).maximum == 6.0F);
}

TEST_CASE("activations: PRelu's slopes") {
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{3, 1, 1}, {1, 3, 1, 1}, {3}}) {
    TestGraph graph;
    const std::string y = graph.Node("PRelu", {"x", graph.Floats(dims, {0.1F, 0.2F, 0.3F})});
    CHECK(Only<ActivationLayer>(NetworkOf(graph.Finish(y), 4, 4)).slopes ==
          Floats{0.1F, 0.2F, 0.3F});
  }
  TestGraph one;
  const std::string y = one.Node("PRelu", {"x", one.Floats({1}, {0.5F})});
  CHECK(Only<ActivationLayer>(NetworkOf(one.Finish(y), 4, 4)).slopes == Floats{0.5F, 0.5F, 0.5F});
}

TEST_CASE("arithmetic: constants per channel are a scale and a shift") {
  const Floats c{1.0F, 2.0F, 4.0F};
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{1, 3, 1, 1}, {3, 1, 1}}) {
    CheckAffine(WithConstant("Add", dims, c, false), {1, 1, 1}, {1, 2, 4});
    CheckAffine(WithConstant("Sub", dims, c, false), {1, 1, 1}, {-1, -2, -4});
    CheckAffine(WithConstant("Sub", dims, c, true), {-1, -1, -1}, {1, 2, 4});
    CheckAffine(WithConstant("Mul", dims, c, true), {1, 2, 4}, {0, 0, 0});
    CheckAffine(WithConstant("Div", dims, c, false), {1, 0.5F, 0.25F}, {0, 0, 0});
  }
  CheckAffine(WithConstant("Mul", {}, {3.0F}, false), {3, 3, 3}, {0, 0, 0});
  CheckAffine(WithConstant("Mul", {1, 1, 1, 1}, {3.0F}, false), {3, 3, 3}, {0, 0, 0});
}

TEST_CASE("arithmetic: a constant over x, and one per column or pixel, are constants") {
  const Network quotient = WithConstant("Div", {3, 1, 1}, {1, 2, 3}, true);
  CHECK(KindsOf(quotient) == Kinds{"constant", "division"});
  CHECK(Only<ConstantLayer>(quotient).values == Floats{1, 2, 3});
  // [3] is one value per column of a picture 3 wide, which brushwork does not broadcast.
  TestGraph columns;
  const Status error = ErrorOf(
      columns.Finish(columns.Node("Mul", {"x", columns.Floats({3}, {1, 2, 3})}, {}, "m")), 2, 3);
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "node 'm': operator 'Mul': broadcasting"));
}

TEST_CASE("arithmetic: whole constants are put into NHWC") {
  // At reading, the model is tried at the size its input states.
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, 2, 3});
  builder.Floats("c", {3, 2, 3}, Counting(18, 0.0F));
  builder.Node("Add", {"x", "c"}, {"y"}).Output("y");
  const Network network = NetworkOf(builder.Build(), 2, 3);
  CHECK(Only<ConstantLayer>(network).values ==
        Floats{0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 16, 5, 11, 17});
}

TEST_CASE("arithmetic: per-channel maps in a row are one") {
  TestGraph graph;
  std::string y = graph.Node("Mul", {"x", graph.Scalar(2.0F)});
  y = graph.Node("Add", {y, graph.Floats({3, 1, 1}, {1, 2, 3})});
  y = graph.Node("Mul", {y, graph.Scalar(0.5F)});
  y = graph.Node("Sub", {graph.Scalar(10.0F), y});
  CheckAffine(NetworkOf(graph.Finish(y), 4, 4), {-1, -1, -1}, {9.5F, 9.0F, 8.5F});
}

TEST_CASE("arithmetic: a map that is read twice stays") {
  TestGraph graph;
  const std::string y = graph.Node("Mul", {"x", graph.Scalar(2.0F)});
  const std::string z = graph.Node("Add", {y, graph.Scalar(1.0F)});
  const Network network = NetworkOf(graph.Finish(graph.Node("Mul", {y, z})), 4, 4);
  CHECK(KindsOf(network) == Kinds{"scale and shift", "scale and shift", "multiplication"});
}

TEST_CASE("arithmetic: activations of equal and of broadcast shapes") {
  TestGraph graph;
  const std::string mean = graph.Node("GlobalAveragePool", {"x"});
  const std::string y = graph.Node("Sub", {mean, "x"});
  const Network network = NetworkOf(graph.Finish(y), 6, 4);
  CHECK(OutputShape(network) == Shape4{1, 6, 4, 3});
  CHECK(Only<BinaryLayer>(network).operation == BinaryOperation::kSubtract);

  TestGraph attention;  // one value per pixel
  attention.builder.Filled("w", {1, 3, 1, 1}, 1.0F);
  const std::string gate = attention.Node("Sigmoid", {attention.Node("Conv", {"x", "w"})});
  const Network gated = NetworkOf(attention.Finish(attention.Node("Mul", {"x", gate})), 6, 4);
  CHECK(OutputShape(gated) == Shape4{1, 6, 4, 3});
}

TEST_CASE("arithmetic: shapes that do not match") {
  TestGraph graph;
  const std::string small =
      graph.Node("MaxPool", {"x"}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  const std::string back =
      graph.Node("Resize", {small, "", graph.Floats({4}, {1.0F, 1.0F, 2.0F, 2.0F})});
  const std::vector<uint8_t> file = graph.Finish(graph.Node("Add", {"x", back}, {}, "sum"));
  CHECK(ErrorOf(file, 8, 8).ok());
  const Status error = ErrorOf(file, 8, 9);
  CHECK(error.code() == StatusCode::kInvalidArgument);
  CHECK(error.message() == "node 'sum': shapes [1, 3, 8, 9] and [1, 3, 8, 8] do not match");
}

TEST_CASE("powers: squares and roots") {
  const auto power = [](float exponent) {
    TestGraph graph;
    return NetworkOf(graph.Finish(graph.Node("Pow", {"x", graph.Scalar(exponent)})), 4, 4);
  };
  CHECK(KindsOf(power(2.0F)) == Kinds{"multiplication"});
  CHECK(KindsOf(power(0.5F)) == Kinds{"square root"});
  CHECK(KindsOf(power(-0.5F)) == Kinds{"square root", "constant", "division"});
  CHECK(KindsOf(power(1.0F)).empty());
  TestGraph graph;
  const Status cube = ErrorOf(graph.Finish(graph.Node("Pow", {"x", graph.Scalar(3.0F)}, {}, "p")));
  CHECK(Contains(cube.message(), "node 'p': operator 'Pow'"));
}

}  // namespace brushwork
