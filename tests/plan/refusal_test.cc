// What a model asks of the kernels that they don't do is the model's, not a defect of ours.
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "plan/plan.h"
#include "tests/model/model_testing.h"
#include "tests/support/operator_cases.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

Status PlanError(const std::vector<uint8_t>& file) {
  return Plan::Create(NetworkOf(file, 16, 16), {}).status();
}

void CheckRefusal(const Status& status, const std::string& part) {
  CHECK(status.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(status.message(), part));
}

// Both halves of the picture as a batch of two, and one of them behind `operation`.
std::vector<uint8_t> OfBatch(const std::string& operation, bool has_parameters) {
  TestGraph graph;
  const std::string two = graph.Node("Concat", {"x", "x"}, {{"axis", 0}});
  std::vector<std::string> inputs{two};
  if (has_parameters) {
    inputs.push_back(graph.Floats({3}, {1.0F, 1.0F, 1.0F}));
    inputs.push_back(graph.Floats({3}, {0.0F, 0.0F, 0.0F}));
  }
  const std::string value = graph.Node(operation, inputs, {}, "middle");
  return graph.Finish(
      graph.Node("Slice", {value, graph.Ints({0}), graph.Ints({1}), graph.Ints({0})}));
}

TEST_CASE("refused by the kernels: batches", "[plan][refusal]") {
  CheckRefusal(PlanError(OfBatch("InstanceNormalization", true)),
               "node 'middle': normalization: needs a batch of 1");
  CheckRefusal(PlanError(OfBatch("GlobalAveragePool", false)),
               "node 'middle': global average pool: needs a batch of 1");
}

TEST_CASE("refused by the kernels: transposed convolutions cut to nearly nothing",
          "[plan][refusal]") {
  TestGraph graph;
  graph.builder.Filled("weights", {3, 3, 4, 4}, 0.1F);
  const std::string narrow =
      graph.Node("Slice", {"x", graph.Ints({0}), graph.Ints({1}), graph.Ints({3})});
  CheckRefusal(PlanError(graph.Finish(graph.Node("ConvTranspose", {narrow, "weights"},
                                                 {{"strides", {4, 4}}, {"pads", {0, 1, 0, 2}}}))),
               "the output is smaller than the stride");
}

TEST_CASE("refused by the kernels: padding beyond what a convolution has room for",
          "[plan][refusal]") {
  TestGraph graph;
  const int64_t half = int64_t{1} << 19;
  graph.builder.Filled("weights", {3, 3, 1, 1}, 0.1F);
  const std::string padded =
      graph.Node("Pad", {"x", graph.Ints({0, 0, 0, half - 8, 0, 0, 0, half - 8})});
  const int64_t most = int64_t{1} << 20;
  const std::string value = graph.Node("Conv", {padded, "weights"},
                                       {{"pads", {0, most, 0, 0}}, {"strides", {1, 2}}}, "far");
  CheckRefusal(PlanError(graph.Finish(value)),
               "node 'far': convolution: its extents are out of range");
}

TEST_CASE("refused when they are read: limits and blocks that make no sense", "[plan][refusal]") {
  TestGraph clip;
  const Status limit = ErrorOf(clip.Finish(
      clip.Node("Clip", {"x"}, {{"min", std::numeric_limits<float>::quiet_NaN()}}, "clip")));
  CHECK(limit.code() == StatusCode::kInvalidModel);
  CHECK(limit.message() == "node 'clip': min is not a number");
  TestGraph shuffle;
  const Status block =
      ErrorOf(shuffle.Finish(shuffle.Node("SpaceToDepth", {"x"}, {{"blocksize", 1025}}, "deep")));
  CHECK(block.message() == "node 'deep': blocksize 1025");
}

TEST_CASE("a bias that is no number does not become an integer", "[plan][refusal]") {
  for (const int64_t dilation : {1, 2}) {
    Random random(6);
    CaseGraph graph(random, 13, 4);
    const std::string input = graph.Quantize(graph.input(), 0.02F, 3);
    graph.builder().Filled("bias", {4}, std::numeric_limits<float>::quiet_NaN());
    const std::string sum =
        graph.Node("Conv", {input, graph.QuantizedWeights({4, 4, 3, 3}, 0, 0.002F), "bias"},
                   {{"dilations", {dilation, dilation}}});
    const auto plan = PlanOf(graph.Finish(graph.Quantize(sum, 0.04F, 5), 4), 9, 9);
    CHECK(RunPlan(*plan, 1).size() == static_cast<size_t>(plan->output().shape.elements()));
  }
}

}  // namespace
}  // namespace brushwork
