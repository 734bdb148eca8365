// A style as a value: the scales and shifts of all normalizations of a conditional generator, one
// file that paints every style.
//
// Dumoulin et al., "A Learned Representation for Artistic Style", ICLR 2017 (arXiv 1610.07629).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/network.h"

namespace brushwork {

// In the order of the network's layers: of each normalization first all scales [channels], then all
// shifts [channels]. Per-channel arithmetic that a model has directly behind a normalization counts
// as its scale and shift.
struct StyleVector {
  std::vector<float> values;
};

struct WeightedStyle {
  StyleVector style;
  float weight = 1.0F;
};

// Values of a style of the network; 0 if it normalizes nothing.
size_t StyleSize(const Network& network);

// kIncompatibleStyles, naming both, where the two differ.
Status CheckStyleSize(size_t got, size_t needed);

// The mean, weighted: only the proportions of the weights count. kInvalidArgument for no styles, or
// weights that are negative, not finite or all 0; kIncompatibleStyles for styles of different
// sizes.
StatusOr<StyleVector> BlendStyles(std::span<const WeightedStyle> styles);

// The nearest IEEE half-precision floats, little-endian, two bytes a value. Values are finite;
// those beyond ±65504 become infinite.
std::vector<uint8_t> PackStyle(const StyleVector& style);

// The inverse. kInvalidArgument for an odd number of bytes, none, or values that are not finite.
StatusOr<StyleVector> UnpackStyle(std::span<const uint8_t> bytes);

}  // namespace brushwork
