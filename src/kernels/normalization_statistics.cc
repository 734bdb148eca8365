#include <algorithm>
#include <cstring>

#include "kernels/normalization.h"
#include "kernels/parallel.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

// Pixels of one block of sums. At most 2^16, for then sums of squares (at most 2^14 each) fit into
// int32; at least enough to make a task worth its while, and a few dozen blocks for large pictures.
size_t BlockPixels(size_t pixels) {
  return std::clamp<size_t>((pixels + 63) / 64, 1024, size_t{1} << 16);
}

size_t BlockCount(size_t pixels) {
  const size_t block = BlockPixels(pixels);
  return (pixels + block - 1) / block;
}

template <typename T>
struct Accumulator;
template <>
struct Accumulator<int8_t> {
  using Type = int32_t;
};
// In double the squares of large values don't drown their variance, and large pictures keep their
// precision.
template <>
struct Accumulator<float> {
  using Type = double;
};

// Adds the values and squares of `pixels` pixels of `channels` channels to the sums. Four pixels at
// a time, which loads and stores the sums a quarter as often.
template <typename T, typename Sum>
BRUSHWORK_INLINE void AddPixelsLoop(const T* __restrict input, size_t pixels, size_t channels,
                                    Sum* __restrict sums, Sum* __restrict squares) {
  size_t pixel = 0;
  for (; pixel + 4 <= pixels; pixel += 4, input += 4 * channels) {
    const T* __restrict second = input + channels;
    const T* __restrict third = second + channels;
    const T* __restrict fourth = third + channels;
    for (size_t c = 0; c < channels; ++c) {
      const Sum a = input[c];
      const Sum b = second[c];
      const Sum d = third[c];
      const Sum e = fourth[c];
      sums[c] += (a + b) + (d + e);
      squares[c] += (a * a + b * b) + (d * d + e * e);
    }
  }
  for (; pixel < pixels; ++pixel, input += channels) {
    for (size_t c = 0; c < channels; ++c) {
      const Sum value = input[c];
      sums[c] += value;
      squares[c] += value * value;
    }
  }
}

BRUSHWORK_VECTORIZED void AddPixels(const int8_t* input, size_t pixels, size_t channels,
                                    int32_t* sums, int32_t* squares) {
  AddPixelsLoop(input, pixels, channels, sums, squares);
}
BRUSHWORK_VECTORIZED void AddPixels(const float* input, size_t pixels, size_t channels,
                                    double* sums, double* squares) {
  AddPixelsLoop(input, pixels, channels, sums, squares);
}

// Few channels make short inner loops. Rows of `fold` pixels are taken for one pixel of more
// channels, whose sums are added up in the end.
constexpr size_t kFoldedChannels = 64;
size_t FoldFactor(size_t channels) {
  return channels >= kFoldedChannels ? 1 : kFoldedChannels / channels;
}

// Sums of one block; [channels] sums, then [channels] sums of squares.
template <typename T>
void SumBlock(const T* input, size_t pixels, size_t channels, typename Accumulator<T>::Type* sums) {
  using Sum = typename Accumulator<T>::Type;
  std::fill_n(sums, 2 * channels, Sum{0});
  const size_t fold = FoldFactor(channels);
  if (fold == 1) return AddPixels(input, pixels, channels, sums, sums + channels);
  const size_t folded = fold * channels;
  Sum folded_sums[2 * kFoldedChannels] = {};
  const size_t rows = pixels / fold;
  AddPixels(input, rows, folded, folded_sums, folded_sums + folded);
  for (size_t i = 0; i < folded; ++i) {
    sums[i % channels] += folded_sums[i];
    sums[channels + i % channels] += folded_sums[folded + i];
  }
  AddPixels(input + rows * folded, pixels - rows * fold, channels, sums, sums + channels);
}

struct Totals {
  std::vector<double> sums;
  std::vector<double> squares;
};

// Whole numbers below 2^53 are exact in double, so the totals of int8 pictures are too.
template <typename T>
Totals SumPicture(const T* input, size_t pixels, size_t channels, const ExecutionContext& context) {
  using Sum = typename Accumulator<T>::Type;
  Sum* partial = static_cast<Sum*>(context.workspace);
  const size_t block = BlockPixels(pixels);
  ParallelForTiles(context.threadpool, pixels, block, [&](size_t begin, size_t end) {
    SumBlock(input + begin * channels, end - begin, channels,
             partial + begin / block * 2 * channels);
  });
  Totals totals{std::vector<double>(channels), std::vector<double>(channels)};
  for (size_t i = 0; i < BlockCount(pixels); ++i, partial += 2 * channels) {
    for (size_t c = 0; c < channels; ++c) {
      totals.sums[c] += static_cast<double>(partial[c]);
      totals.squares[c] += static_cast<double>(partial[channels + c]);
    }
  }
  return totals;
}

}  // namespace

size_t StatisticsWorkspaceBytes(const TensorSpec& input) {
  const size_t sum_bytes = input.type == DataType::kInt8 ? sizeof(int32_t) : sizeof(double);
  return BlockCount(static_cast<size_t>(input.shape.pixels())) * 2 *
         static_cast<size_t>(input.shape.channels) * sum_bytes;
}

ChannelStatistics ComputeStatistics(const TensorView& input, int64_t groups,
                                    const ExecutionContext& context) {
  const size_t pixels = static_cast<size_t>(input.shape.pixels());
  const size_t channels = static_cast<size_t>(input.shape.channels);
  const bool quantized = input.type == DataType::kInt8;
  const Totals totals = quantized ? SumPicture(input.s8(), pixels, channels, context)
                                  : SumPicture(input.f32(), pixels, channels, context);
  const double scale = quantized ? static_cast<double>(input.quantization.scale) : 1.0;
  const double zero_point = quantized ? input.quantization.zero_point : 0.0;
  const size_t group_channels = channels / static_cast<size_t>(groups);
  const double count = static_cast<double>(pixels) * static_cast<double>(group_channels);
  ChannelStatistics statistics{std::vector<float>(channels), std::vector<float>(channels)};
  for (size_t first = 0; first < channels; first += group_channels) {
    double sum = 0.0;
    double squares = 0.0;
    for (size_t c = first; c < first + group_channels; ++c) {
      sum += totals.sums[c];
      squares += totals.squares[c];
    }
    const double mean = sum / count;
    const double variance = std::max(0.0, squares / count - mean * mean);
    for (size_t c = first; c < first + group_channels; ++c) {
      statistics.mean[c] = static_cast<float>((mean - zero_point) * scale);
      statistics.variance[c] = static_cast<float>(variance * scale * scale);
    }
  }
  return statistics;
}

}  // namespace brushwork
