#include "plan/statistics.h"

#include <cmath>
#include <numeric>
#include <string>

namespace brushwork {
namespace {

Status Blend(const std::vector<float>& previous, float steadiness, std::vector<float>& current) {
  if (previous.size() != current.size()) {
    return InvalidArgument("statistics: got " + std::to_string(previous.size()) +
                           " channels, needed " + std::to_string(current.size()));
  }
  for (size_t c = 0; c < current.size(); ++c) {
    current[c] += steadiness * (previous[c] - current[c]);
  }
  return OkStatus();
}

bool AreStatistics(const ChannelStatistics& layer) {
  for (size_t c = 0; c < layer.mean.size(); ++c) {
    if (!std::isfinite(layer.mean[c]) || !std::isfinite(layer.variance[c])) return false;
    if (layer.variance[c] < 0.0F) return false;
  }
  return true;
}

}  // namespace

StatusOr<NormStatistics> BlendStatistics(NormStatistics current, const NormStatistics& previous,
                                         float steadiness) {
  if (!(steadiness >= 0.0F && steadiness <= 1.0F)) {
    return InvalidArgument("steadiness: got " + std::to_string(steadiness) + ", needed 0 to 1");
  }
  if (current.layers.size() != previous.layers.size()) {
    return InvalidArgument("statistics: got " + std::to_string(previous.layers.size()) +
                           " layers, needed " + std::to_string(current.layers.size()));
  }
  for (size_t i = 0; i < current.layers.size(); ++i) {
    BRUSHWORK_RETURN_IF_ERROR(Blend(previous.layers[i].mean, steadiness, current.layers[i].mean));
    BRUSHWORK_RETURN_IF_ERROR(
        Blend(previous.layers[i].variance, steadiness, current.layers[i].variance));
  }
  return current;
}

std::vector<float> PackStatistics(const NormStatistics& statistics) {
  std::vector<float> values;
  for (const ChannelStatistics& layer : statistics.layers) {
    values.insert(values.end(), layer.mean.begin(), layer.mean.end());
    values.insert(values.end(), layer.variance.begin(), layer.variance.end());
  }
  return values;
}

StatusOr<NormStatistics> UnpackStatistics(std::span<const float> values,
                                          std::span<const size_t> channels) {
  const size_t needed = 2 * std::accumulate(channels.begin(), channels.end(), size_t{0});
  if (values.size() != needed) {
    return InvalidArgument("statistics: got " + std::to_string(values.size()) + " values, needed " +
                           std::to_string(needed));
  }
  NormStatistics statistics;
  for (const size_t count : channels) {
    const std::span<const float> mean = values.first(count);
    const std::span<const float> variance = values.subspan(count, count);
    values = values.subspan(2 * count);
    statistics.layers.push_back({{mean.begin(), mean.end()}, {variance.begin(), variance.end()}});
    if (!AreStatistics(statistics.layers.back())) {
      return InvalidArgument("statistics: got values that are not finite, or negative variances");
    }
  }
  return statistics;
}

}  // namespace brushwork
