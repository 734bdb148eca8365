#include "kernels/int8_requantization.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/int8_accumulate.h"
#include "kernels/rounding.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace brushwork {
namespace {

// y = scale * x + shift on the real values behind the convolution, for one channel.
struct RealMap {
  double scale = 1.0;
  double shift = 0.0;
};

RealMap NormalizationMap(const NormalizationLayer& layer, const ChannelStatistics& statistics,
                         size_t c) {
  const double variance =
      static_cast<double>(statistics.variance[c]) + static_cast<double>(layer.epsilon);
  const double multiplier =
      variance > 0.0 ? static_cast<double>(layer.scale[c]) / std::sqrt(variance) : 0.0;
  // The convolution computes x / input_scale; statistics are those of x.
  const double input_scale =
      layer.input_scale.empty() ? 1.0 : static_cast<double>(layer.input_scale[c]);
  return {multiplier * input_scale, static_cast<double>(layer.shift[c]) -
                                        static_cast<double>(statistics.mean[c]) * multiplier};
}

struct Limits {
  double low;
  double high;

  // Of Clamp(x, *this) followed by Clamp(x, outer).
  Limits Within(const Limits& outer) const {
    return {std::clamp(low, outer.low, outer.high), std::clamp(high, outer.low, outer.high)};
  }
};

Limits LimitsOf(const OutputRange& range) {
  return {static_cast<double>(range.minimum), static_cast<double>(range.maximum)};
}

// What becomes of limits before the map. A map to a constant leaves nothing to limit.
Limits Mapped(const Limits& limits, const RealMap& map) {
  if (map.scale == 0.0) return {-INFINITY, INFINITY};
  const double a = limits.low * map.scale + map.shift;
  const double b = limits.high * map.scale + map.shift;
  return {std::min(a, b), std::max(a, b)};
}

Limits OutputLimits(const Int8ConvolutionSpec& spec, const RealMap& map) {
  Limits limits = Mapped(LimitsOf(spec.range), map);
  if (spec.normalization) limits = limits.Within(LimitsOf(spec.normalized_range));
  if (spec.output.type == DataType::kFloat32) return limits;
  const double scale = static_cast<double>(spec.output.quantization.scale);
  const double zero_point = spec.output.quantization.zero_point;
  return Limits{limits.low / scale, limits.high / scale}.Within(
      {-128.0 - zero_point, 127.0 - zero_point});
}

}  // namespace

Int8Requantization FoldRequantization(const Int8ConvolutionSpec& spec,
                                      const ChannelStatistics* statistics) {
  const bool quantized = spec.output.type == DataType::kInt8;
  const double output_scale = quantized ? static_cast<double>(spec.output.quantization.scale) : 1.0;
  const ConvolutionLayer& layer = spec.layer;
  const size_t channels = layer.bias.size();
  const std::vector<float> zeros(channels + static_cast<size_t>(kMaximumInt8Block));
  Int8Requantization result{zeros, zeros, zeros, zeros,
                            quantized ? spec.output.quantization.zero_point : 0};
  for (size_t c = 0; c < channels; ++c) {
    RealMap map;
    if (spec.normalization) map = NormalizationMap(*spec.normalization, *statistics, c);
    const double sum_scale = static_cast<double>(spec.input.quantization.scale) *
                             static_cast<double>(layer.filter->scales[c]);
    const double bias = static_cast<double>(layer.bias[c]);
    const Limits limits = OutputLimits(spec, map);
    result.multiplier[c] = static_cast<float>(sum_scale * map.scale / output_scale);
    result.offset[c] = static_cast<float>((bias * map.scale + map.shift) / output_scale);
    result.low[c] = static_cast<float>(limits.low);
    result.high[c] = static_cast<float>(limits.high);
  }
  return result;
}

