#include "kernels/int8_accumulate.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace brushwork {

#ifdef __wasm_simd128__
namespace {

// kPixels × kVectors sums of four channels stay in registers, of which x86-64 has 16: a weight
// vector and an activation are loaded for several products each. More sums would be spilled.
template <size_t kPixels, size_t kVectors>
inline __attribute__((always_inline)) void AccumulateTile(const Int8Accumulation& a,
                                                          const int16_t* const* rows, size_t offset,
                                                          const int16_t* weights,
                                                          const int32_t* initial, int32_t* sums) {
  v128_t totals[kPixels][kVectors];
  for (size_t p = 0; p < kPixels; ++p) {
    for (size_t v = 0; v < kVectors; ++v) totals[p][v] = wasm_v128_load(initial + 4 * v);
  }
  for (size_t r = 0; r < a.row_count; ++r) {
    const int16_t* values = rows[r] + offset;
    const int16_t* end = values + a.run;
    for (; values < end; values += 2, weights += 8 * kVectors) {
      v128_t w[kVectors];
      for (size_t v = 0; v < kVectors; ++v) w[v] = wasm_v128_load(weights + 8 * v);
      for (size_t p = 0; p < kPixels; ++p) {
        const v128_t value = wasm_v128_load32_splat(values + p * a.pixel_stride);
        for (size_t v = 0; v < kVectors; ++v) {
          totals[p][v] = wasm_i32x4_add(totals[p][v], wasm_i32x4_dot_i16x8(value, w[v]));
        }
      }
    }
  }
  for (size_t p = 0; p < kPixels; ++p) {
    for (size_t v = 0; v < kVectors; ++v) {
      wasm_v128_store(sums + 4 * (p * kVectors + v), totals[p][v]);
    }
  }
}

// One tile of `pixels` <= kPixels pixels.
template <size_t kPixels, size_t kVectors>
inline __attribute__((always_inline)) void AccumulateTileOf(size_t pixels,
                                                            const Int8Accumulation& a,
                                                            const int16_t* const* rows,
                                                            size_t offset, const int16_t* weights,
                                                            const int32_t* initial, int32_t* sums) {
  if (pixels == kPixels) {
    AccumulateTile<kPixels, kVectors>(a, rows, offset, weights, initial, sums);
  } else if constexpr (kPixels > 1) {
    AccumulateTileOf<kPixels - 1, kVectors>(pixels, a, rows, offset, weights, initial, sums);
  }
}

template <size_t kPixels, size_t kVectors>
void Accumulate(const Int8Accumulation& a) {
  constexpr size_t kBlock = 4 * kVectors;
  // Tiles of about equal size: four and four pixels are faster than five and three.
  const size_t tiles = (a.pixels + kPixels - 1) / kPixels;
  for (size_t b = 0; b < a.batch; ++b) {
    const int16_t* const* rows = a.rows + b * a.row_count;
    const int16_t* weights = a.weights + b * a.row_count * a.run * kBlock;
    int32_t* sums = a.sums + b * a.pixels * kBlock;
    size_t pixel = 0;
    for (size_t tile = 0; tile < tiles; ++tile) {
      const size_t pixels = (a.pixels - pixel + tiles - tile - 1) / (tiles - tile);
      AccumulateTileOf<kPixels, kVectors>(pixels, a, rows, pixel * a.pixel_stride, weights,
                                          a.initial + b * kBlock, sums + pixel * kBlock);
      pixel += pixels;
    }
  }
}

constexpr Int8BlockLoop kLoops[] = {
    {4, 0.66F, Accumulate<8, 1>}, {8, 1.0F, Accumulate<5, 2>}, {12, 1.49F, Accumulate<3, 3>}};
constexpr Int8InstructionSet kSets[] = {{"WebAssembly SIMD128", kLoops}};

}  // namespace

std::span<const Int8InstructionSet> WasmInt8InstructionSets() { return kSets; }
#else
std::span<const Int8InstructionSet> WasmInt8InstructionSets() { return {}; }
#endif

}  // namespace brushwork
