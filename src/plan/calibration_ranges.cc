#include "plan/calibration_ranges.h"

#include <algorithm>
#include <utility>

#include "kernels/reference.h"

namespace brushwork {

bool OnlyNormalized(const CalibrationTask& task, ValueId value) {
  const int scale_class = task.structure.scale_class[value];
  if (scale_class < 0 || std::ranges::count(task.structure.scale_class, scale_class) != 1) {
    return false;
  }
  return std::ranges::all_of(task.network.layers, [&](const FusedLayer& fused) {
    return std::ranges::find(fused.layer.inputs, value) == fused.layer.inputs.end() ||
           std::holds_alternative<NormalizationLayer>(fused.layer.parameters);
  });
}

OutputRange RangeOf(const CalibrationTask& task, ValueId value, const std::vector<float>& factors) {
  const ActivationStatistics& statistics = task.statistics[value];
  float low = 0.0F;
  float high = 0.0F;
  for (size_t c = 0; c < statistics.sum.size(); ++c) {
    const float factor = factors.empty() ? 1.0F : factors[c];
    low = std::min(low, statistics.minimum[c] * factor);
    high = std::max(high, statistics.maximum[c] * factor);
  }
  return {low, high};
}

std::optional<Quantization> SharedQuantization(const CalibrationTask& task, ValueId value,
                                               const std::vector<bool>& quantizer) {
  const int group = task.structure.group[value];
  if (group == task.structure.group[task.network.input]) return task.input;
  if (group == task.structure.group[task.network.output]) {
    return QuantizationForPicture(task.options.output);
  }
  std::vector<ValueId> members;
  for (size_t v = 0; v < task.structure.group.size(); ++v) {
    if (task.structure.group[v] == group && quantizer[v]) {
      members.push_back(static_cast<ValueId>(v));
    }
  }
  if (members.size() < 2) return std::nullopt;
  float low = 0.0F;
  float high = 0.0F;
  for (const ValueId member : members) {
    // Joined channels have no factors.
    const OutputRange range = RangeOf(task, member, {});
    low = std::min(low, range.minimum);
    high = std::max(high, range.maximum);
  }
  return QuantizationForRange(low, high);
}

std::function<float(float)> FunctionBehind(const FusedNetwork& network, ValueId value) {
  const ActivationLayer* behind = nullptr;
  for (const FusedLayer& fused : network.layers) {
    if (std::ranges::find(fused.layer.inputs, value) == fused.layer.inputs.end()) continue;
    const auto* activation = std::get_if<ActivationLayer>(&fused.layer.parameters);
    if (behind != nullptr || activation == nullptr) return [](float x) { return x; };
    behind = activation;
  }
  if (behind == nullptr || behind->activation == Activation::kPRelu || value == network.output) {
    return [](float x) { return x; };
  }
  return [behind](float x) { return ActivationReference(*behind, x, 0); };
}

}  // namespace brushwork
