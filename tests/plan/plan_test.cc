// What the plan makes of a network: which layers are fused, which compute in int8, and that neither
// changes the result.
#include "plan/plan.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "model/model.h"
#include "tests/support/operator_cases.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;

int CountInt8(const Plan& plan) {
  return static_cast<int>(std::ranges::count(plan.steps(), DataType::kInt8, &StepInfo::type));
}

float LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0.0F;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

// A whole int8 generator as ours are built: quantized from the picture's bytes to the painting's.
std::vector<uint8_t> Int8Generator() {
  Random random(11);
  CaseGraph g(random, 17, 3);  // the float stem of CaseGraph stays unused
  const std::string picture = g.Quantize("picture", 1.0F / 255.0F, -128);
  const std::string unshuffled = g.Node("SpaceToDepth", {picture}, {{"blocksize", 2}});
  const std::string padded =
      g.Node("Pad", {unshuffled, g.Ints({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", "reflect"}});
  const std::string first = g.Quantize(
      g.Node("Conv", {padded, g.QuantizedWeights({16, 12, 3, 3}, 0, 0.002F), g.Weights({16})}),
      0.03F, 0);
  const std::string normalized =
      g.Quantize(g.Node("Relu", {g.Node("InstanceNormalization",
                                        {first, g.Weights({16}, 0.5F, 1.5F), g.Weights({16})})}),
                 0.02F, -128);
  const std::string branch = g.Quantize(
      g.Node("Conv", {normalized, g.QuantizedWeights({16, 16, 1, 1}, 0, 0.002F)}), 0.02F, 5);
  const std::string sum = g.Quantize(g.Node("Add", {normalized, branch}), 0.03F, -60);
  const std::string last = g.Quantize(
      g.Node("Conv",
             {sum, g.QuantizedWeights({12, 16, 1, 1}, 0, 0.002F), g.Weights({12}, 0.3F, 0.7F)}),
      1.0F / 255.0F, -128);
  g.builder().Node("DepthToSpace", {last}, {"painting"}, {{"blocksize", 2}});
  g.builder().Output("painting", {1, 3, -1, -1});
  return g.builder().Build();
}

TEST_CASE("a quantized generator runs in int8 from the first step to the last", "[plan]") {
  const auto plan = PlanOf(Int8Generator(), 24, 32);
  CHECK(StepKinds(*plan) == Kinds{"space to depth", "convolution", "instance normalization",
                                  "convolution", "addition", "convolution", "depth to space"});
  CHECK(CountInt8(*plan) == 7);
  CHECK(plan->input().type == DataType::kInt8);
  CHECK(plan->output().type == DataType::kInt8);
}

TEST_CASE("a transposed int8 convolution runs as its phases, with the same result", "[plan]") {
  Random random(6);
  struct Geometry {
    int64_t kernel, stride, padding, output_padding;
    bool splits;
  };
  for (const Geometry& geometry :
       {Geometry{3, 2, 1, 1, true}, Geometry{4, 2, 1, 0, true}, Geometry{2, 2, 0, 0, true},
        Geometry{5, 2, 2, 1, true}, Geometry{3, 3, 0, 0, true}, Geometry{3, 2, 0, 0, false}}) {
    INFO("kernel " << geometry.kernel << ", stride " << geometry.stride);
    CaseGraph g(random, 17, 8);
    const std::string input = g.Quantize(g.input(), 0.02F, 3);
    const int64_t p = geometry.padding;
    const std::string transposed =
        g.Node("ConvTranspose",
               {input, g.QuantizedWeights({8, 5, geometry.kernel, geometry.kernel}, 1, 0.004F),
                g.Weights({5})},
               {{"strides", {geometry.stride, geometry.stride}},
                {"pads", {p, p, p, p}},
                {"output_padding", {geometry.output_padding, geometry.output_padding}}});
    const std::vector<uint8_t> onnx =
        g.Finish(g.Quantize(g.Node("Relu", {transposed}), 0.03F, -128), 5);
    const auto plan = PlanOf(onnx, 9, 11);
    CHECK((std::ranges::count(StepKinds(*plan), "depth to space") == 1) == geometry.splits);
    // Of the network as it is, in float: the two differ by the rounding of the result.
    const auto in_float = PlanOf(onnx, 9, 11, {.precision = Precision::kFloat});
    double mean_square = 0.0;
    const std::vector<float> a = RunPlan(*plan, 5);
    const std::vector<float> b = RunPlan(*in_float, 5);
    for (size_t i = 0; i < a.size(); ++i) {
      mean_square += std::pow(a[i] - b[i], 2.0) / static_cast<double>(a.size());
    }
    CHECK(mean_square < 0.01);
  }
}

TEST_CASE("with given statistics a normalization is part of its convolution", "[plan]") {
  const std::vector<uint8_t> onnx = Int8Generator();
  const auto measuring = PlanOf(onnx, 24, 32);
  const auto given = PlanOf(onnx, 24, 32, {.statistics_given = true});
  CHECK(StepKinds(*given) == Kinds{"space to depth", "convolution", "convolution", "addition",
                                   "convolution", "depth to space"});
  REQUIRE(given->normalization_channels() == std::vector<size_t>{16});
  CHECK(measuring->normalization_channels() == std::vector<size_t>{16});

  // Without the rounding between the two the result is another, but near.
  const std::vector<float> exact = RunPlan(*measuring, 5);
  REQUIRE(given->SetStatistics(measuring->statistics()).ok());
  const std::vector<float> folded = RunPlan(*given, 5);
  CHECK(LargestDifference(exact, folded) < 0.1F);

  NormStatistics wrong = measuring->statistics();
  wrong.layers.emplace_back();
  CHECK(given->SetStatistics(wrong).code() == StatusCode::kInvalidArgument);
  wrong = measuring->statistics();
  wrong.layers[0].mean.pop_back();
  CHECK(given->SetStatistics(wrong).code() == StatusCode::kInvalidArgument);
}

TEST_CASE("statistics that were never given are an error, not a painting", "[plan]") {
  const auto plan = PlanOf(Int8Generator(), 24, 32, {.statistics_given = true});
  plan->Begin([](RowRange, const TensorView&) { return OkStatus(); },
              [](RowRange, const TensorView&) { return OkStatus(); });
  Status status;
  while (status.ok() && !plan->done()) status = plan->RunTask(nullptr);
  CHECK(status.code() == StatusCode::kInternal);
}

TEST_CASE("more threads than a plan has workspace for are refused", "[plan]") {
  const auto plan = PlanOf(Int8Generator(), 24, 32);
  pthreadpool_t pool = pthreadpool_create(2);
  plan->Begin([](RowRange, const TensorView&) { return OkStatus(); },
              [](RowRange, const TensorView&) { return OkStatus(); });
  const Status status = plan->RunTask(pool);
  const bool has_threads = pthreadpool_get_threads_count(pool) > 1;
  pthreadpool_destroy(pool);
  CHECK(status.ok() == !has_threads);
}

TEST_CASE("a plan that needs more memory than allowed is refused", "[plan]") {
  const auto model = Model::Read(Int8Generator());
  REQUIRE(model.ok());
  const auto network = model->Specialize(240, 320);
  REQUIRE(network.ok());
  CHECK(Plan::Create(*network, {.memory_limit = 1000}).status().code() == StatusCode::kOutOfMemory);
  CHECK(Plan::Create(*network, {.memory_limit = 100'000'000}).ok());
}

TEST_CASE("float precision leaves the quantizers out and stays near", "[plan]") {
  const std::vector<uint8_t> onnx = Int8Generator();
  const auto in_int8 = PlanOf(onnx, 24, 32);
  const auto in_float = PlanOf(onnx, 24, 32, {.precision = Precision::kFloat});
  CHECK(CountInt8(*in_float) == 0);
  CHECK(in_float->input().type == DataType::kFloat32);
  const std::vector<float> a = RunPlan(*in_int8, 5);
  std::vector<float> b = RunPlan(*in_float, 5);
  // The last quantizer is also the clamp.
  for (float& value : b) value = std::clamp(value, 0.0F, 1.0F);
  double mean_square = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    mean_square += std::pow(a[i] - b[i], 2.0) / static_cast<double>(a.size());
  }
  CHECK(-10.0 * std::log10(mean_square) > 25.0);
}

TEST_CASE("activations, affine maps and zero padding are fused", "[plan]") {
  Random random(2);
  CaseGraph g(random, 17, 4);
  const std::string padded = g.Node("Pad", {g.input(), g.Ints({0, 0, 1, 1, 0, 0, 1, 1})});
  const std::string convolution = g.Node("Conv", {padded, g.Weights({8, 4, 3, 3})});
  const std::string batch_normalized = g.Node(
      "BatchNormalization",
      {convolution, g.Weights({8}), g.Weights({8}), g.Weights({8}), g.Weights({8}, 0.5F, 2.0F)});
  const std::string relu = g.Node("Relu", {batch_normalized});
  const auto plan = PlanOf(g.Finish(relu, 8), 9, 11);
  CHECK(StepKinds(*plan) == Kinds{"convolution", "convolution", "convolution"});
}

TEST_CASE("a value with two readers is not fused away", "[plan]") {
  Random random(2);
  CaseGraph g(random, 17, 4);
  const std::string convolution = g.Node("Conv", {g.input(), g.Weights({4, 4, 1, 1})});
  const std::string relu = g.Node("Relu", {convolution});
  const auto plan = PlanOf(g.Finish(g.Node("Add", {convolution, relu}), 4), 9, 11);
  CHECK(StepKinds(*plan) == Kinds{"convolution", "convolution", "ReLU", "addition", "convolution"});
}

TEST_CASE("the same plan paints the same picture twice, with any number of threads", "[plan]") {
  const auto plan = PlanOf(Int8Generator(), 24, 32, {.threads = 3});
  const std::vector<float> once = RunPlan(*plan, 9);
  CHECK(LargestDifference(once, RunPlan(*plan, 9)) == 0.0F);
  for (const size_t threads : {2, 3}) {
    pthreadpool_t pool = pthreadpool_create(threads);
    const std::vector<float> threaded = RunPlan(*plan, 9, pool);
    pthreadpool_destroy(pool);
    CHECK(LargestDifference(once, threaded) == 0.0F);
  }
}

}  // namespace
}  // namespace brushwork
