// Conv, ConvTranspose, pooling, Gemm and MatMul: shapes and weights.
#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;

Network OneConvolution(const std::vector<int64_t>& weights, const Attributes& attributes,
                       int64_t height, int64_t width) {
  TestGraph graph;
  graph.builder.Filled("w", weights, 0.5F);
  const std::string y = graph.Node("Conv", {"x", "w"}, attributes, "y");
  return NetworkOf(graph.Finish(y, weights[0]), height, width);
}

const ConvolutionLayer& FirstConvolution(const Network& network) {
  return std::get<ConvolutionLayer>(network.layers.at(0).parameters);
}

Shape4 FirstShape(const Network& network) {
  return network.values.at(static_cast<size_t>(network.layers.at(0).output)).shape;
}

}  // namespace

TEST_CASE("convolutions: shapes follow stride, dilation and padding") {
  for (int64_t kernel = 1; kernel <= 5; kernel += 2) {
    for (int64_t stride = 1; stride <= 3; ++stride) {
      for (int64_t dilation = 1; dilation <= 2; ++dilation) {
        const int64_t pad = kernel / 2;
        const Network network = OneConvolution({5, 3, kernel, kernel + 1},
                                               {{"strides", std::vector<int64_t>{stride, 1}},
                                                {"dilations", std::vector<int64_t>{dilation, 1}},
                                                {"pads", std::vector<int64_t>{pad, 0, pad + 1, 2}}},
                                               23, 17);
        const int64_t rows = (23 + 2 * pad + 1 - ((kernel - 1) * dilation + 1)) / stride + 1;
        CHECK(FirstShape(network) == Shape4{1, rows, 17 + 2 - kernel, 5});
        const ConvolutionLayer& layer = FirstConvolution(network);
        CHECK(layer.padding == Padding2d{pad, 0, pad + 1, 2});
        CHECK(layer.stride_height == stride);
        CHECK(layer.dilation_height == dilation);
        CHECK(layer.bias == std::vector<float>(5, 0.0F));
      }
    }
  }
}

TEST_CASE("convolutions: auto_pad") {
  const auto with = [](const char* mode, int64_t height, int64_t width) {
    return OneConvolution({4, 3, 3, 4}, {{"auto_pad", mode}, {"strides", {2, 1}}}, height, width);
  };
  const Network upper = with("SAME_UPPER", 10, 9);
  CHECK(FirstShape(upper) == Shape4{1, 5, 9, 4});
  CHECK(FirstConvolution(upper).padding == Padding2d{0, 1, 1, 2});
  const Network lower = with("SAME_LOWER", 10, 9);
  CHECK(FirstShape(lower) == Shape4{1, 5, 9, 4});
  CHECK(FirstConvolution(lower).padding == Padding2d{1, 2, 0, 1});
  const Network valid = with("VALID", 10, 9);
  CHECK(FirstShape(valid) == Shape4{1, 4, 6, 4});
  CHECK(FirstConvolution(valid).padding == Padding2d{});
}

TEST_CASE("convolutions: weights become [output, y, x, input]") {
  TestGraph graph;
  const std::string w = graph.Floats({2, 3, 2, 2}, Counting(24, 0.0F));
  const std::string b = graph.Floats({2}, {7.0F, 8.0F});
  const std::string y = graph.Node("Conv", {"x", w, b});
  const Network network = NetworkOf(graph.Finish(y, 2), 5, 5);
  const ConvolutionLayer& layer = FirstConvolution(network);
  const Filter& filter = *layer.filter;
  CHECK(filter.output_channels == 2);
  CHECK(filter.input_channels == 3);
  CHECK(layer.bias == std::vector<float>{7.0F, 8.0F});
  for (size_t o = 0; o < 2; ++o) {
    for (size_t pixel = 0; pixel < 4; ++pixel) {
      for (size_t i = 0; i < 3; ++i) {
        const auto expected = static_cast<float>(o * 12 + i * 4 + pixel);
        CHECK(filter.values[o * 12 + pixel * 3 + i] == expected);
      }
    }
  }
}

TEST_CASE("convolutions: groups") {
  TestGraph graph;
  const std::string w = graph.Floats({6, 4, 1, 1}, Counting(24));
  const std::string y = graph.Node("Conv", {graph.Wide(8), w}, {{"group", 2}}, "y");
  const Network network = NetworkOf(graph.Finish(y, 6), 5, 5);
  const auto& layer = std::get<ConvolutionLayer>(network.layers.at(1).parameters);
  CHECK(layer.groups == 2);
  CHECK(layer.filter->input_channels == 4);
  CHECK(layer.filter->values == Counting(24));
}

TEST_CASE("convolutions: filters are shared between sizes") {
  TestGraph graph;
  graph.builder.Filled("w", {3, 3, 3, 3}, 1.0F);
  const std::string y = graph.Node("Conv", {"x", "w"});
  const StatusOr<Model> model = Model::Read(graph.Finish(y));
  REQUIRE(model.ok());
  const StatusOr<Network> small = model->Specialize(8, 8);
  const StatusOr<Network> large = model->Specialize(80, 64);
  REQUIRE(small.ok());
  REQUIRE(large.ok());
  CHECK(FirstConvolution(*small).filter == FirstConvolution(*large).filter);
}

