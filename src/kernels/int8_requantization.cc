#include "kernels/int8_requantization.h"

#include <algorithm>
#include <cmath>

#include "kernels/int8_accumulate.h"

namespace brushwork {
namespace {

// y = scale * x + shift on the real values behind the convolution, for one channel.
struct RealMap {
  double scale = 1.0;
  double shift = 0.0;
};

RealMap NormalizationMap(const NormalizationLayer& layer, const ChannelStatistics& statistics,
                         size_t c) {
  const double variance =
      static_cast<double>(statistics.variance[c]) + static_cast<double>(layer.epsilon);
  const double multiplier =
      variance > 0.0 ? static_cast<double>(layer.scale[c]) / std::sqrt(variance) : 0.0;
  // The convolution computes x / input_scale; statistics are those of x.
  const double input_scale =
      layer.input_scale.empty() ? 1.0 : static_cast<double>(layer.input_scale[c]);
  return {multiplier * input_scale, static_cast<double>(layer.shift[c]) -
                                        static_cast<double>(statistics.mean[c]) * multiplier};
}

struct Limits {
  double low;
  double high;

  // Of Clamp(x, *this) followed by Clamp(x, outer).
  Limits Within(const Limits& outer) const {
    return {std::clamp(low, outer.low, outer.high), std::clamp(high, outer.low, outer.high)};
  }
};

Limits LimitsOf(const OutputRange& range) {
  return {static_cast<double>(range.minimum), static_cast<double>(range.maximum)};
}

// What becomes of limits before the map. A map to a constant leaves nothing to limit.
Limits Mapped(const Limits& limits, const RealMap& map) {
  if (map.scale == 0.0) return {-INFINITY, INFINITY};
  const double a = limits.low * map.scale + map.shift;
  const double b = limits.high * map.scale + map.shift;
  return {std::min(a, b), std::max(a, b)};
}

Limits OutputLimits(const Int8ConvolutionSpec& spec, const RealMap& map) {
  Limits limits = Mapped(LimitsOf(spec.range), map);
  if (spec.normalization) limits = limits.Within(LimitsOf(spec.normalized_range));
  if (spec.output.type == DataType::kFloat32) return limits;
  const double scale = static_cast<double>(spec.output.quantization.scale);
  const double zero_point = spec.output.quantization.zero_point;
  return Limits{limits.low / scale, limits.high / scale}.Within(
      {-128.0 - zero_point, 127.0 - zero_point});
}

}  // namespace

Int8Requantization FoldRequantization(const Int8ConvolutionSpec& spec,
                                      const ChannelStatistics* statistics) {
  const bool quantized = spec.output.type == DataType::kInt8;
  const double output_scale = quantized ? static_cast<double>(spec.output.quantization.scale) : 1.0;
  const ConvolutionLayer& layer = spec.layer;
  const size_t channels = layer.bias.size();
  const std::vector<float> zeros(channels + static_cast<size_t>(kMaximumInt8Block));
  Int8Requantization result{zeros, zeros, zeros, zeros,
                            quantized ? spec.output.quantization.zero_point : 0};
  for (size_t c = 0; c < channels; ++c) {
    RealMap map;
    if (spec.normalization) map = NormalizationMap(*spec.normalization, *statistics, c);
    const double sum_scale = static_cast<double>(spec.input.quantization.scale) *
                             static_cast<double>(layer.filter->scales[c]);
    const double bias = static_cast<double>(layer.bias[c]);
    const Limits limits = OutputLimits(spec, map);
    result.multiplier[c] = static_cast<float>(sum_scale * map.scale / output_scale);
    result.offset[c] = static_cast<float>((bias * map.scale + map.shift) / output_scale);
    result.low[c] = static_cast<float>(limits.low);
    result.high[c] = static_cast<float>(limits.high);
  }
  return result;
}

}  // namespace brushwork
