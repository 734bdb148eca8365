// Small files that ask for more than any machine has, of memory or of time.
#include <catch2/catch_test_macros.hpp>

#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

// `value` once for each of the operators, one behind the other.
std::string Chain(TestGraph& graph, std::string value, const std::string& operation, int count) {
  for (int i = 0; i < count; ++i) value = graph.Node(operation, {value});
  return value;
}

TEST_CASE("limits: constants that take long to read") {
  TestGraph graph;
  // A million zeros, whose shape is asked for often enough to have read half a billion.
  const std::string zeros = graph.Node("ConstantOfShape", {graph.Ints({1 << 20})});
  std::vector<std::string> shapes;
  for (int i = 0; i < 520; ++i) shapes.push_back(graph.Node("Shape", {zeros}));
  const std::string all = graph.Node("Concat", shapes, {{"axis", 0}});
  const std::string first = graph.Node("Gather", {all, graph.Ints({0})});
  const Status error =
      ErrorOf(graph.Finish(graph.Node("Add", {"x", graph.Node("Cast", {first}, {{"to", 1}})})));
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "operator 'Shape': the constants are too large"));
}

TEST_CASE("limits: dimensions beside a zero") {
  const int64_t far = int64_t{1} << 62;
  for (const int64_t axis : {0, 1}) {
    TestGraph graph;
    const std::string empty = graph.Floats({far, 0}, {});
    const std::string joined = graph.Node("Concat", {empty, empty, empty}, {{"axis", axis}});
    const std::string size = graph.Node("Cast", {graph.Node("Size", {joined})}, {{"to", 1}});
    const Status status = ErrorOf(graph.Finish(graph.Node("Add", {"x", size})));
    // Along the zero they join to nothing; along the other axis to more than can be counted.
    CHECK(status.ok() == (axis == 1));
    if (axis == 0) CHECK(Contains(status.message(), "is too large"));
  }
}

TEST_CASE("limits: ever more dimensions") {
  TestGraph graph;
  std::string value = graph.Scalar(1.0F);
  for (int i = 0; i < 3; ++i) {
    value = graph.Node("Unsqueeze", {value, graph.Ints({0, 1, 2, 3, 4, 5, 6, 7})});
  }
  const Status error = ErrorOf(graph.Finish(graph.Node("Add", {"x", value})));
  CHECK(error.code() == StatusCode::kInvalidModel);
  CHECK(Contains(error.message(), "too many axes"));
}

TEST_CASE("limits: layers") {
  TestGraph graph;
  CHECK(NetworkOf(graph.Finish(Chain(graph, "x", "Abs", 4000)), 16, 16).layers.size() == 4000);
  TestGraph larger;
  const Status error = ErrorOf(larger.Finish(Chain(larger, "x", "Abs", 4097)));
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "more than 4096 layers"));
}

TEST_CASE("limits: values for each channel of many layers") {
  TestGraph graph;
  // 3 · 512² channels of one pixel.
  const std::string deep = graph.Node("SpaceToDepth", {"x"}, {{"blocksize", 512}});
  const Status error = ErrorOf(graph.Finish(Chain(graph, deep, "Abs", 100)), 512, 512);
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "the constants are too large"));
}

TEST_CASE("limits: weights made of nothing, again and again") {
  TestGraph graph;
  const int64_t channels = 3 * 512 * 512;
  // Twenty layers leave room for three times these weights.
  std::string value = graph.Node("SpaceToDepth", {"x"}, {{"blocksize", 512}});
  value = Chain(graph, value, "Abs", 20);
  const std::string weights = graph.Node("ConstantOfShape", {graph.Ints({1, channels, 1, 1})});
  std::string sum = graph.Node("Conv", {value, weights});
  for (int i = 0; i < 3; ++i) sum = graph.Node("Add", {sum, graph.Node("Conv", {value, weights})});
  const Status error = ErrorOf(graph.Finish(sum, 1), 512, 512);
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "operator 'Conv': the constants are too large"));
}

TEST_CASE("limits: sides and rows of activations") {
  const auto error = [](const std::vector<int64_t>& pads, int64_t height, int64_t width) {
    TestGraph graph;
    return ErrorOf(graph.Finish(graph.Node("Pad", {"x", graph.Ints(pads)})), height, width);
  };
  const int64_t half = int64_t{1} << 19;
  CHECK(error({0, 0, half - 8, 0, 0, 0, half - 8, 0}, 16, 16).ok());
  const Status tall = error({0, 0, half, 0, 0, 0, half, 0}, 16, 16);
  CHECK(tall.code() == StatusCode::kInvalidArgument);
  CHECK(Contains(tall.message(), "its output would have shape [1, 3, 1048592, 16]"));
  CHECK(error({0, 0, 0, 0, 0, 0, 0, 0}, (int64_t{1} << 20) + 1, 1).code() ==
        StatusCode::kInvalidArgument);

  TestGraph graph;
  const std::string deep = graph.Node("SpaceToDepth", {"x"}, {{"blocksize", 256}});
  const std::string wide = graph.Node("Pad", {deep, graph.Ints({0, 0, 0, 0, 0, 0, 0, 2000})});
  const Status row = ErrorOf(graph.Finish(wide), 256, 256);
  CHECK(row.code() == StatusCode::kInvalidArgument);
  CHECK(Contains(row.message(), "its output would have shape [1, 196608, 1, 2001]"));
}

}  // namespace
}  // namespace brushwork
