// Weights: symmetric int8 with one scale per output channel, in [-127, 127].
#pragma once

#include <cstdint>
#include <span>

#include "model/network.h"
#include "plan/fusion.h"

namespace brushwork {

// The filter of an ordinary or transposed convolution; null for all other layers.
const Filter* FilterOf(const LayerParameters& parameters);
int64_t GroupsOf(const LayerParameters& parameters);

// The input channel that each weight of an output channel is for: element `i` of output channel
// `o`.
inline size_t InputChannel(const Filter& filter, int64_t groups, size_t o, size_t i) {
  const size_t outputs_per_group = static_cast<size_t>(filter.output_channels / groups);
  const size_t inputs = static_cast<size_t>(filter.input_channels);
  return o / outputs_per_group * inputs + i % inputs;
}

// True if all weights and biases of the layer are finite (and if it has none).
bool HasFiniteWeights(const LayerParameters& parameters);

// weights * output_scale[o] / input_scale[c], for inputs and outputs that are multiplied by these.
// Empty scales are ones.
Filter RescaleFilter(const Filter& filter, int64_t groups, std::span<const float> input_scale,
                     std::span<const float> output_scale);

// Fills `quantized` and `scales`, and replaces `values` by what they stand for. The scale of each
// output channel is that with the smallest squared error of the output, where
// `input_power` [input channels] is the mean square of the inputs (empty: all the same).
void QuantizeFilter(Filter& filter, int64_t groups, std::span<const float> input_power);

// A hash of everything that the function of a layer depends on, apart from the size of its
// activations.
uint64_t Fingerprint(const FusedLayer& fused);

}  // namespace brushwork
