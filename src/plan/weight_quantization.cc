#include "plan/weight_quantization.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace brushwork {
namespace {

constexpr float kLargestWeight = 127.0F;

// Parts of the largest weight that the range of a channel may end at.
constexpr float kClips[] = {1.0F, 0.95F, 0.9F, 0.85F, 0.8F};

float QuantizeWeight(float value, float scale) {
  return std::clamp(std::nearbyint(value / scale), -kLargestWeight, kLargestWeight);
}

class Hash {
 public:
  void Add(uint64_t value) {
    state_ = (state_ ^ value) * 0x9E3779B97F4A7C15U;
    state_ ^= state_ >> 32U;
  }
  void Add(float value) { Add(uint64_t{std::bit_cast<uint32_t>(value)}); }
  void Add(const std::vector<float>& values) {
    Add(uint64_t{values.size()});
    for (const float value : values) Add(value);
  }
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0xCBF29CE484222325U;
};

const std::vector<float>* BiasOf(const LayerParameters& parameters) {
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) return &layer->bias;
  if (const auto* layer = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    return &layer->bias;
  }
  return nullptr;
}

// The scale of one output channel's weights.
float BestScale(std::span<const float> weights, std::span<const float> power) {
  float largest = 0.0F;
  for (const float weight : weights) largest = std::max(largest, std::abs(weight));
  if (!(largest > 0.0F)) return 1.0F;
  float best_scale = largest / kLargestWeight;
  double best_error = -1.0;
  for (const float clip : kClips) {
    const float scale = std::max(largest * clip / kLargestWeight, 1e-30F);
    double error = 0.0;
    for (size_t i = 0; i < weights.size(); ++i) {
      const float difference = QuantizeWeight(weights[i], scale) * scale - weights[i];
      error += static_cast<double>(difference * difference * power[i]);
    }
    if (best_error >= 0.0 && error >= best_error) continue;
    best_error = error;
    best_scale = scale;
  }
  return best_scale;
}

}  // namespace

const Filter* FilterOf(const LayerParameters& parameters) {
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) return layer->filter.get();
  if (const auto* layer = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    return layer->filter.get();
  }
  return nullptr;
}

int64_t GroupsOf(const LayerParameters& parameters) {
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) return layer->groups;
  if (const auto* layer = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    return layer->groups;
  }
  return 1;
}

bool HasFiniteWeights(const LayerParameters& parameters) {
  const auto finite = [](float value) { return std::isfinite(value); };
  if (const auto* layer = std::get_if<NormalizationLayer>(&parameters)) {
    return std::ranges::all_of(layer->scale, finite) && std::ranges::all_of(layer->shift, finite);
  }
  const Filter* filter = FilterOf(parameters);
  return filter == nullptr || (std::ranges::all_of(filter->values, finite) &&
                               std::ranges::all_of(*BiasOf(parameters), finite));
}

Filter RescaleFilter(const Filter& filter, int64_t groups, std::span<const float> input_scale,
                     std::span<const float> output_scale) {
  Filter scaled = filter;
  scaled.quantized.clear();
  scaled.scales.clear();
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t per_output = filter.values.size() / outputs;
  for (size_t o = 0; o < outputs; ++o) {
    const float output = output_scale.empty() ? 1.0F : output_scale[o];
    for (size_t i = 0; i < per_output; ++i) {
      const size_t c = InputChannel(filter, groups, o, i);
      scaled.values[o * per_output + i] *= output / (input_scale.empty() ? 1.0F : input_scale[c]);
    }
  }
  return scaled;
}

void QuantizeFilter(Filter& filter, int64_t groups, std::span<const float> input_power) {
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t per_output = filter.values.size() / outputs;
  filter.quantized.resize(filter.values.size());
  filter.scales.resize(outputs);
  std::vector<float> power(per_output, 1.0F);
  for (size_t o = 0; o < outputs; ++o) {
    if (!input_power.empty()) {
      for (size_t i = 0; i < per_output; ++i) {
        power[i] = input_power[InputChannel(filter, groups, o, i)];
      }
    }
    const std::span<float> weights(filter.values.data() + o * per_output, per_output);
    const float scale = BestScale(weights, power);
    filter.scales[o] = scale;
    for (size_t i = 0; i < per_output; ++i) {
      const float quantized = QuantizeWeight(weights[i], scale);
      filter.quantized[o * per_output + i] = static_cast<int8_t>(quantized);
      weights[i] = quantized * scale;
    }
  }
}

uint64_t Fingerprint(const FusedLayer& fused) {
  Hash hash;
  const LayerParameters& parameters = fused.layer.parameters;
  hash.Add(uint64_t{parameters.index()});
  hash.Add(fused.range.minimum);
  hash.Add(fused.range.maximum);
  if (const Filter* filter = FilterOf(parameters)) {
    for (const int64_t extent : {filter->output_channels, filter->kernel_height,
                                 filter->kernel_width, filter->input_channels}) {
      hash.Add(static_cast<uint64_t>(extent));
    }
    hash.Add(static_cast<uint64_t>(GroupsOf(parameters)));
    hash.Add(filter->values);
    hash.Add(*BiasOf(parameters));
  } else if (const auto* normalization = std::get_if<NormalizationLayer>(&parameters)) {
    hash.Add(static_cast<uint64_t>(normalization->groups));
    hash.Add(normalization->epsilon);
    hash.Add(normalization->scale);
    hash.Add(normalization->shift);
  } else if (const auto* activation = std::get_if<ActivationLayer>(&parameters)) {
    hash.Add(static_cast<uint64_t>(activation->activation));
  } else if (const auto* binary = std::get_if<BinaryLayer>(&parameters)) {
    hash.Add(static_cast<uint64_t>(binary->operation));
  }
  return hash.value();
}

}  // namespace brushwork
