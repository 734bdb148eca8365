// QuantizeLinear and DequantizeLinear of activations and of weights.
#include "tests/model/model_testing.h"
#include "tests/support/files.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;
using Floats = std::vector<float>;
using Bytes = std::vector<int8_t>;

// Q and DQ of `value`.
std::string Requantized(TestGraph& graph, const std::string& value, float scale,
                        const std::string& zero_point) {
  const std::string s = graph.Scalar(scale);
  const std::string q = graph.Node("QuantizeLinear", {value, s, zero_point});
  return graph.Node("DequantizeLinear", {q, s, zero_point});
}

const Filter& OnlyFilter(const Network& network) { return *Only<ConvolutionLayer>(network).filter; }

}  // namespace

TEST_CASE("quantization: a pair is one layer, uint8 stated in int8") {
  TestGraph graph;
  graph.builder.Int8s("signed", {}, {-128});
  graph.builder.Uint8s("unsigned", {}, {7});
  const std::string first = Requantized(graph, "x", 0.25F, "signed");
  const std::string y = Requantized(graph, graph.Node("Relu", {first}), 0.5F, "unsigned");
  const Network network = NetworkOf(graph.Finish(y), 4, 4);
  CHECK(KindsOf(network) == Kinds{"quantization", "ReLU", "quantization"});
  const auto quantization = [&](size_t i) {
    return std::get<FakeQuantizeLayer>(network.layers[i].parameters).quantization;
  };
  CHECK(quantization(0) == Quantization{0.25F, -128});
  CHECK(quantization(2) == Quantization{0.5F, 7 - 128});
}

TEST_CASE("quantization: no zero point is uint8 0; scales in half precision") {
  TestGraph graph(19);
  graph.builder.Initializer("s", HalfTensor({}, Floats{0.25F}));
  const std::string q = graph.Node("QuantizeLinear", {"x", "s"});
  const std::string y = graph.Node("DequantizeLinear", {q, "s"});
  CHECK(Only<FakeQuantizeLayer>(NetworkOf(graph.Finish(y), 4, 4)).quantization ==
        Quantization{0.25F, -128});
}

TEST_CASE("quantization: several readers of one quantized value, moved in between") {
  TestGraph graph;
  graph.builder.Int8s("z", {}, {3});
  const std::string s = graph.Scalar(0.5F);
  const std::string q = graph.Node("QuantizeLinear", {"x", s, "z"});
  const std::string a = graph.Node("DequantizeLinear", {q, s, "z"});
  const std::string b = graph.Node("DequantizeLinear", {graph.Node("Identity", {q}), s, "z"});
  const Network network = NetworkOf(graph.Finish(graph.Node("Add", {a, b})), 4, 4);
  CHECK(KindsOf(network) == Kinds{"quantization", "addition"});
  CHECK(network.layers[1].inputs == std::vector<ValueId>{1, 1});
}

TEST_CASE("quantization: weights keep their int8") {
  TestGraph graph;
  graph.builder.Int8s("q", {2, 3, 1, 1}, {1, 2, 3, -4, -5, -6});
  graph.builder.Int8s("z", {2}, {0, 0});
  graph.builder.Int32s("bias/q", {2}, {10, -20});
  const std::string scales = graph.Floats({2}, {0.5F, 0.25F});
  const std::string w = graph.Node("DequantizeLinear", {"q", scales, "z"}, {{"axis", 0}});
  const std::string b = graph.Node("DequantizeLinear", {"bias/q", scales}, {{"axis", 0}});
  graph.builder.Node("Conv", {"x", w, b}, {"two"});
  const std::string y = graph.Node("Concat", {"two", "x"}, {{"axis", 1}});
  const std::string back =
      graph.Node("Slice", {y, graph.Ints({0}), graph.Ints({3}), graph.Ints({1})});
  const Network network = NetworkOf(graph.Finish(back), 4, 4);
  const Filter& filter = OnlyFilter(network);
  CHECK(filter.quantized == Bytes{1, 2, 3, -4, -5, -6});
  CHECK(filter.scales == Floats{0.5F, 0.25F});
  CHECK(filter.values == Floats{0.5F, 1, 1.5F, -1, -1.25F, -1.5F});
  CHECK(Only<ConvolutionLayer>(network).bias == Floats{5, -5});
}

namespace {

// A 1×1 convolution whose 3×3 weights are made by `make`.
template <typename Make>
Network WithWeights(const Make& make) {
  TestGraph graph;
  const std::string w = make(graph);
  return NetworkOf(graph.Finish(graph.Node("Conv", {"x", w})), 4, 4);
}

}  // namespace

TEST_CASE("quantization: weights in uint8, of one scale, and quantized from floats") {
  const Network shifted = WithWeights([](TestGraph& graph) {
    graph.builder.Uint8s("q", {3, 3, 1, 1}, {128, 129, 130, 127, 126, 125, 0, 255, 128});
    graph.builder.Uint8s("z", {}, {128});
    return graph.Node("DequantizeLinear", {"q", graph.Scalar(0.5F), "z"});
  });
  CHECK(OnlyFilter(shifted).quantized == Bytes{0, 1, 2, -1, -2, -3, -128, 127, 0});
  CHECK(OnlyFilter(shifted).scales == Floats{0.5F, 0.5F, 0.5F});
  const Network from_floats = WithWeights([](TestGraph& graph) {
    const std::string w =
        graph.Floats({3, 3, 1, 1}, {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 300.0F, -300.0F, 0.0F, 1.0F});
    graph.builder.Int8s("z", {}, {0});
    return Requantized(graph, w, 1.0F, "z");
  });
  // Half to even, saturated.
  CHECK(OnlyFilter(from_floats).quantized == Bytes{0, 2, 2, 0, -2, 127, -128, 0, 1});
}

