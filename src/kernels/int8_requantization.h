// From integer sums to the output: one multiplier, offset and pair of limits for each output
// channel, which hold everything between the convolution and its output (scales, bias, activation,
// normalization, activation behind that).
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/int8_convolution.h"

namespace brushwork {

// With v = Clamp(float(sum) * multiplier + offset, low, high), an int8 output is
// round_half_even(v) + zero_point, and a float output is v. All vectors are [channels] and followed
// by at least kMaximumInt8Block zeros.
struct Int8Requantization {
  std::vector<float> multiplier;
  std::vector<float> offset;
  std::vector<float> low;
  std::vector<float> high;
  int32_t zero_point = 0;  // 0 for a float output
};

// `sum` is the sum of (input - zero point) * weight. `statistics` are those of spec.normalization
// where that is present.
Int8Requantization FoldRequantization(const Int8ConvolutionSpec& spec,
                                      const ChannelStatistics* statistics);

}  // namespace brushwork
