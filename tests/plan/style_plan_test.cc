// A plan with a style set computes what the plan of a file with that style computes.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "plan/plan.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/operator_cases.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

constexpr int64_t kHeight = 24;
constexpr int64_t kWidth = 19;

std::unique_ptr<Plan> PlanFor(const StyleVector& style, bool quantized,
                              const PlanOptions& options) {
  return PlanOf(ConditionalGenerator(style, {.quantized = quantized}), kHeight, kWidth, options);
}

void CheckMeasuring(bool quantized, Precision precision) {
  const PlanOptions options{.precision = precision};
  const std::vector<float> own = RunPlan(*PlanFor(RandomStyle(1), quantized, options), 5);
  const std::vector<float> other = RunPlan(*PlanFor(RandomStyle(2), quantized, options), 5);
  REQUIRE(own != other);
  const auto plan = PlanFor(RandomStyle(1), quantized, options);
  CHECK(plan->style_size() == kConditionalStyleSize);
  REQUIRE(plan->SetStyle(RandomStyle(2)).ok());
  CHECK(RunPlan(*plan, 5) == other);
  REQUIRE(plan->SetStyle(RandomStyle(3)).ok());
  CHECK(RunPlan(*plan, 5) != other);
  REQUIRE(plan->SetStyle(RandomStyle(2)).ok());
  CHECK(RunPlan(*plan, 5) == other);
  plan->ResetStyle();
  CHECK(RunPlan(*plan, 5) == own);
}

void CheckGiven(bool quantized, Precision precision) {
  const PlanOptions options{.precision = precision, .statistics_given = true};
  const auto measuring = PlanFor(RandomStyle(2), quantized, {.precision = precision});
  RunPlan(*measuring, 5);
  const NormStatistics statistics = measuring->statistics();
  const auto painted = [&](Plan& plan) {
    REQUIRE(plan.SetStatistics(statistics).ok());
    return RunPlan(plan, 5);
  };
  const std::vector<float> own = painted(*PlanFor(RandomStyle(1), quantized, options));
  const std::vector<float> other = painted(*PlanFor(RandomStyle(2), quantized, options));
  REQUIRE(own != other);
  const auto plan = PlanFor(RandomStyle(1), quantized, options);
  CHECK(plan->style_size() == kConditionalStyleSize);
  REQUIRE(plan->SetStyle(RandomStyle(2)).ok());
  CHECK(painted(*plan) == other);
  plan->ResetStyle();
  CHECK(RunPlan(*plan, 5) == own);
  REQUIRE(plan->SetStyle(RandomStyle(2)).ok());
  CHECK(RunPlan(*plan, 5) == other);
}

TEST_CASE("a style in a plan that measures paints as a file that has it", "[style]") {
  for (const bool quantized : {true, false}) {
    CheckMeasuring(quantized, Precision::kAuto);
    CheckMeasuring(quantized, Precision::kFloat);
  }
}

TEST_CASE("a style in a plan with given statistics paints as a file that has it", "[style]") {
  for (const bool quantized : {true, false}) {
    CheckGiven(quantized, Precision::kAuto);
    CheckGiven(quantized, Precision::kFloat);
  }
}

TEST_CASE("normalizations are styled wherever they compute", "[style]") {
  const auto count = [](const PlanOptions& options, DataType type) {
    const auto plan = PlanFor(RandomStyle(1), true, options);
    return std::ranges::count_if(plan->steps(), [&](const StepInfo& step) {
      return step.kind == "instance normalization" && step.type == type;
    });
  };
  CHECK(count({}, DataType::kInt8) == 2);
  CHECK(count({}, DataType::kFloat32) == 1);
  // One is part of its convolution.
  CHECK(count({.statistics_given = true}, DataType::kInt8) == 1);
  CHECK(count({.statistics_given = true}, DataType::kFloat32) == 1);
}

// In float the quantizer is left out, and the arithmetic behind it becomes the normalization's.
TEST_CASE("a style goes through what was fused behind its normalization", "[style]") {
  const auto file = [](const StyleVector& style) {
    Random random(8);
    CaseGraph g(random, 17, 4);
    const std::vector<float>& values = style.values;
    g.builder().Floats("scale", {4}, {values.begin(), values.begin() + 4});
    g.builder().Floats("shift", {4}, {values.begin() + 4, values.begin() + 8});
    const std::string normalized =
        g.Quantize(g.Node("InstanceNormalization", {g.input(), "scale", "shift"}), 0.02F, 3);
    const std::string scaled = g.Node("Mul", {normalized, g.Weights({1, 4, 1, 1}, 0.5F, 2.0F)});
    return g.Finish(g.Node("Add", {scaled, g.Weights({1, 4, 1, 1})}), 4);
  };
  const StyleVector a{{0.7F, 1.1F, -0.4F, 0.9F, 0.1F, -0.2F, 0.3F, 0.0F}};
  const StyleVector b{{-1.2F, 0.8F, 1.3F, 0.6F, 0.0F, 0.5F, -0.3F, 0.2F}};
  for (const Precision precision : {Precision::kAuto, Precision::kFloat}) {
    const auto plan = PlanOf(file(a), 9, 11, {.precision = precision});
    CHECK(std::ranges::count(StepKinds(*plan), "scale and shift") ==
          (precision == Precision::kAuto ? 1 : 0));
    const std::vector<float> own = RunPlan(*plan, 5);
    REQUIRE(plan->SetStyle(b).ok());
    CHECK(RunPlan(*plan, 5) == RunPlan(*PlanOf(file(b), 9, 11, {.precision = precision}), 5));
    REQUIRE(plan->SetStyle(a).ok());
    CHECK(RunPlan(*plan, 5) == own);
  }
}

TEST_CASE("a style of another size is refused and changes nothing", "[style]") {
  const auto plan = PlanFor(RandomStyle(1), true, {});
  const std::vector<float> own = RunPlan(*plan, 5);
  StyleVector wrong = RandomStyle(2);
  wrong.values.pop_back();
  const Status status = plan->SetStyle(wrong);
  CHECK(status.code() == StatusCode::kIncompatibleStyles);
  CHECK(status.message() == "style: got 79 values, needed 80");
  CHECK(plan->SetStyle({}).code() == StatusCode::kIncompatibleStyles);
  CHECK(RunPlan(*plan, 5) == own);
}

TEST_CASE("what normalizes nothing has but one style", "[style]") {
  Random random(2);
  CaseGraph g(random, 17, 4);
  const auto plan = PlanOf(g.Finish(g.Node("Relu", {g.input()}), 4), 9, 11);
  CHECK(plan->style_size() == 0);
  CHECK(plan->SetStyle({}).ok());
  CHECK(plan->SetStyle({{1.0F}}).code() == StatusCode::kIncompatibleStyles);
}

}  // namespace
}  // namespace brushwork
