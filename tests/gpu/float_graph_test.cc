#include "gpu/float_graph.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "gpu/float_network.h"
#include "gpu/onnx_writer.h"
#include "tests/support/files.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/operator_cases.h"
#include "tests/support/psnr.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

StatusOr<FloatGraph> Export(const std::vector<uint8_t>& onnx) {
  const auto model = Model::Read(onnx);
  INFO(model.status().message());
  REQUIRE(model.ok());
  return ExportFloatGraph(*model);
}

std::vector<uint8_t> Between(const std::function<std::string(CaseGraph&)>& build) {
  Random random(3);
  CaseGraph graph(random, 17, 4);
  return graph.Finish(build(graph), 4);
}

void CheckRefused(const std::vector<uint8_t>& onnx, const std::string& part) {
  const auto graph = Export(onnx);
  REQUIRE_FALSE(graph.ok());
  INFO(graph.status().message());
  CHECK(graph.status().code() == StatusCode::kUnsupportedModel);
  CHECK(graph.status().message().find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("what is written is read again", "[gpu]") {
  // No normalization, so that our own reader takes the graph: it knows one input.
  const std::vector<uint8_t> onnx = Between([](CaseGraph& graph) {
    const std::string narrow =
        graph.Node("Conv", {graph.input(), graph.Weights({8, 2, 3, 3})},
                   {{"strides", {2, 2}}, {"pads", {1, 1, 1, 1}}, {"group", 2}});
    const std::string bent = graph.Node("LeakyRelu", {narrow}, {{"alpha", 0.3F}});
    const std::string quantized = graph.Quantize(bent, 0.05F, -20);
    return graph.Node("ConvTranspose", {quantized, graph.Weights({8, 4, 2, 2})},
                      {{"strides", {2, 2}}});
  });
  const auto graph = Export(onnx);
  INFO(graph.status().message());
  REQUIRE(graph.ok());
  CHECK(graph->coefficients == 0);
  CHECK(graph->height == 0);
  const auto model = Model::Read(onnx);
  REQUIRE(model.ok());
  const auto network = model->Specialize(24, 36);
  REQUIRE(network.ok());
  const PlanOptions options{.precision = Precision::kFloat};
  const auto expected = Plan::Create(ToFloatNetwork(*network), options);
  REQUIRE(expected.ok());
  const auto written = PlanOf(graph->onnx, 24, 36, options);
  CHECK(RunPlan(*written, 2) == RunPlan(**expected, 2));
}

TEST_CASE("the graph of our generator", "[gpu]") {
  const auto graph = Export(ReadTestFile(SourceFolder() + "/models/painter.onnx"));
  REQUIRE(graph.ok());
  CHECK(graph->coefficients == 1088);
  CHECK(graph->height == 0);
  CHECK(graph->width == 0);
  // 16 channels as large as the picture, and some padding.
  CHECK(graph->bytes_per_pixel >= 64.0);
  CHECK(graph->bytes_per_pixel < 70.0);
}

TEST_CASE("a model of one size keeps it", "[gpu]") {
  OnnxBuilder builder(17);
  builder.Input("picture", {1, 3, 12, 20});
  builder.Ints("shape", {1, 3, 12, 20});
  builder.Node("Reshape", {"picture", "shape"}, {"same"});
  builder.Node("Neg", {"same"}, {"painting"});
  builder.Output("painting", {1, 3, 12, 20});
  const auto graph = Export(builder.Build());
  INFO(graph.status().message());
  REQUIRE(graph.ok());
  CHECK(graph->height == 12);
  CHECK(graph->width == 20);
  const auto model = Model::Read(graph->onnx);
  REQUIRE(model.ok());
  CHECK(model->declared_height() == 12);
  CHECK(model->declared_width() == 20);
}

TEST_CASE("a model that changes nothing is a graph too", "[gpu]") {
  OnnxBuilder builder(17);
  builder.Input("picture", {1, 3, -1, -1});
  builder.Node("Identity", {"picture"}, {"painting"});
  builder.Output("painting");
  const auto graph = Export(builder.Build());
  REQUIRE(graph.ok());
  const std::vector<float> picture(size_t{3} * 5 * 4, 0.25F);
  CHECK(RunPlan(*PlanOf(graph->onnx, 5, 4), picture) == picture);
}

TEST_CASE("layers that change with the picture's size are refused", "[gpu]") {
  // Of an odd size the padding of this convolution is another than of an even one; the slice makes
  // up for what the transposed convolution has too much.
  CheckRefused(
      Between([](CaseGraph& graph) {
        const std::string narrow = graph.Node("Conv", {graph.input(), graph.Weights({4, 4, 3, 3})},
                                              {{"strides", {2, 2}}, {"auto_pad", "SAME_UPPER"}});
        const std::string wide = graph.Node("ConvTranspose", {narrow, graph.Weights({4, 4, 2, 2})},
                                            {{"strides", {2, 2}}});
        const std::string shape = graph.Node("Shape", {graph.input()});
        const std::string size = graph.Node("Slice", {shape, graph.Ints({2}), graph.Ints({4})});
        return graph.Node("Slice", {wide, graph.Ints({0, 0}), size, graph.Ints({2, 3})});
      }),
      "it is another one for pictures of another size");
  CheckRefused(Between([](CaseGraph& graph) {
                 return graph.Node(
                     "Add", {graph.input(), graph.Node("GlobalAveragePool", {graph.input()})});
               }),
               "can't be painted by a GPU: it reads the whole picture");
}

TEST_CASE("attributes and dimensions are written", "[gpu]") {
  OnnxWriter writer("test");
  CHECK(writer.size() == writer.BytesFrom(0).size());
  writer.AddInput("x", {int64_t{1}, int64_t{3}, "height", int64_t{7}});
  writer.AddOutput("y", {int64_t{1}, int64_t{3}, "height", int64_t{7}});
  writer.AddNode("LeakyRelu", "bend", {"x"}, "y", {{"alpha", 0.25F}});
  const auto model = Model::Read(writer.Finish(17));
  INFO(model.status().message());
  REQUIRE(model.ok());
  CHECK(model->declared_height() == 0);
  CHECK(model->declared_width() == 7);
  const auto network = model->Specialize(2, 7);
  REQUIRE(network.ok());
  REQUIRE(network->layers.size() == 1);
  CHECK(network->layers[0].name == "bend");
  CHECK(std::get<ActivationLayer>(network->layers[0].parameters).alpha == 0.25F);
}

}  // namespace brushwork
