// Damaged files: an error or a model, never a crash. Worth most under the sanitizers.
#include "tests/model/model_testing.h"
#include "tests/support/files.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

// A bit of everything, small enough to be damaged thousands of times.
std::vector<uint8_t> VariedModel() {
  TestGraph graph;
  graph.builder.Metadata("style", "test");
  std::string value = graph.Wide(12);
  value = graph.Node("Pad", {value, graph.Ints({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", "reflect"}});
  graph.builder.Int8s("q", {12, 12, 3, 3}, std::vector<int8_t>(12 * 12 * 9, 3));
  graph.builder.Int8s("z", {}, {0});
  const std::string scale = graph.Scalar(0.25F);
  const std::string weights = graph.Node("DequantizeLinear", {"q", scale, "z"});
  value = graph.Node("Conv", {value, weights}, {{"strides", {2, 2}}, {"auto_pad", "SAME_UPPER"}});
  value = graph.Node("QuantizeLinear", {value, scale, "z"});
  value = graph.Node("DequantizeLinear", {value, scale, "z"});
  const std::string mean = graph.Node("ReduceMean", {value}, {{"axes", {2, 3}}});
  const std::string centered = graph.Node("Sub", {value, mean});
  const std::string variance =
      graph.Node("ReduceMean", {graph.Node("Mul", {centered, centered})}, {{"axes", {2, 3}}});
  const std::string deviation =
      graph.Node("Sqrt", {graph.Node("Add", {variance, graph.Scalar(1e-5F)})});
  value = graph.Node("Div", {centered, deviation});
  const std::string shape = graph.Node("Shape", {value});
  const std::string rows = graph.Node(
      "Slice", {shape, graph.Ints({2}), graph.Ints({4}), graph.Ints({0}), graph.Ints({1})});
  const std::string split = graph.Node("Concat", {graph.Ints({1, 3, 2, 2}), rows}, {{"axis", 0}});
  value = graph.Node("Reshape", {value, split});
  value = graph.Node("Transpose", {value}, {{"perm", {0, 1, 4, 2, 5, 3}}});
  const std::string twice = graph.Node("Mul", {rows, graph.Ints({2})});
  value = graph.Node("Reshape",
                     {value, graph.Node("Concat", {graph.Ints({1, 3}), twice}, {{"axis", 0}})});
  value = graph.Node("Resize", {value, "", graph.Floats({4}, {1.0F, 1.0F, 1.5F, 1.5F})},
                     {{"mode", "linear"}});
  value = graph.Node("Concat", {value, value}, {{"axis", 1}});
  graph.builder.Filled("t", {6, 3, 3, 3}, 0.1F);
  value = graph.Node("ConvTranspose", {value, "t"},
                     {{"strides", {2, 2}}, {"pads", {1, 1, 1, 1}}, {"output_padding", {1, 1}}});
  value = graph.Node("MaxPool", {value}, {{"kernel_shape", {2, 2}}, {"ceil_mode", 1}});
  return graph.Finish(graph.Node("Clip", {value, graph.Scalar(0.0F), graph.Scalar(1.0F)}));
}

void CheckSurvives(const std::vector<uint8_t>& file) {
  const StatusOr<Model> model = Model::Read(file);
  if (!model.ok()) {
    CHECK_FALSE(model.status().message().empty());
    CHECK(model.status().code() != StatusCode::kInternal);
    return;
  }
  const StatusOr<Network> network = model->Specialize(19, 33);
  if (network.ok()) {
    CHECK(OutputShape(*network).channels == 3);
  } else {
    CHECK_FALSE(network.status().message().empty());
  }
}

void CheckSurvivesCuts(const std::vector<uint8_t>& file, size_t cuts) {
  for (size_t i = 0; i < cuts; ++i) {
    const auto length = static_cast<ptrdiff_t>(file.size() * i / cuts);
    CheckSurvives({file.begin(), file.begin() + length});
  }
}

void CheckSurvivesFlips(const std::vector<uint8_t>& file, size_t span, uint32_t seed, int rounds) {
  Random random(seed);
  for (int i = 0; i < rounds; ++i) {
    std::vector<uint8_t> damaged = file;
    const int64_t flips = random.Integer(1, 4);
    for (int64_t k = 0; k < flips; ++k) {
      const auto position = static_cast<size_t>(random.Integer(0, static_cast<int64_t>(span) - 1));
      damaged[position] =
          random.Flip() ? static_cast<uint8_t>(random.Integer(0, 255))
                        : static_cast<uint8_t>(damaged[position] ^ 1U << random.Integer(0, 7));
    }
    CheckSurvives(damaged);
  }
}

}  // namespace

TEST_CASE("damage: the varied model itself is fine") {
  const Network network = NetworkOf(VariedModel(), 19, 33);
  CHECK(OutputShape(network).channels == 3);
}

TEST_CASE("damage: cut at every length") {
  const std::vector<uint8_t> file = VariedModel();
  CheckSurvivesCuts(file, file.size());
}

TEST_CASE("damage: flipped bytes") {
  const std::vector<uint8_t> file = VariedModel();
  CheckSurvivesFlips(file, file.size(), 1, 6000);
}

TEST_CASE("damage: published generators") {
  const std::string path = DataFolder() + "/third_party/candy.onnx";
  if (!FileExists(path)) SKIP("no third-party generators in " << DataFolder());
  const std::vector<uint8_t> file = ReadTestFile(path);
  CheckSurvivesCuts(file, 100);
  // The nodes are at the front; most of the rest is weights, which may be anything.
  CheckSurvivesFlips(file, 10000, 2, 300);
  CheckSurvivesFlips(file, file.size(), 3, 20);
}

}  // namespace brushwork
