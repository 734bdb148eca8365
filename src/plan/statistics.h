// The normalization statistics of a whole network as one value: measured on a picture (the whole,
// or a thumbnail of it), kept, averaged over a video's frames, handed to other engines.
//
// Statistics taken from a thumbnail: Chen et al., "Towards Ultra-Resolution Neural Style Transfer
// via Thumbnail Instance Normalization", AAAI 2022.
#pragma once

#include <span>
#include <vector>

#include "kernels/normalization.h"

namespace brushwork {

// One entry for each normalization, in the order of the network's layers.
struct NormStatistics {
  std::vector<ChannelStatistics> layers;
};

// current + steadiness * (previous - current), value by value; steadiness in [0, 1]. With 0 the
// result is `current`. kInvalidArgument if the two are not of one generator.
StatusOr<NormStatistics> BlendStatistics(NormStatistics current, const NormStatistics& previous,
                                         float steadiness);

// For handing over: means, then variances, of each layer in turn.
std::vector<float> PackStatistics(const NormStatistics& statistics);

// The inverse, for layers with these numbers of channels. kInvalidArgument if the count of values
// differs or a value is not finite or a variance negative.
StatusOr<NormStatistics> UnpackStatistics(std::span<const float> values,
                                          std::span<const size_t> channels);

}  // namespace brushwork
