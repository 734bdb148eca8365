#include "plan/calibration_activations.h"

#include <algorithm>
#include <cmath>

#include "plan/layer_runner.h"

namespace brushwork {

StatusOr<std::vector<ActivationStatistics>> MeasureActivations(
    const FusedNetwork& network, std::span<const std::vector<float>> inputs,
    pthreadpool_t threadpool) {
  std::vector<ActivationStatistics> statistics;
  for (const NetworkValue& value : network.values) {
    statistics.emplace_back(ChannelsOf(value.shape));
  }
  Activations activations(network, inputs.size());
  BRUSHWORK_RETURN_IF_ERROR(activations.Allocate(network.input));
  const auto measure = [&](ValueId value) {
    for (size_t p = 0; p < inputs.size(); ++p) {
      statistics[value].Add(activations.at(value, p), PixelsOf(network.values[value].shape));
    }
  };
  for (size_t p = 0; p < inputs.size(); ++p) {
    std::ranges::copy(inputs[p], activations.at(network.input, p));
  }
  measure(network.input);
  for (const FusedLayer& fused : network.layers) {
    const Layer& layer = fused.layer;
    BRUSHWORK_RETURN_IF_ERROR(activations.Allocate(layer.output));
    BRUSHWORK_ASSIGN_OR_RETURN(LayerRunner runner,
                               LayerRunner::Create(network, layer, fused.range, threadpool));
    for (size_t p = 0; p < inputs.size(); ++p) {
      BRUSHWORK_RETURN_IF_ERROR(
          runner.Run(activations.InputsOf(layer, p), activations.at(layer.output, p)));
    }
    measure(layer.output);
    activations.Release(layer);
  }
  return statistics;
}

void ClampAll(float* values, size_t count, const OutputRange& range) {
  for (size_t i = 0; i < count; ++i) {
    values[i] = std::min(std::max(values[i], range.minimum), range.maximum);
  }
}

double Decibels(double signal, double noise) {
  constexpr double kMost = 120.0;
  if (!(noise > 0.0)) return kMost;
  return std::clamp(10.0 * std::log10(std::max(signal, 1e-300) / noise), -kMost, kMost);
}

double SignalToNoise(const float* exact, const float* other, size_t count,
                     const std::function<float(float)>& function) {
  double sum = 0.0;
  double squares = 0.0;
  double noise = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(function(exact[i]));
    const double difference = static_cast<double>(function(other[i])) - x;
    sum += x;
    squares += x * x;
    noise += difference * difference;
  }
  return Decibels(squares - sum * sum / static_cast<double>(count), noise);
}

}  // namespace brushwork
