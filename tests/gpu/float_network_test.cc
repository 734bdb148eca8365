#include "gpu/float_network.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "model/model.h"
#include "tests/support/files.h"
#include "tests/support/operator_cases.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

Network FloatNetworkOf(const std::vector<uint8_t>& onnx) {
  const auto model = Model::Read(onnx);
  INFO(model.status().message());
  REQUIRE(model.ok());
  const auto network = model->Specialize(16, 16);
  INFO(network.status().message());
  REQUIRE(network.ok());
  return ToFloatNetwork(*network);
}

std::vector<std::string> Kinds(const Network& network) {
  std::vector<std::string> kinds;
  for (const Layer& layer : network.layers) kinds.push_back(LayerKindName(layer.parameters));
  return kinds;
}

using Kind = std::vector<std::string>;

const ActivationLayer& ActivationOf(const Network& network, size_t layer) {
  return std::get<ActivationLayer>(network.layers.at(layer).parameters);
}

// Between the case graph's two convolutions.
Network Between(const std::function<std::string(CaseGraph&)>& build) {
  Random random(3);
  CaseGraph graph(random, 17, 4);
  return FloatNetworkOf(graph.Finish(build(graph), 4));
}

}  // namespace

TEST_CASE("quantizers become clips to what they can represent", "[gpu]") {
  const Network network =
      Between([](CaseGraph& graph) { return graph.Quantize(graph.input(), 0.5F, -28); });
  CHECK(Kinds(network) == Kind{"convolution", "clip", "convolution"});
  CHECK(ActivationOf(network, 1).minimum == -50.0F);
  CHECK(ActivationOf(network, 1).maximum == 77.5F);
}

TEST_CASE("a clip behind an activation is part of it, or gone", "[gpu]") {
  const Network relu = Between([](CaseGraph& graph) {
    return graph.Quantize(graph.Node("Relu", {graph.input()}), 0.5F, -128);
  });
  CHECK(Kinds(relu) == Kind{"convolution", "clip", "convolution"});
  CHECK(ActivationOf(relu, 1).minimum == 0.0F);
  CHECK(ActivationOf(relu, 1).maximum == 127.5F);
  const Network sigmoid = Between([](CaseGraph& graph) {
    return graph.Quantize(graph.Node("Sigmoid", {graph.input()}), 1.0F / 255.0F, -128);
  });
  CHECK(Kinds(sigmoid) == Kind{"convolution", "sigmoid", "convolution"});
  const Network narrow = Between([](CaseGraph& graph) {
    return graph.Quantize(graph.Node("Tanh", {graph.input()}), 0.5F / 127.0F, 0);
  });
  CHECK(Kinds(narrow) == Kind{"convolution", "tanh", "clip", "convolution"});
}

TEST_CASE("what only moves values needs no second clip", "[gpu]") {
  const Network moved = Between([](CaseGraph& graph) {
    const std::string first = graph.Quantize(graph.input(), 0.5F, -28);
    const std::string padded =
        graph.Node("Pad", {first, graph.Ints({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", "reflect"}});
    return graph.Quantize(graph.Quantize(padded, 0.5F, -28), 0.5F, -28);
  });
  CHECK(Kinds(moved) == Kind{"convolution", "clip", "reflect padding", "convolution"});
  const Network padded = Between([](CaseGraph& graph) {
    const std::string first = graph.Quantize(graph.input(), 0.5F, -28);
    const std::string wide =
        graph.Node("Pad", {first, graph.Ints({0, 0, 1, 1, 0, 0, 1, 1}), graph.Scalar(100.0F)});
    return graph.Quantize(wide, 0.5F, -28);
  });
  CHECK(Kinds(padded) == Kind{"convolution", "clip", "constant padding", "clip", "convolution"});
}

TEST_CASE("a clip that others read too stays", "[gpu]") {
  const Network network = Between([](CaseGraph& graph) {
    const std::string bent = graph.Node("Relu", {graph.input()});
    const std::string quantized = graph.Quantize(bent, 0.01F, -128);
    return graph.Node("Add", {bent, quantized});
  });
  CHECK(Kinds(network) == Kind{"convolution", "ReLU", "clip", "addition", "convolution"});
  CHECK(network.layers[3].inputs ==
        std::vector<ValueId>{network.layers[1].output, network.layers[2].output});
}

TEST_CASE("the quantizer between a convolution and its normalization is gone", "[gpu]") {
  const auto normalize = [](CaseGraph& graph, const std::string& value) {
    return graph.Node("InstanceNormalization", {value, graph.Weights({4}), graph.Weights({4})});
  };
  const Network direct = Between(
      [&](CaseGraph& graph) { return normalize(graph, graph.Quantize(graph.input(), 0.1F, 0)); });
  CHECK(Kinds(direct) == Kind{"convolution", "instance normalization", "convolution"});
  const Network shared = Between([&](CaseGraph& graph) {
    const std::string quantized = graph.Quantize(graph.input(), 0.1F, 0);
    return graph.Node("Add", {quantized, normalize(graph, quantized)});
  });
  CHECK(Kinds(shared) ==
        Kind{"convolution", "clip", "instance normalization", "addition", "convolution"});
}

TEST_CASE("our generator has no more clips than it needs", "[gpu]") {
  const Network network = FloatNetworkOf(ReadTestFile(SourceFolder() + "/models/painter.onnx"));
  size_t clips = 0;
  for (const Layer& layer : network.layers) {
    CHECK_FALSE(std::holds_alternative<FakeQuantizeLayer>(layer.parameters));
    clips += LayerKindName(layer.parameters) == "clip" ? 1 : 0;
  }
  // The picture, each normalization, each addition, the painting.
  CHECK(clips == 20);
}

}  // namespace brushwork