namespace {

// Four floats or sums at once, in the order of operations that the header states.
#if defined(__wasm_simd128__)
using Vector = v128_t;
BRUSHWORK_INLINE Vector Load(const float* values) { return wasm_v128_load(values); }
BRUSHWORK_INLINE Vector Splat(int32_t value) { return wasm_i32x4_splat(value); }
BRUSHWORK_INLINE void Store(Vector v, void* output) { wasm_v128_store(output, v); }
BRUSHWORK_INLINE Vector Apply(const int32_t* sums, Vector multiplier, Vector offset, Vector low,
                              Vector high) {
  const Vector sum = wasm_f32x4_convert_i32x4(wasm_v128_load(sums));
  const Vector value = wasm_f32x4_add(wasm_f32x4_mul(sum, multiplier), offset);
  return wasm_f32x4_pmin(high, wasm_f32x4_pmax(low, value));
}
BRUSHWORK_INLINE Vector Round(Vector value, Vector bits) {
  const Vector magic = wasm_f32x4_splat(kWholeNumbers);
  return wasm_i32x4_sub(wasm_f32x4_add(value, magic), bits);
}
BRUSHWORK_INLINE Vector Narrow(Vector a, Vector b) { return wasm_i16x8_narrow_i32x4(a, b); }
BRUSHWORK_INLINE void StoreBytes(Vector shorts, size_t count, int8_t* output) {
  const Vector bytes = wasm_i8x16_narrow_i16x8(shorts, shorts);
  if (count == 8) {
    wasm_v128_store64_lane(output, bytes, 0);
  } else {
    wasm_v128_store32_lane(output, bytes, 0);
  }
}
#elif defined(__SSE2__)
using Vector = __m128;
BRUSHWORK_INLINE Vector Load(const float* values) { return _mm_loadu_ps(values); }
BRUSHWORK_INLINE __m128i Splat(int32_t value) { return _mm_set1_epi32(value); }
BRUSHWORK_INLINE void Store(Vector v, float* output) { _mm_storeu_ps(output, v); }
BRUSHWORK_INLINE Vector Apply(const int32_t* sums, Vector multiplier, Vector offset, Vector low,
                              Vector high) {
  const Vector sum = _mm_cvtepi32_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sums)));
  const Vector value = _mm_add_ps(_mm_mul_ps(sum, multiplier), offset);
  return _mm_min_ps(_mm_max_ps(value, low), high);
}
BRUSHWORK_INLINE __m128i Round(Vector value, __m128i bits) {
  const Vector magic = _mm_set1_ps(kWholeNumbers);
  return _mm_sub_epi32(_mm_castps_si128(_mm_add_ps(value, magic)), bits);
}
BRUSHWORK_INLINE __m128i Narrow(__m128i a, __m128i b) { return _mm_packs_epi32(a, b); }
BRUSHWORK_INLINE void StoreBytes(__m128i shorts, size_t count, int8_t* output) {
  const __m128i bytes = _mm_packs_epi16(shorts, shorts);
  if (count == 8) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(output), bytes);
  } else {
    const int32_t four = _mm_cvtsi128_si32(bytes);
    std::memcpy(output, &four, sizeof(four));
  }
}
#endif

#if defined(__wasm_simd128__) || defined(__SSE2__)
#define BRUSHWORK_VECTOR_REQUANTIZATION
// The constants of a block's channels in registers.
template <size_t kVectors>
struct Constants {
  Vector multiplier[kVectors];
  Vector offset[kVectors];
  Vector low[kVectors];
  Vector high[kVectors];

  Constants(const Int8Requantization& r, size_t first) {
    BRUSHWORK_UNROLL
    for (size_t v = 0; v < kVectors; ++v) {
      multiplier[v] = Load(r.multiplier.data() + first + 4 * v);
      offset[v] = Load(r.offset.data() + first + 4 * v);
      low[v] = Load(r.low.data() + first + 4 * v);
      high[v] = Load(r.high.data() + first + 4 * v);
    }
  }
  BRUSHWORK_INLINE Vector Map(const int32_t* sums, size_t v) const {
    return Apply(sums + 4 * v, multiplier[v], offset[v], low[v], high[v]);
  }
};

// All channels of the block exist.
template <size_t kVectors>
void WholeBlocks(const Int8Requantization& r, size_t first, const int32_t* sums, int64_t pixels,
                 float* output, int64_t stride) {
  const Constants<kVectors> constants(r, first);
  for (int64_t p = 0; p < pixels; ++p, sums += 4 * kVectors, output += stride) {
    BRUSHWORK_UNROLL
    for (size_t v = 0; v < kVectors; ++v) Store(constants.Map(sums, v), output + 4 * v);
  }
}

