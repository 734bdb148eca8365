#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "model/model.h"
#include "plan/plan.h"
#include "tests/support/random.h"
#include "tests/support/random_graph.h"
#include "tests/support/reference_network.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

std::vector<float> Picture(const RandomGraph& graph) {
  return Random(7).Uniforms(static_cast<size_t>(3 * graph.height * graph.width), 0.0F, 1.0F);
}

std::unique_ptr<Plan> MakePlan(const Network& network, const PlanOptions& options) {
  auto plan = Plan::Create(network, options);
  if (!plan.ok()) throw std::runtime_error(plan.status().message());
  return std::move(plan).value();
}

ReferenceResult Reference(const Network& network, const std::vector<float>& picture,
                          bool quantize) {
  const Shape4& shape = network.values[static_cast<size_t>(network.input)].shape;
  return RunReference(network, {shape, {picture.begin(), picture.end()}}, quantize);
}

// Of float, which rounds everywhere: in proportion to the largest value on the way.
std::string CompareFloat(const std::vector<float>& painted, const ReferenceResult& expected) {
  const double allowed = 2e-3 * (1.0 + expected.largest);
  for (size_t i = 0; i < painted.size(); ++i) {
    const double difference =
        std::abs(static_cast<double>(painted[i]) - expected.picture.values[i]);
    if (difference <= allowed) continue;
    return "value " + std::to_string(i) + " is " + std::to_string(painted[i]) + ", the reference " +
           std::to_string(expected.picture.values[i]) + ", allowed are " + std::to_string(allowed);
  }
  return "";
}

// Of int8, where a value that falls between two steps may go to either, and what reads it carries
// that on: on average much less than a step. A plain picture may fall there as a whole, and
// instance normalization makes a pattern of how it was rounded: if more differs then, nothing can
// be told.
std::string CompareInt8(const std::vector<float>& painted, const ReferenceResult& expected) {
  constexpr double kMostUndecided = 0.9;
  double sum = 0.0;
  for (size_t i = 0; i < painted.size(); ++i) {
    sum += std::abs(static_cast<double>(painted[i]) - expected.picture.values[i]);
  }
  const double mean = sum / static_cast<double>(painted.size());
  const double allowed = 2.0 * expected.coarsest + 1e-3 * (1.0 + expected.largest);
  if (mean <= allowed) return "";
  if (std::isfinite(mean) && expected.undecided > kMostUndecided) return "";
  return "int8 differs from the reference by " + std::to_string(mean) +
         " on average, allowed are " + std::to_string(allowed);
}

bool SameBits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](float x, float y) {
           return __builtin_bit_cast(uint32_t, x) == __builtin_bit_cast(uint32_t, y);
         });
}

// The values of `rows`, of a plan's output for these rows: of its last step's bands that have them,
// or, where that writes everything at once, of the whole picture.
std::span<const float> RowsOf(std::span<const float> part, size_t whole_size, size_t row,
                              RowRange rows) {
  const size_t wanted = static_cast<size_t>(rows.size()) * row;
  if (part.size() < wanted) return {};
  if (part.size() < whole_size) return part.last(wanted);
  return part.subspan(static_cast<size_t>(rows.begin) * row, wanted);
}

// Bands, and some of the rows, against the whole.
std::string ComparePieces(const Network& network, const std::vector<float>& picture,
                          const std::vector<float>& whole, const Shape4& shape, Choices& choices) {
  const int64_t band_rows = choices.Integer(1, 9);
  const auto banded = MakePlan(network, {.band_rows = band_rows});
  if (!SameBits(RunPlan(*banded, picture), whole)) {
    return "bands of " + std::to_string(band_rows) + " rows differ from the whole";
  }
  if (!SameBits(RunPlan(*banded, picture), whole)) return "a second run differs from the first";
  const int64_t begin = choices.Integer(0, shape.height - 1);
  const int64_t end = choices.Integer(begin + 1, shape.height);
  const auto some = MakePlan(network, {.rows = RowRange{begin, end}, .band_rows = band_rows});
  const std::vector<float> part = RunPlan(*some, picture);
  const auto row = static_cast<size_t>(shape.width * shape.channels);
  const bool is_same = SameBits(RowsOf(part, whole.size(), row, {begin, end}),
                                RowsOf(whole, whole.size(), row, {begin, end}));
  if (is_same) return "";
  return "rows " + std::to_string(begin) + " to " + std::to_string(end) + " differ from the whole";
}

std::string Compare(const RandomGraph& graph, Choices& choices) {
  const StatusOr<Model> model = Model::Read(graph.model);
  if (!model.ok()) return "refused: " + model.status().message();
  const StatusOr<Network> network = model->Specialize(graph.height, graph.width);
  if (!network.ok()) return "refused: " + network.status().message();
  const std::vector<float> picture = Picture(graph);
  const auto in_float = MakePlan(*network, {.precision = Precision::kFloat});
  std::string difference =
      CompareFloat(RunPlan(*in_float, picture), Reference(*network, picture, false));
  if (!difference.empty()) return difference;
  const auto plan = MakePlan(*network, {.band_rows = 1000});
  const std::vector<float> whole = RunPlan(*plan, picture);
  if (graph.is_quantized) {
    difference = CompareInt8(whole, Reference(*network, picture, true));
    if (!difference.empty()) return difference;
  }
  return ComparePieces(*network, picture, whole, plan->output().shape, choices);
}

}  // namespace

std::string FindDifference(const RandomGraph& graph, Choices& choices) {
  try {
    return Compare(graph, choices);
  } catch (const std::exception& error) {
    return std::string("failed: ") + error.what();
  }
}

}  // namespace brushwork
