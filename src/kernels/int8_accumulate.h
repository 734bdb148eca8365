// The inner loops of int8 convolution, one implementation for each instruction set: sums of
// products of int16 in int32, modulo 2^32, the same on all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Before a loop over registers, of a length known to the compiler: unless all of it is unrolled,
// they live in memory. GCC's -O2 would not do that by itself.
#if defined(__clang__)
#define BRUSHWORK_UNROLL _Pragma("unroll")
#else
#define BRUSHWORK_UNROLL _Pragma("GCC unroll 16")
#endif

namespace brushwork {

// What one call computes for one block of output channels: for each b < batch, each pixel p and
// each channel o of the block,
//   sums[b][p][o] = initial[b][o] +
//       sum over r < row_count, k < run of rows[b][r][p * pixel_stride + k] * weights[b][r][k][o].
// Values and weights never both are -2^15.
struct Int8Accumulation {
  const int16_t* const* rows = nullptr;  // [batch][row_count]
  size_t batch = 1;
  size_t row_count = 1;
  size_t run = 0;           // even
  size_t pixel_stride = 0;  // int16 values from one pixel to the next
  size_t pixels = 0;
  const int16_t* weights = nullptr;  // [batch][row_count][run / 2][block][2]
  const int32_t* initial = nullptr;  // [batch][block]
  int32_t* sums = nullptr;           // [batch][pixels][block]
};

using Int8Accumulate = void (*)(const Int8Accumulation&);

// The same for at most three output channels, where vectors of channels would be mostly empty:
// vectors of pixels. Values of two channels lie together, and those of neighbouring pixels side by
// side:
//   sums[b][p][o] = initial[b][o] + sum over r < row_count, c < pairs, t < taps, i < 2 of
//       rows[b][r][c][p + t][i] * weights[b][r][c][t][o][i].
struct Int8FewAccumulation {
  const int16_t* const* rows = nullptr;  // [batch][row_count], each [pairs][columns][2]
  size_t batch = 1;
  size_t row_count = 1;
  size_t pairs = 0;
  size_t columns = 0;
  size_t taps = 0;
  size_t pixels =
      0;  // rounded up to kMaximumFewPixels in what is read, and written behind the sums
  const int16_t* weights = nullptr;  // [batch][row_count][pairs][taps][kFewOutputs][2]
  const int32_t* initial = nullptr;  // [batch][kFewOutputs]
  int32_t* sums = nullptr;           // [batch][pixels][kFewBlock]; the fourth is not written
};

using Int8AccumulateFew = void (*)(const Int8FewAccumulation&);

inline constexpr size_t kFewOutputs = 3;
inline constexpr size_t kFewBlock = 4;
inline constexpr size_t kMaximumFewPixels = 32;

// An inner loop for blocks of `block` output channels (a multiple of 4, at most kMaximumInt8Block).
struct Int8BlockLoop {
  int64_t block = 0;
  float cost = 0.0F;  // of one pixel, relative to others of the instruction set
  Int8Accumulate accumulate = nullptr;
};

inline constexpr int64_t kMaximumInt8Block = 16;

struct Int8InstructionSet {
  const char* name = nullptr;
  std::span<const Int8BlockLoop> loops;
  Int8AccumulateFew accumulate_few = nullptr;
};

// Those that this processor has, the best one first, plain C++ last.
std::span<const Int8InstructionSet> Int8InstructionSets();

// The loop that computes this many output channels, in blocks of equal size, fastest.
const Int8BlockLoop& ChooseBlockLoop(const Int8InstructionSet& instructions,
                                     int64_t output_channels);

// Those of one kind of processor, empty elsewhere.
std::span<const Int8InstructionSet> WasmInt8InstructionSets();
std::span<const Int8InstructionSet> X86Int8InstructionSets();

}  // namespace brushwork
