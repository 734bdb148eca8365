#include "plan/memory_plan.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "tensor/tensor.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

TEST_CASE("buffers that live together never overlap, padding included", "[plan]") {
  Random random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<BufferLifetime> buffers;
    for (int i = 0; i < 30; ++i) {
      const int first = static_cast<int>(random.Integer(0, 20));
      buffers.push_back(
          {random.Integer(0, 5000), first, first + static_cast<int>(random.Integer(0, 5))});
    }
    const auto plan = PlanMemory(buffers);
    REQUIRE(plan.ok());
    for (size_t i = 0; i < buffers.size(); ++i) {
      REQUIRE(plan->offsets[i] % kTensorAlignment == 0);
      const size_t end = plan->offsets[i] + static_cast<size_t>(buffers[i].bytes) + kTensorPadding;
      REQUIRE(end <= plan->total_bytes);
      for (size_t j = 0; j < buffers.size(); ++j) {
        if (i == j || buffers[i].first_step > buffers[j].last_step ||
            buffers[j].first_step > buffers[i].last_step) {
          continue;
        }
        const bool apart = end <= plan->offsets[j] || plan->offsets[i] > plan->offsets[j];
        REQUIRE(apart);
      }
    }
  }
}

TEST_CASE("buffers that follow each other share their room", "[plan]") {
  const auto plan = PlanMemory({{1000, 0, 1}, {1000, 1, 2}, {1000, 2, 3}, {1000, 3, 4}});
  REQUIRE(plan.ok());
  CHECK(plan->total_bytes < 2 * (1000 + kTensorPadding + kTensorAlignment));
}

TEST_CASE("more memory than there are addresses is refused", "[plan]") {
  for (const int64_t huge : {int64_t{1} << 62, std::numeric_limits<int64_t>::max()}) {
    const auto plan = PlanMemory({{huge, 0, 1}, {huge, 1, 2}});
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.status().code() == StatusCode::kOutOfMemory);
  }
  if constexpr (sizeof(size_t) == 4) {
    CHECK_FALSE(PlanMemory({{int64_t{1} << 31, 0, 1}, {int64_t{1} << 31, 1, 2}}).ok());
  }
}

}  // namespace
}  // namespace brushwork