TEST_CASE("quantization: weights of another form are float only") {
  const Network asymmetric = WithWeights([](TestGraph& graph) {
    graph.builder.Int8s("q", {3, 3, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    graph.builder.Int8s("z", {}, {1});
    return graph.Node("DequantizeLinear", {"q", graph.Scalar(1.0F), "z"});
  });
  CHECK(OnlyFilter(asymmetric).quantized.empty());
  CHECK(OnlyFilter(asymmetric).scales.empty());
  CHECK(OnlyFilter(asymmetric).values == Counting(9, 0.0F));
  const Network per_input = WithWeights([](TestGraph& graph) {
    graph.builder.Int8s("q", {3, 3, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1});
    return graph.Node("DequantizeLinear", {"q", graph.Floats({3}, {1, 2, 3})}, {{"axis", 1}});
  });
  CHECK(OnlyFilter(per_input).quantized.empty());
  CHECK(OnlyFilter(per_input).values == Floats{1, 2, 3, 1, 2, 3, 1, 2, 3});
}

TEST_CASE("quantization: transposed convolutions have their output channels on axis 1") {
  TestGraph graph;
  graph.builder.Int8s("q", {3, 3, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const std::string w =
      graph.Node("DequantizeLinear", {"q", graph.Floats({3}, {1, 2, 4})}, {{"axis", 1}});
  const Network network = NetworkOf(graph.Finish(graph.Node("ConvTranspose", {"x", w})), 4, 4);
  const Filter& filter = *Only<TransposedConvolutionLayer>(network).filter;
  CHECK(filter.quantized == Bytes{1, 4, 7, 2, 5, 8, 3, 6, 9});
  CHECK(filter.scales == Floats{1, 2, 4});
}

TEST_CASE("quantization: a transposed matrix keeps its int8") {
  TestGraph graph;
  graph.builder.Int8s("q", {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const std::string w =
      graph.Node("DequantizeLinear", {"q", graph.Floats({3}, {1, 2, 4})}, {{"axis", 0}});
  const std::string t = graph.Node("Transpose", {w}, {{"perm", {1, 0}}});
  const std::string flat = graph.Node("Flatten", {graph.Node("GlobalAveragePool", {"x"})});
  const std::string style = graph.Node("MatMul", {flat, t});
  const std::string shaped = graph.Node("Unsqueeze", {style, graph.Ints({2, 3})});
  const Network network = NetworkOf(graph.Finish(graph.Node("Add", {"x", shaped})), 4, 4);
  CHECK(OnlyFilter(network).quantized == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(OnlyFilter(network).scales == Floats{1, 2, 4});
}

TEST_CASE("quantization: what is not supported") {
  TestGraph alone;
  const Status output =
      ErrorOf(alone.Finish(alone.Node("QuantizeLinear", {"x", alone.Scalar(1.0F)}, {}, "q")));
  CHECK(output.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(output.message(), "graph output 'q' is quantized"));

  TestGraph direct;
  const Status input =
      ErrorOf(direct.Finish(direct.Node("DequantizeLinear", {"x", direct.Scalar(1.0F)}, {}, "d")));
  CHECK(Contains(input.message(), "node 'd': operator 'DequantizeLinear'"));

  TestGraph axis;
  const std::string scales = axis.Floats({3}, {1, 2, 3});
  const Status per_axis = ErrorOf(axis.Finish(
      axis.Node("DequantizeLinear", {axis.Node("QuantizeLinear", {"x", scales}), scales})));
  CHECK(Contains(per_axis.message(), "per-axis quantization of activations"));

  TestGraph differs;
  const std::string q = differs.Node("QuantizeLinear", {"x", differs.Scalar(1.0F)});
  const Status scale =
      ErrorOf(differs.Finish(differs.Node("DequantizeLinear", {q, differs.Scalar(2.0F)})));
  CHECK(Contains(scale.message(), "differ from its QuantizeLinear's"));

  TestGraph between;
  const std::string s = between.Scalar(1.0F);
  const std::string relu =
      between.Node("Relu", {between.Node("QuantizeLinear", {"x", s})}, {}, "r");
  const Status computed = ErrorOf(between.Finish(between.Node("DequantizeLinear", {relu, s})));
  CHECK(Contains(computed.message(), "node 'r': operator 'Relu': its input"));

  TestGraph wide(21);
  wide.builder.Initializer("z", OnnxTensorData(OnnxType::kInt16, {}, {0, 0}));
  const Status type = ErrorOf(wide.Finish(Requantized(wide, "x", 1.0F, "z")));
  CHECK(type.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(type.message(), "tensor 'z': elements of int16 are not supported"));
}

}  // namespace brushwork
