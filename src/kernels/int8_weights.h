// Weights in the order in which the accumulation loops read them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/int8_accumulate.h"
#include "model/network.h"

namespace brushwork {

// A filter, perhaps transformed, as the sums of Int8Accumulation take it: for each output channel
// [batch][row_count][run], where `run` may be odd.
struct FilterProducts {
  size_t output_channels = 0;
  size_t batch = 1;
  size_t row_count = 1;
  size_t run = 0;
  std::vector<int16_t> weights;  // [output channels][batch][row_count][run]
  // What the sums of each b start from, as a multiple of the output channel's initial sum.
  std::vector<int32_t> initial_factors;  // [batch]
};

// The filter as it is: one row of products for each of its rows.
FilterProducts DirectProducts(const Filter& filter);

// -zero_point * (sum of the weights) of each output channel: with it, the sum of input * weight is
// that of (input - zero_point) * weight.
std::vector<int32_t> ZeroPointSums(const Filter& filter, int32_t zero_point);

// The largest absolute value that any output channel's sum of (input - zero_point) * weight may
// have.
int64_t LargestInt8Sum(const Filter& filter, int32_t zero_point);

class PackedInt8Weights {
 public:
  PackedInt8Weights() = default;
  // `initial` [output channels]. Channels that fill up the last block have weights 0.
  PackedInt8Weights(const FilterProducts& products, const std::vector<int32_t>& initial,
                    const Int8BlockLoop& loop);

  int64_t block() const { return loop_.block; }
  int64_t blocks() const { return blocks_; }
  size_t batch() const { return batch_; }
  size_t row_count() const { return row_count_; }
  size_t run() const { return run_; }

  // The sums of output channels [index * block, (index + 1) * block): sums [batch][pixels][block].
  void Accumulate(int64_t index, const int16_t* const* rows, int64_t pixel_stride, int64_t pixels,
                  int32_t* sums) const;

 private:
  Int8BlockLoop loop_;
  int64_t blocks_ = 0;
  size_t batch_ = 0;
  size_t row_count_ = 0;
  size_t run_ = 0;                // rounded up to even
  std::vector<int16_t> weights_;  // [blocks][batch][row_count][run / 2][block][2]
  std::vector<int32_t> initial_;  // [blocks][batch][block]
};

}  // namespace brushwork