TEST_CASE("convolutions: errors name the node") {
  TestGraph graph;
  graph.builder.Filled("w", {3, 3, 9, 9}, 1.0F);
  graph.builder.Node("Conv", {"x", "w"}, {"y"}, {}, "first");
  const Status small = ErrorOf(graph.Finish("y"), 8, 20);
  CHECK(small.code() == StatusCode::kInvalidArgument);
  CHECK(small.message() == "node 'first': its window needs 9 rows, got 8");

  TestGraph channels;
  channels.builder.Filled("w", {3, 4, 1, 1}, 1.0F);
  const Status wrong = ErrorOf(channels.Finish(channels.Node("Conv", {"x", "w"}, {}, "conv")));
  CHECK(wrong.code() == StatusCode::kInvalidModel);
  CHECK(Contains(wrong.message(),
                 "node 'conv': weights [3, 4, 1, 1] in 1 groups are for 4 channels"));
}

TEST_CASE("transposed convolutions: shapes") {
  for (int64_t stride = 1; stride <= 3; ++stride) {
    for (int64_t kernel = 2; kernel <= 4; ++kernel) {
      for (int64_t extra = 0; extra < stride; ++extra) {
        TestGraph graph;
        graph.builder.Filled("w", {3, 3, kernel, 3}, 1.0F);
        const std::string y = graph.Node("ConvTranspose", {"x", "w"},
                                         {{"strides", std::vector<int64_t>{stride, 2}},
                                          {"pads", {1, 0, 0, 1}},
                                          {"output_padding", std::vector<int64_t>{extra, 1}}});
        const Network network = NetworkOf(graph.Finish(y), 7, 5);
        CHECK(OutputShape(network) == Shape4{1, stride * 6 + extra + kernel - 1, 2 * 4 + 1 + 2, 3});
      }
    }
  }
}

TEST_CASE("transposed convolutions: output_shape and auto_pad") {
  const auto with = [](const Attributes& attributes) {
    TestGraph graph;
    graph.builder.Filled("w", {3, 3, 3, 3}, 1.0F);
    Attributes all = attributes;
    all.push_back({"strides", {2, 2}});
    return NetworkOf(graph.Finish(graph.Node("ConvTranspose", {"x", "w"}, all)), 5, 6);
  };
  // Full: 2 * 4 + 3 = 11 rows, 13 columns.
  const Network stated = with({{"output_shape", {10, 10}}});
  CHECK(OutputShape(stated) == Shape4{1, 10, 10, 3});
  CHECK(Only<TransposedConvolutionLayer>(stated).padding == Padding2d{1, 2, 0, 1});
  const Network larger = with({{"output_shape", {12, 13}}});
  CHECK(OutputShape(larger) == Shape4{1, 12, 13, 3});
  CHECK(Only<TransposedConvolutionLayer>(larger).output_padding_height == 1);
  const Network upper = with({{"auto_pad", "SAME_UPPER"}});
  CHECK(OutputShape(upper) == Shape4{1, 10, 12, 3});
  CHECK(Only<TransposedConvolutionLayer>(upper).padding == Padding2d{0, 0, 1, 1});
  const Network lower = with({{"auto_pad", "SAME_LOWER"}});
  CHECK(Only<TransposedConvolutionLayer>(lower).padding == Padding2d{1, 1, 0, 0});
}

TEST_CASE("transposed convolutions: weights [input, output, y, x] become [output, y, x, input]") {
  TestGraph graph;
  const std::string w = graph.Floats({4, 3, 1, 2}, Counting(24, 0.0F));
  const std::string y =
      graph.Node("ConvTranspose", {graph.Wide(4), w}, {{"group", 2}, {"strides", {1, 2}}});
  const Network network = NetworkOf(graph.Finish(y, 6), 4, 4);
  const Filter& filter = *Only<TransposedConvolutionLayer>(network).filter;
  CHECK(filter.output_channels == 6);
  CHECK(filter.input_channels == 2);
  for (size_t o = 0; o < 6; ++o) {
    for (size_t x = 0; x < 2; ++x) {
      for (size_t i = 0; i < 2; ++i) {
        const size_t input = o / 3 * 2 + i;
        CHECK(filter.values[(o * 2 + x) * 2 + i] == static_cast<float>(input * 6 + o % 3 * 2 + x));
      }
    }
  }
}

TEST_CASE("transposed convolutions: a crop behind them is their padding") {
  TestGraph graph;
  graph.builder.Filled("w", {3, 3, 3, 3}, 1.0F);
  const std::string y =
      graph.Node("ConvTranspose", {"x", "w"}, {{"strides", {2, 2}}, {"output_padding", {1, 1}}});
  const std::string z =
      graph.Node("Slice", {y, graph.Ints({1, 0}), graph.Ints({INT64_MAX, -2}), graph.Ints({2, 3})});
  const Network network = NetworkOf(graph.Finish(z), 8, 8);
  CHECK(KindsOf(network) == Kinds{"transposed convolution"});
  CHECK(OutputShape(network) == Shape4{1, 17, 16, 3});
  const auto& layer = Only<TransposedConvolutionLayer>(network);
  CHECK(layer.padding == Padding2d{1, 0, 0, 1});
  CHECK(layer.output_padding_height == 1);
  CHECK(layer.output_padding_width == 0);
}

