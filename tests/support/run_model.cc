#include "tests/support/run_model.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "model/model.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

void Require(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.message());
}

}  // namespace

std::unique_ptr<Plan> PlanOf(std::span<const uint8_t> onnx, int64_t height, int64_t width,
                             Precision precision) {
  const auto model = Model::Read(onnx);
  Require(model.status());
  const auto network = model->Specialize(height, width);
  Require(network.status());
  auto plan = Plan::Create(*network, precision);
  Require(plan.status());
  return std::move(plan).value();
}

std::vector<float> RunPlan(Plan& plan, uint32_t seed, pthreadpool_t threadpool) {
  Random random(seed);
  const TensorView input = plan.input();
  for (int64_t i = 0; i < input.shape.elements(); ++i) {
    const float value = random.Uniform(0.0F, 1.0F);
    if (input.type == DataType::kFloat32) {
      input.f32()[i] = value;
    } else {
      const float steps = std::nearbyint(value / input.quantization.scale) +
                          static_cast<float>(input.quantization.zero_point);
      input.s8()[i] = static_cast<int8_t>(std::clamp(steps, -128.0F, 127.0F));
    }
  }
  for (size_t i = 0; i < plan.step_count(); ++i) Require(plan.RunStep(i, threadpool));
  const TensorView output = plan.output();
  std::vector<float> values(static_cast<size_t>(output.shape.elements()));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = output.type == DataType::kFloat32
                    ? output.f32()[i]
                    : static_cast<float>(output.s8()[i] - output.quantization.zero_point) *
                          output.quantization.scale;
  }
  return values;
}

std::vector<std::string> StepKinds(const Plan& plan) {
  std::vector<std::string> kinds;
  for (const StepInfo& step : plan.steps()) kinds.push_back(step.kind);
  return kinds;
}

}  // namespace brushwork
