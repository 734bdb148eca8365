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

// Which output channels a block of sums has.
struct Int8ChannelBlock {
  int64_t block = 0;  // sums of each pixel: a multiple of 4, at most kMaximumInt8Block
  int64_t first_channel = 0;
  int64_t channels = 0;  // of these sums that are channels of the output
};

// From sums [pixels][block] to `output`, which points at the block's first channel of the first
// pixel; pixels are `stride` values apart. Nothing between these channels is touched.
void Requantize(const Int8Requantization& requantization, const Int8ChannelBlock& block,
                const int32_t* sums, int64_t pixels, int8_t* output, int64_t stride);
void Requantize(const Int8Requantization& requantization, const Int8ChannelBlock& block,
                const int32_t* sums, int64_t pixels, float* output, int64_t stride);

}  // namespace brushwork
