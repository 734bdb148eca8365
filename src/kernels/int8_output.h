// The way of sums into the output: transformed back where they are products of a transform, then
// requantized, without another pass through memory.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/int8_requantization.h"
#include "tensor/tensor.h"

namespace brushwork {

// Which output channels a block of sums has.
struct Int8ChannelBlock {
  int64_t block = 0;  // sums of each pixel: a multiple of 4
  int64_t first_channel = 0;
  int64_t channels = 0;  // of these sums that are channels of the output
};

// Four streams of pixels (rows of the output, or columns, interleaved).
struct Int8Outputs {
  const Int8Requantization& requantization;
  Int8ChannelBlock block;
  DataType type = DataType::kInt8;
  // Of each stream the block's first channel of its first pixel, or null for one that isn't wanted.
  std::array<void*, 4> data = {};
  int64_t stride = 0;  // values from one pixel of a stream to the next
};

// sums [pixels][block], to one stream: data[0].
void StoreSums(const Int8Outputs& outputs, const int32_t* sums, int64_t pixels);

// Products m[product * step] of [pixels][block] each, to all four streams, after TransformProducts
// and divided. kOuterShift is the power of two that an earlier transform, in the other direction,
// has left to be divided by; 0 if there was none.
template <typename Transform, int kOuterShift>
void StoreProducts(const Int8Outputs& outputs, const int32_t* m, size_t step, int64_t pixels);

}  // namespace brushwork
