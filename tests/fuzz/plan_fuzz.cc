// Any bytes as a model that is to paint a small picture: refused on the way, or planned in the
// memory it is given and painted, whole and in part.
#include <array>

#include "model/model.h"
#include "plan/plan.h"
#include "tests/fuzz/fuzz_plan.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/onnx_mutator.h"

namespace brushwork::fuzz {
namespace {

constexpr size_t kMemory = size_t{32} << 20;
// What the sanitizers do in a second.
constexpr double kMostWork = 3e7;

// The first bytes of an input; the rest is the model.
struct Settings {
  static constexpr size_t kBytes = 4;
  int64_t height = 1;
  int64_t width = 1;
  PlanOptions options;
  uint8_t cut = 0;

  explicit Settings(std::span<const uint8_t, kBytes> bytes)
      : height(1 + bytes[0] % 48), width(1 + bytes[1] % 48), cut(bytes[3]) {
    constexpr std::array<int64_t, 4> kBands = {0, 1, 4, 1000};
    options.precision = bytes[2] & 1 ? Precision::kFloat : Precision::kAuto;
    options.statistics_given = (bytes[2] & 2) != 0;
    options.band_rows = kBands[bytes[2] >> 2 & 3];
    options.memory_limit = kMemory;
  }
};

// The whole picture in two ways of cutting it into bands, and some of its rows.
void Paint(const Network& network, Plan& plan, const Settings& settings) {
  const std::vector<float> picture = SomePicture(plan);
  if (settings.options.statistics_given) GiveSomeStatistics(plan);
  const std::vector<float> whole = RunPlan(plan, picture);
  Require(SameValues(RunPlan(plan, picture), whole), "a plan paints the same again");
  PlanOptions options = settings.options;
  const int64_t height = plan.output().shape.height;
  const int64_t begin = settings.cut % height;
  const RowRange rows{begin, std::min<int64_t>(height, begin + 1 + settings.cut / 16)};
  options.rows = rows;
  options.band_rows = 2;
  const StatusOr<std::unique_ptr<Plan>> part = Plan::Create(network, options);
  if (!part.ok()) return;
  if (settings.options.statistics_given) GiveSomeStatistics(**part);
  RequireRows(RunPlan(**part, picture), whole, plan, rows);
}

void PlanAndPaint(std::span<const uint8_t> bytes) {
  const Settings settings(bytes.first<Settings::kBytes>());
  const StatusOr<Model> model = Model::Read(bytes.subspan(Settings::kBytes));
  if (!model.ok()) return RequireRefusal(model.status());
  const StatusOr<Network> network = model->Specialize(settings.height, settings.width);
  if (!network.ok()) return RequireRefusal(network.status());
  const StatusOr<std::unique_ptr<Plan>> plan = Plan::Create(*network, settings.options);
  if (!plan.ok()) {
    // Here the limit speaks.
    if (plan.status().code() != StatusCode::kOutOfMemory) RequireRefusal(plan.status());
    return;
  }
  Require((*plan)->memory_bytes() <= kMemory, "a plan keeps to its memory");
  if (WorkOf(**plan) <= kMostWork) Paint(*network, **plan, settings);
}

}  // namespace
}  // namespace brushwork::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace brushwork::fuzz;  // NOLINT
  return MutateOnnxInput(data, size, max_size, Settings::kBytes, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < brushwork::fuzz::Settings::kBytes) return 0;
  brushwork::fuzz::PlanAndPaint({data, size});
  return 0;
}
