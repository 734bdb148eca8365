#include "kernels/int8_weights.h"

#include <algorithm>
#include <cstdlib>

namespace brushwork {
namespace {

std::span<const int8_t> WeightsOf(const Filter& filter, int64_t output_channel) {
  const size_t count =
      static_cast<size_t>(filter.kernel_height * filter.kernel_width * filter.input_channels);
  return std::span(filter.quantized).subspan(static_cast<size_t>(output_channel) * count, count);
}

}  // namespace

FilterProducts DirectProducts(const Filter& filter) {
  FilterProducts products;
  products.output_channels = static_cast<size_t>(filter.output_channels);
  products.row_count = static_cast<size_t>(filter.kernel_height);
  products.run = static_cast<size_t>(filter.kernel_width * filter.input_channels);
  products.weights.assign(filter.quantized.begin(), filter.quantized.end());
  products.initial_factors = {1};
  return products;
}

std::vector<int32_t> ZeroPointSums(const Filter& filter, int32_t zero_point) {
  std::vector<int32_t> sums;
  for (int64_t o = 0; o < filter.output_channels; ++o) {
    int64_t sum = 0;
    for (const int8_t weight : WeightsOf(filter, o)) sum += weight;
    sums.push_back(static_cast<int32_t>(-zero_point * sum));
  }
  return sums;
}

int64_t LargestInt8Sum(const Filter& filter, int32_t zero_point) {
  int64_t largest = 0;
  for (int64_t o = 0; o < filter.output_channels; ++o) {
    int64_t sum = 0;
    for (const int8_t weight : WeightsOf(filter, o)) sum += std::abs(weight);
    largest = std::max(largest, sum);
  }
  return largest * std::max(127 - zero_point, 128 + zero_point);
}

PackedInt8Weights::PackedInt8Weights(const FilterProducts& products,
                                     const std::vector<int32_t>& initial, const Int8BlockLoop& loop)
    : loop_(loop),
      batch_(products.batch),
      row_count_(products.row_count),
      run_((products.run + 1) / 2 * 2) {
  const size_t block = static_cast<size_t>(loop.block);
  const size_t blocks = (products.output_channels + block - 1) / block;
  blocks_ = static_cast<int64_t>(blocks);
  const size_t rows = batch_ * row_count_;
  weights_.assign(blocks * rows * run_ * block, 0);
  initial_.assign(blocks * batch_ * block, 0);
  for (size_t o = 0; o < products.output_channels; ++o) {
    const size_t index = o / block;
    const size_t lane = o % block;
    for (size_t row = 0; row < rows; ++row) {
      const int16_t* source = products.weights.data() + (o * rows + row) * products.run;
      int16_t* target = weights_.data() + (index * rows + row) * run_ * block;
      for (size_t k = 0; k < products.run; ++k) {
        target[(k / 2 * block + lane) * 2 + k % 2] = source[k];
      }
    }
    for (size_t b = 0; b < batch_; ++b) {
      // Modulo 2^32, as all sums are.
      initial_[(index * batch_ + b) * block + lane] = static_cast<int32_t>(
          static_cast<uint32_t>(products.initial_factors[b]) * static_cast<uint32_t>(initial[o]));
    }
  }
}

void PackedInt8Weights::Accumulate(int64_t index, const int16_t* const* rows, int64_t pixel_stride,
                                   int64_t pixels, int32_t* sums) const {
  const size_t block = static_cast<size_t>(loop_.block);
  const size_t i = static_cast<size_t>(index);
  Int8Accumulation a;
  a.rows = rows;
  a.batch = batch_;
  a.row_count = row_count_;
  a.run = run_;
  a.pixel_stride = static_cast<size_t>(pixel_stride);
  a.pixels = static_cast<size_t>(pixels);
  a.weights = weights_.data() + i * batch_ * row_count_ * run_ * block;
  a.initial = initial_.data() + i * batch_ * block;
  a.sums = sums;
  loop_.accumulate(a);
}

}  // namespace brushwork
