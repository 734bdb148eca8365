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
                             const PlanOptions& options) {
  const auto model = Model::Read(onnx);
  Require(model.status());
  const auto network = model->Specialize(height, width);
  Require(network.status());
  auto plan = Plan::Create(*network, options);
  Require(plan.status());
  return std::move(plan).value();
}

std::vector<float> RunPlan(Plan& plan, uint32_t seed, pthreadpool_t threadpool) {
  Random random(seed);
  std::vector<float> picture(static_cast<size_t>(plan.input().shape.elements()));
  for (float& value : picture) value = random.Uniform(0.0F, 1.0F);
  return RunPlan(plan, picture, threadpool);
}

std::vector<float> RunPlan(Plan& plan, std::span<const float> picture, pthreadpool_t threadpool) {
  const auto source = [picture](RowRange rows, const TensorView& view) {
    const int64_t row_values = view.shape.width * view.shape.channels;
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      for (int64_t i = 0; i < row_values; ++i) {
        const float value = picture[static_cast<size_t>(y * row_values + i)];
        if (view.type == DataType::kFloat32) {
          view.row<float>(y)[i] = value;
        } else {
          const float steps = std::nearbyint(value / view.quantization.scale) +
                              static_cast<float>(view.quantization.zero_point);
          view.row<int8_t>(y)[i] = static_cast<int8_t>(std::clamp(steps, -128.0F, 127.0F));
        }
      }
    }
    return OkStatus();
  };
  std::vector<float> painting;
  const auto sink = [&painting](RowRange rows, const TensorView& view) {
    const int64_t row_values = view.shape.width * view.shape.channels;
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      for (int64_t i = 0; i < row_values; ++i) {
        painting.push_back(
            view.type == DataType::kFloat32
                ? view.row<float>(y)[i]
                : static_cast<float>(view.row<int8_t>(y)[i] - view.quantization.zero_point) *
                      view.quantization.scale);
      }
    }
    return OkStatus();
  };
  plan.Begin(source, sink);
  while (!plan.done()) Require(plan.RunTask(threadpool));
  plan.End();
  return painting;
}

std::vector<std::string> StepKinds(const Plan& plan) {
  std::vector<std::string> kinds;
  for (const StepInfo& step : plan.steps()) kinds.push_back(step.kind);
  return kinds;
}

}  // namespace brushwork
