// Networks as deep as the limit allows, on a stack as small as WebAssembly's.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/operator_cases.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

// A column more for each layer.
std::string Widened(CaseGraph& graph, std::string value, int count) {
  const std::string pads = graph.Ints({0, 0, 0, 0, 0, 0, 0, 1});
  for (int i = 0; i < count; ++i) {
    value = graph.Node("Pad", {value, pads}, {{"mode", "edge"}});
  }
  return value;
}

TEST_CASE("thousands of paddings, one behind the other", "[plan][deep]") {
  constexpr int kCount = 1000;
  for (const bool is_quantized : {false, true}) {
    Random random(4);
    CaseGraph graph(random, 13, 2);
    const std::string input =
        is_quantized ? graph.Quantize(graph.input(), 0.02F, 3) : graph.input();
    const std::vector<uint8_t> model = graph.Finish(Widened(graph, input, kCount), 2);
    const auto plan = PlanOf(model, 1, 4);
    CHECK(plan->output().shape == Shape4{1, 1, 4 + kCount, 3});
    const std::vector<float> painting = RunPlan(*plan, 1);
    const size_t last = painting.size() - 3;
    // What was the last column is all that follows.
    for (size_t c = 0; c < 3; ++c) CHECK(painting[last + c] == painting[3 * 3 + c]);
  }
}

}  // namespace
}  // namespace brushwork
