// What the targets that run plans share.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork::fuzz {

// Multiply-adds, and values written by steps that have none.
inline double WorkOf(const Plan& plan) {
  double work = 0.0;
  for (const StepInfo& step : plan.steps()) {
    work += static_cast<double>(step.multiply_adds) +
            static_cast<double>(step.input.elements() + step.output.elements());
  }
  return work;
}

// Values in [0, 1), always the same.
inline std::vector<float> SomePicture(const Plan& plan) {
  return Random(7).Uniforms(static_cast<size_t>(plan.input().shape.elements()), 0.0F, 1.0F);
}

// What a plan that measures has measured, for one that doesn't.
inline void GiveSomeStatistics(Plan& plan) {
  NormStatistics statistics;
  Random random(3);
  for (const size_t channels : plan.normalization_channels()) {
    statistics.layers.push_back(
        {random.Uniforms(channels, -1.0F, 1.0F), random.Uniforms(channels, 0.0F, 2.0F)});
  }
  Require(plan.SetStatistics(statistics).ok(), "statistics fit their plan");
}

// Bit by bit, but for which NaN it is.
inline bool SameValues(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](float x, float y) {
           return __builtin_bit_cast(uint32_t, x) == __builtin_bit_cast(uint32_t, y) ||
                  (std::isnan(x) && std::isnan(y));
         });
}

// Whether `part` has the rows of `whole`: at its end, or at their place where the plan's last step
// writes everything at once.
inline void RequireRows(std::span<const float> part, std::span<const float> whole, const Plan& plan,
                        RowRange rows) {
  const Shape4& shape = plan.output().shape;
  const auto row = static_cast<size_t>(shape.width * shape.channels);
  const size_t wanted = static_cast<size_t>(rows.size()) * row;
  const size_t begin = static_cast<size_t>(rows.begin) * row;
  Require(part.size() >= wanted, "a plan paints the rows it was made for");
  const std::span<const float> got =
      part.size() < whole.size() ? part.last(wanted) : part.subspan(begin, wanted);
  Require(SameValues(got, whole.subspan(begin, wanted)),
          "rows by themselves are those of the whole");
}

}  // namespace brushwork::fuzz