template <size_t kVectors>
void WholeBlocks(const Int8Requantization& r, size_t first, const int32_t* sums, int64_t pixels,
                 int8_t* output, int64_t stride) {
  const Constants<kVectors> constants(r, first);
  const auto bits = Splat(__builtin_bit_cast(int32_t, kWholeNumbers) - r.zero_point);
  for (int64_t p = 0; p < pixels; ++p, sums += 4 * kVectors, output += stride) {
    BRUSHWORK_UNROLL
    for (size_t v = 0; v < kVectors; v += 2) {
      const auto a = Round(constants.Map(sums, v), bits);
      if (v + 1 < kVectors) {
        StoreBytes(Narrow(a, Round(constants.Map(sums, v + 1), bits)), 8, output + 4 * v);
      } else {
        StoreBytes(Narrow(a, a), 4, output + 4 * v);
      }
    }
  }
}
#else
template <size_t kVectors>
void WholeBlocks(const Int8Requantization& r, size_t first, const int32_t* sums, int64_t pixels,
                 float* output, int64_t stride) {
  constexpr size_t kBlock = 4 * kVectors;
  for (int64_t p = 0; p < pixels; ++p, sums += kBlock, output += stride) {
    for (size_t o = 0; o < kBlock; ++o) {
      const size_t c = first + o;
      const float value = static_cast<float>(sums[o]) * r.multiplier[c] + r.offset[c];
      output[o] = Clamp(value, r.low[c], r.high[c]);
    }
  }
}

template <size_t kVectors>
void WholeBlocks(const Int8Requantization& r, size_t first, const int32_t* sums, int64_t pixels,
                 int8_t* output, int64_t stride) {
  constexpr size_t kBlock = 4 * kVectors;
  for (int64_t p = 0; p < pixels; ++p, sums += kBlock, output += stride) {
    float values[kBlock];
    WholeBlocks<kVectors>(r, first, sums, 1, values, 0);
    for (size_t o = 0; o < kBlock; ++o) {
      output[o] = static_cast<int8_t>(RoundHalfEven(values[o]) + r.zero_point);
    }
  }
}
#endif

template <typename Out>
void RequantizeBlock(const Int8Requantization& r, const Int8ChannelBlock& block,
                     const int32_t* sums, int64_t pixels, Out* output, int64_t stride) {
  const size_t first = static_cast<size_t>(block.first_channel);
  switch (block.block / 4) {
    case 1:
      return WholeBlocks<1>(r, first, sums, pixels, output, stride);
    case 2:
      return WholeBlocks<2>(r, first, sums, pixels, output, stride);
    case 3:
      return WholeBlocks<3>(r, first, sums, pixels, output, stride);
    default:
      return WholeBlocks<4>(r, first, sums, pixels, output, stride);
  }
}

// Blocks of which only some channels exist pass through memory, some pixels at a time.
template <typename Out>
void RequantizeAny(const Int8Requantization& r, const Int8ChannelBlock& block, const int32_t* sums,
                   int64_t pixels, Out* output, int64_t stride) {
  if (block.channels == block.block) {
    return RequantizeBlock(r, block, sums, pixels, output, stride);
  }
  constexpr int64_t kPixels = 16;
  Out values[kPixels * kMaximumInt8Block];
  for (int64_t begin = 0; begin < pixels; begin += kPixels) {
    const int64_t count = std::min(kPixels, pixels - begin);
    RequantizeBlock(r, block, sums + begin * block.block, count, values, block.block);
    for (int64_t p = 0; p < count; ++p) {
      std::copy_n(values + p * block.block, block.channels, output + (begin + p) * stride);
    }
  }
}

}  // namespace

void Requantize(const Int8Requantization& requantization, const Int8ChannelBlock& block,
                const int32_t* sums, int64_t pixels, int8_t* output, int64_t stride) {
  RequantizeAny(requantization, block, sums, pixels, output, stride);
}

void Requantize(const Int8Requantization& requantization, const Int8ChannelBlock& block,
                const int32_t* sums, int64_t pixels, float* output, int64_t stride) {
  RequantizeAny(requantization, block, sums, pixels, output, stride);
}

}  // namespace brushwork
