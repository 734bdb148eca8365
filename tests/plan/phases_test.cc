// Which transposed convolutions become ordinary ones.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/operator_cases.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

std::vector<std::string> KindsAtStride(int64_t stride) {
  Random random(3);
  CaseGraph graph(random, 13, 4);
  const std::string input = graph.Quantize(graph.input(), 0.02F, 3);
  const std::string weights = graph.QuantizedWeights({4, 3, stride, stride}, 1, 0.002F);
  const std::string grown =
      graph.Node("ConvTranspose", {input, weights}, {{"strides", {stride, stride}}});
  const std::vector<uint8_t> model = graph.Finish(graph.Quantize(grown, 0.04F, 5), 3);
  return StepKinds(*PlanOf(model, 6, 5));
}

bool Has(const std::vector<std::string>& kinds, const std::string& kind) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

TEST_CASE("large strides have too many phases to be layers each", "[plan][phases]") {
  for (const int64_t stride : {2, 3, 4}) {
    CHECK_FALSE(Has(KindsAtStride(stride), "transposed convolution"));
    CHECK(Has(KindsAtStride(stride), "depth to space"));
  }
  for (const int64_t stride : {5, 16}) {
    CHECK(Has(KindsAtStride(stride), "transposed convolution"));
    CHECK_FALSE(Has(KindsAtStride(stride), "depth to space"));
  }
}

}  // namespace
}  // namespace brushwork
