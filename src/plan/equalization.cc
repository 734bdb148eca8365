#include "plan/equalization.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "plan/weight_quantization.h"

namespace brushwork {
namespace {

// How much of a channel's spread is moved into the weights; what costs least is taken.
constexpr float kStrengths[] = {0.0F, 0.25F, 0.5F, 0.75F, 1.0F};

// Channels that calibration saw less of than this part of the largest are taken to have this much:
// other pictures may show more of them.
constexpr float kLeastReach = 1.0F / 64.0F;

// The weights that read one input channel of a convolution.
struct ConvolutionReader {
  size_t kernel_elements = 1;
  std::vector<double> weight_squares;               // [input channels]
  std::vector<std::vector<float>> largest_weights;  // [output channels][input channels of a group]
  std::vector<size_t> first_channel;                // of each output channel's group
  std::vector<double> power;                        // mean square of the inputs
};

struct ScaleClass {
  std::vector<float> reach;  // [channels]
  bool has_negative = false;
  std::vector<ConvolutionReader> convolutions;
};

ConvolutionReader ReadConvolution(const Filter& filter, int64_t groups,
                                  const ActivationStatistics& statistics) {
  ConvolutionReader reader;
  const size_t channels = statistics.sum.size();
  const size_t outputs = static_cast<size_t>(filter.output_channels);
  const size_t per_output = filter.values.size() / outputs;
  reader.kernel_elements = static_cast<size_t>(filter.kernel_height * filter.kernel_width);
  reader.weight_squares.resize(channels);
  for (size_t c = 0; c < channels; ++c) reader.power.push_back(statistics.power(c));
  for (size_t o = 0; o < outputs; ++o) {
    std::vector<float> largest(static_cast<size_t>(filter.input_channels));
    for (size_t i = 0; i < per_output; ++i) {
      const float weight = std::abs(filter.values[o * per_output + i]);
      reader.weight_squares[InputChannel(filter, groups, o, i)] +=
          static_cast<double>(weight * weight);
      float& most = largest[i % largest.size()];
      most = std::max(most, weight);
    }
    reader.largest_weights.push_back(std::move(largest));
    reader.first_channel.push_back(InputChannel(filter, groups, o, 0));
  }
  return reader;
}

// Noise that quantizing inputs and weights adds to a convolution's output, relative to the output.
double RelativeNoise(const ScaleClass& equalized, const ConvolutionReader& reader,
                     const std::vector<float>& factors) {
  double step = 0.0;
  double signal = 0.0;
  double input_noise = 0.0;
  double scaled_power = 0.0;
  for (size_t c = 0; c < factors.size(); ++c) {
    const double factor = static_cast<double>(factors[c]);
    const double width = (equalized.has_negative ? 2.0 : 1.0) / 255.0;
    step = std::max(step, static_cast<double>(equalized.reach[c]) * factor * width);
    signal += reader.weight_squares[c] * reader.power[c];
    input_noise += reader.weight_squares[c] / (factor * factor);
    scaled_power += reader.power[c] * factor * factor;
  }
  input_noise *= step * step / 12.0;
  double weight_steps = 0.0;
  for (size_t o = 0; o < reader.largest_weights.size(); ++o) {
    double largest = 0.0;
    for (size_t i = 0; i < reader.largest_weights[o].size(); ++i) {
      const float factor = factors[reader.first_channel[o] + i];
      largest = std::max(largest, static_cast<double>(reader.largest_weights[o][i] / factor));
    }
    weight_steps += largest * largest / (127.0 * 127.0);
  }
  const double weight_noise =
      weight_steps / 12.0 * static_cast<double>(reader.kernel_elements) * scaled_power;
  return (input_noise + weight_noise) / std::max(signal, 1e-30);
}

std::vector<float> Factors(const ScaleClass& equalized, float strength) {
  const size_t channels = equalized.reach.size();
  const float largest_reach = *std::ranges::max_element(equalized.reach);
  std::vector<double> weights(channels, equalized.convolutions.empty() ? 1.0 : 0.0);
  for (const ConvolutionReader& reader : equalized.convolutions) {
    const double most = *std::ranges::max_element(reader.weight_squares);
    for (size_t c = 0; c < channels; ++c) {
      const double part = std::sqrt(reader.weight_squares[c] / std::max(most, 1e-30));
      weights[c] = std::max({weights[c], part, 1.0 / 64.0});
    }
  }
  std::vector<float> factors(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double reach =
        static_cast<double>(std::max(equalized.reach[c] / largest_reach, kLeastReach));
    const double power = static_cast<double>(strength);
    // What is to be divided among values and weights in equal parts, or to the values alone.
    const double balance = power == 0.0 ? 0.0 : 1.0 - power;
    factors[c] = static_cast<float>(std::pow(weights[c], balance) / std::pow(reach, power));
  }
  return factors;
}

std::vector<float> BestFactors(const ScaleClass& equalized) {
  // Only normalizations read it: nothing is lost by using every channel's range to the full.
  if (equalized.convolutions.empty()) {
    std::vector<float> factors;
    const float largest = *std::ranges::max_element(equalized.reach);
    for (const float reach : equalized.reach) {
      factors.push_back(largest / std::max(reach, largest * 1e-6F));
    }
    return factors;
  }
  std::vector<float> best;
  double least = std::numeric_limits<double>::infinity();
  for (const float strength : kStrengths) {
    std::vector<float> factors = Factors(equalized, strength);
    double noise = 0.0;
    for (const ConvolutionReader& reader : equalized.convolutions) {
      noise += RelativeNoise(equalized, reader, factors);
    }
    if (noise >= least) continue;
    least = noise;
    best = std::move(factors);
  }
  return best;
}

}  // namespace

std::vector<std::vector<float>> EqualizeChannels(
    const FusedNetwork& network, const ActivationStructure& structure,
    const std::vector<ActivationStatistics>& statistics) {
  std::map<int, ScaleClass> classes;
  for (size_t v = 0; v < network.values.size(); ++v) {
    const int id = structure.scale_class[v];
    const ActivationStatistics& measured = statistics[v];
    if (id < 0 || measured.count == 0.0) continue;
    ScaleClass& equalized = classes[id];
    equalized.reach.resize(measured.sum.size());
    for (size_t c = 0; c < measured.sum.size(); ++c) {
      equalized.reach[c] = std::max(equalized.reach[c], measured.reach(c));
      equalized.has_negative = equalized.has_negative || measured.minimum[c] < 0.0F;
    }
  }
  for (const FusedLayer& fused : network.layers) {
    const Filter* filter = FilterOf(fused.layer.parameters);
    if (filter == nullptr) continue;
    const ValueId input = fused.layer.inputs[0];
    const auto found = classes.find(structure.scale_class[input]);
    if (found == classes.end()) continue;
    found->second.convolutions.push_back(
        ReadConvolution(*filter, GroupsOf(fused.layer.parameters), statistics[input]));
  }
  std::vector<std::vector<float>> factors(network.values.size());
  for (const auto& [id, equalized] : classes) {
    const auto usable = [](float reach) { return std::isfinite(reach); };
    const bool empty = *std::ranges::max_element(equalized.reach) <= 0.0F;
    if (empty || !std::ranges::all_of(equalized.reach, usable)) continue;
    const std::vector<float> best = BestFactors(equalized);
    for (size_t v = 0; v < network.values.size(); ++v) {
      if (structure.scale_class[v] == id) factors[v] = best;
    }
  }
  return factors;
}

}  // namespace brushwork