TEST_CASE("pooling: shapes") {
  const auto pooled = [](const char* operation, const Attributes& attributes) {
    TestGraph graph;
    return NetworkOf(graph.Finish(graph.Node(operation, {"x"}, attributes)), 11, 10);
  };
  CHECK(OutputShape(pooled("MaxPool", {{"kernel_shape", {2, 3}}, {"strides", {2, 2}}})) ==
        Shape4{1, 5, 4, 3});
  // One window more, which starts inside of the picture.
  CHECK(OutputShape(
            pooled("MaxPool", {{"kernel_shape", {2, 3}}, {"strides", {2, 2}}, {"ceil_mode", 1}})) ==
        Shape4{1, 6, 5, 3});
  // None that would start in the padding at the end.
  CHECK(OutputShape(pooled("AveragePool", {{"kernel_shape", {2, 2}},
                                           {"strides", {2, 3}},
                                           {"pads", {0, 0, 1, 1}},
                                           {"ceil_mode", 1}})) == Shape4{1, 6, 4, 3});
  const Network same = pooled("AveragePool", {{"kernel_shape", {3, 3}},
                                              {"strides", {2, 2}},
                                              {"auto_pad", "SAME_UPPER"},
                                              {"count_include_pad", 1}});
  CHECK(OutputShape(same) == Shape4{1, 6, 5, 3});
  CHECK(Only<PoolLayer>(same).padding == Padding2d{1, 0, 1, 1});
  CHECK(Only<PoolLayer>(same).count_include_pad);
  const Network dilated = pooled("MaxPool", {{"kernel_shape", {3, 3}}, {"dilations", {2, 3}}});
  CHECK(OutputShape(dilated) == Shape4{1, 7, 4, 3});
  CHECK(Only<PoolLayer>(dilated).dilation_width == 3);
}

TEST_CASE("pooling: means over height and width") {
  for (const int64_t opset : {13, 18}) {
    TestGraph graph(opset);
    const std::string mean = opset < 18 ? graph.Node("ReduceMean", {"x"}, {{"axes", {-1, 2}}})
                                        : graph.Node("ReduceMean", {"x", graph.Ints({2, 3})});
    const std::string y = graph.Node("Add", {"x", mean});
    const Network network = NetworkOf(graph.Finish(y), 6, 5);
    CHECK(KindsOf(network) == Kinds{"global average pooling", "addition"});
    CHECK(OutputShape(network) == Shape4{1, 6, 5, 3});
  }
  TestGraph graph;
  const Status error = ErrorOf(graph.Finish(graph.Node("ReduceMean", {"x"}, {{"axes", {1}}})));
  CHECK(error.code() == StatusCode::kUnsupportedModel);
}

TEST_CASE("matrices over channels are 1×1 convolutions") {
  TestGraph graph;
  const std::string pooled = graph.Node("GlobalAveragePool", {"x"});
  const std::string flat = graph.Node("Flatten", {pooled});
  const std::string matrix = graph.Floats({4, 3}, Counting(12));
  const std::string bias = graph.Floats({4}, Counting(4));
  const std::string hidden = graph.Node("Gemm", {flat, matrix, bias}, {{"transB", 1}});
  const std::string back = graph.Floats({4, 3}, Counting(12));
  const std::string out = graph.Node("MatMul", {graph.Node("Relu", {hidden}), back});
  const std::string shaped = graph.Node("Reshape", {out, graph.Ints({1, 3, 1, 1})});
  const Network network = NetworkOf(graph.Finish(graph.Node("Mul", {"x", shaped})), 9, 7);
  CHECK(KindsOf(network) ==
        Kinds{"global average pooling", "convolution", "ReLU", "convolution", "multiplication"});
  const auto& gemm = std::get<ConvolutionLayer>(network.layers[1].parameters);
  CHECK(gemm.filter->values == Counting(12));
  CHECK(gemm.bias == Counting(4));
  const auto& product = std::get<ConvolutionLayer>(network.layers[3].parameters);
  CHECK(product.filter->values == std::vector<float>{1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12});
}

TEST_CASE("matrices over the channels of pixels in rows") {
  TestGraph graph;
  const std::string last = graph.Node("Transpose", {"x"}, {{"perm", {0, 2, 3, 1}}});
  const std::string product = graph.Node("MatMul", {last, graph.Floats({3, 3}, Counting(9))});
  const std::string sum = graph.Node("Add", {product, graph.Floats({3}, Counting(3))});
  const std::string y = graph.Node("Transpose", {sum}, {{"perm", {0, 3, 1, 2}}});
  const Network network = NetworkOf(graph.Finish(y), 4, 6);
  CHECK(KindsOf(network) == Kinds{"convolution", "scale and shift"});
  CHECK(OutputShape(network) == Shape4{1, 4, 6, 3});
}

}  // namespace brushwork
