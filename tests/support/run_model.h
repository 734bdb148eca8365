// Runs a model's bytes on a picture of random floats, for tests that compare two ways of computing
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace brushwork {

// Fails the running test where a step fails.
std::unique_ptr<Plan> PlanOf(std::span<const uint8_t> onnx, int64_t height, int64_t width,
                             const PlanOptions& options = {});

// The output [1, H, W, 3] in float, of an input of random values in [0, 1).
std::vector<float> RunPlan(Plan& plan, uint32_t seed, pthreadpool_t threadpool = nullptr);

// Of the given input [1, H, W, 3]. Of a plan for some rows of the output, those.
std::vector<float> RunPlan(Plan& plan, std::span<const float> picture,
                           pthreadpool_t threadpool = nullptr);

// The kinds of the plan's steps, in order.
std::vector<std::string> StepKinds(const Plan& plan);

}  // namespace brushwork
