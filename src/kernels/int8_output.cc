#include "kernels/int8_output.h"

#include "kernels/int8_accumulate.h"
#include "kernels/int8_transform.h"
#include "kernels/rounding.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace brushwork {
namespace {

// Vectors of the compiler's own kind; only what these have no operator for takes intrinsics.
using Floats __attribute__((vector_size(16))) = float;
using Ints __attribute__((vector_size(16))) = int32_t;
using Sums __attribute__((vector_size(16))) = uint32_t;  // wrap around
using Bytes __attribute__((vector_size(16))) = int8_t;

// kernels/rounding.h's Clamp.
BRUSHWORK_INLINE Floats ClampVector(Floats value, Floats low, Floats high) {
#if defined(__wasm_simd128__)
  return reinterpret_cast<Floats>(wasm_f32x4_pmin(
      reinterpret_cast<v128_t>(high),
      wasm_f32x4_pmax(reinterpret_cast<v128_t>(low), reinterpret_cast<v128_t>(value))));
#elif defined(__SSE2__)
  return reinterpret_cast<Floats>(
      _mm_min_ps(_mm_max_ps(reinterpret_cast<__m128>(value), reinterpret_cast<__m128>(low)),
                 reinterpret_cast<__m128>(high)));
#else
  value = value > low ? value : low;
  return value < high ? value : high;
#endif
}

// All values are within [-128, 127].
BRUSHWORK_INLINE Bytes Narrow(const Ints* v) {
#if defined(__wasm_simd128__)
  const auto narrow = [](Ints a, Ints b) BRUSHWORK_INLINE_LAMBDA {
    return wasm_i16x8_narrow_i32x4(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b));
  };
  return reinterpret_cast<Bytes>(wasm_i8x16_narrow_i16x8(narrow(v[0], v[1]), narrow(v[2], v[3])));
#elif defined(__SSE2__)
  const auto narrow = [](Ints a, Ints b) BRUSHWORK_INLINE_LAMBDA {
    return _mm_packs_epi32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b));
  };
  return reinterpret_cast<Bytes>(_mm_packs_epi16(narrow(v[0], v[1]), narrow(v[2], v[3])));
#else
  Bytes bytes = {};
  for (int i = 0; i < 16; ++i) bytes[i] = static_cast<int8_t>(v[i / 4][i % 4]);
  return bytes;
#endif
}

// Where four channels of the streams go. Streams that aren't wanted write to memory of their own.
template <typename Out>
struct Cursor {
  Out* data[4];
  int64_t stride[4];
  Out nowhere[4];

  Cursor(const Int8Outputs& outputs, int64_t channel) {
    for (size_t i = 0; i < 4; ++i) {
      const bool wanted = outputs.data[i] != nullptr;
      data[i] = wanted ? static_cast<Out*>(outputs.data[i]) + channel : nowhere;
      stride[i] = wanted ? outputs.stride : 0;
    }
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  BRUSHWORK_INLINE void Advance() {
    BRUSHWORK_UNROLL
    for (size_t i = 0; i < 4; ++i) data[i] += stride[i];
  }
};

// The constants of four channels.
struct Requantizer {
  Floats multiplier;
  Floats offset;
  Floats low;
  Floats high;
  Ints bits;

  BRUSHWORK_INLINE Requantizer(const Int8Requantization& r, int64_t channel)
      : bits(__builtin_bit_cast(int32_t, kWholeNumbers) - r.zero_point + Ints{}) {
    __builtin_memcpy(&multiplier, r.multiplier.data() + channel, sizeof(Floats));
    __builtin_memcpy(&offset, r.offset.data() + channel, sizeof(Floats));
    __builtin_memcpy(&low, r.low.data() + channel, sizeof(Floats));
    __builtin_memcpy(&high, r.high.data() + channel, sizeof(Floats));
  }

  BRUSHWORK_INLINE Floats Map(Ints sums) const {
    return ClampVector(__builtin_convertvector(sums, Floats) * multiplier + offset, low, high);
  }

  // The next pixel of every stream; `kLanes` of the four channels exist.
  template <int kLanes>
  BRUSHWORK_INLINE void Store(const Ints* sums, Cursor<float>& cursor) const {
    BRUSHWORK_UNROLL
    for (size_t i = 0; i < 4; ++i) {
      const Floats values = Map(sums[i]);
      __builtin_memcpy(cursor.data[i], &values, kLanes * sizeof(float));
    }
    cursor.Advance();
  }

  template <int kLanes>
  BRUSHWORK_INLINE void Store(const Ints* sums, Cursor<int8_t>& cursor) const {
    Ints rounded[4];
    BRUSHWORK_UNROLL
    for (size_t i = 0; i < 4; ++i) {
      rounded[i] = reinterpret_cast<Ints>(Map(sums[i]) + kWholeNumbers) - bits;
    }
    const Bytes bytes = Narrow(rounded);
    const Ints words = reinterpret_cast<Ints>(bytes);
    BRUSHWORK_UNROLL
    for (size_t i = 0; i < 4; ++i) {
      const int32_t word = words[i];
      __builtin_memcpy(cursor.data[i], &word, kLanes);
    }
    cursor.Advance();
  }
};

struct SumsSource {
  const int32_t* sums;
  int64_t block;

  BRUSHWORK_INLINE void Read(int64_t step, int64_t lane, Ints* values) const {
    BRUSHWORK_UNROLL
    for (int64_t i = 0; i < 4; ++i) {
      __builtin_memcpy(values + i, sums + (4 * step + i) * block + lane, sizeof(Ints));
    }
  }
};

template <typename Transform, int kOuterShift>
struct ProductsSource {
  const int32_t* m;
  size_t m_step;
  int64_t block;

  BRUSHWORK_INLINE void Read(int64_t step, int64_t lane, Ints* values) const {
    constexpr uint32_t kInverse =
        Transform::kInverse * (kOuterShift == 0 ? 1 : Transform::kInverse);
    Sums products[Transform::kProducts];
    Sums outputs[4];
    BRUSHWORK_UNROLL
    for (size_t j = 0; j < Transform::kProducts; ++j) {
      __builtin_memcpy(products + j, m + j * m_step + step * block + lane, sizeof(Sums));
    }
    Transform::TransformProducts(products, outputs);
    BRUSHWORK_UNROLL
    for (size_t i = 0; i < 4; ++i) {
      if (kInverse != 1) outputs[i] *= kInverse;
      values[i] = reinterpret_cast<Ints>(outputs[i]) >> (Transform::kShifts[i] + kOuterShift);
    }
  }
};

template <int kLanes, typename Out, typename Source>
BRUSHWORK_INLINE void StoreLanes(const Int8Outputs& outputs, const Source& source, int64_t steps,
                                 int64_t lane) {
  const Requantizer requantizer(outputs.requantization, outputs.block.first_channel + lane);
  Cursor<Out> cursor(outputs, lane);
  for (int64_t step = 0; step < steps; ++step) {
    Ints values[4];
    source.Read(step, lane, values);
    requantizer.template Store<kLanes>(values, cursor);
  }
}

template <typename Out, typename Source>
BRUSHWORK_INLINE void StoreBlock(const Int8Outputs& outputs, const Source& source, int64_t steps) {
  const int64_t channels = outputs.block.channels;
  int64_t lane = 0;
  for (; lane + 4 <= channels; lane += 4) StoreLanes<4, Out>(outputs, source, steps, lane);
  if (channels - lane == 3) StoreLanes<3, Out>(outputs, source, steps, lane);
  if (channels - lane == 2) StoreLanes<2, Out>(outputs, source, steps, lane);
  if (channels - lane == 1) StoreLanes<1, Out>(outputs, source, steps, lane);
}

template <typename Source>
BRUSHWORK_INLINE void StoreAny(const Int8Outputs& outputs, const Source& source, int64_t steps) {
  if (outputs.type == DataType::kInt8) {
    StoreBlock<int8_t>(outputs, source, steps);
  } else {
    StoreBlock<float>(outputs, source, steps);
  }
}

BRUSHWORK_VECTORIZED void StoreFourPixels(const Int8Outputs& outputs, const int32_t* sums,
                                          int64_t steps) {
  StoreAny(outputs, SumsSource{sums, outputs.block.block}, steps);
}

}  // namespace

void StoreSums(const Int8Outputs& outputs, const int32_t* sums, int64_t pixels) {
  // The stream in four: its pixels 0, 4, …, 1, 5, … and so on.
  Int8Outputs four = outputs;
  four.stride = 4 * outputs.stride;
  const int64_t pixel_bytes = outputs.stride * static_cast<int64_t>(ByteSize(outputs.type));
  uint8_t* data = static_cast<uint8_t*>(outputs.data[0]);
  for (int64_t i = 0; i < 4; ++i) four.data[static_cast<size_t>(i)] = data + i * pixel_bytes;
  StoreFourPixels(four, sums, pixels / 4);
  if (pixels % 4 == 0) return;
  const int64_t done = pixels / 4 * 4;
  for (int64_t i = 0; i < 4; ++i) {
    const bool wanted = done + i < pixels;
    four.data[static_cast<size_t>(i)] = wanted ? data + (done + i) * pixel_bytes : nullptr;
  }
  StoreFourPixels(four, sums + done * outputs.block.block, 1);
}

template <typename Transform, int kOuterShift>
BRUSHWORK_VECTORIZED void StoreProducts(const Int8Outputs& outputs, const int32_t* m, size_t step,
                                        int64_t pixels) {
  StoreAny(outputs, ProductsSource<Transform, kOuterShift>{m, step, outputs.block.block}, pixels);
}

template void StoreProducts<FourOutputs, 0>(const Int8Outputs&, const int32_t*, size_t, int64_t);
template void StoreProducts<FourOutputs, 2>(const Int8Outputs&, const int32_t*, size_t, int64_t);
template void StoreProducts<FourOutputs, 3>(const Int8Outputs&, const int32_t*, size_t, int64_t);
template void StoreProducts<FourEnlargedOutputs, 1>(const Int8Outputs&, const int32_t*, size_t,
                                                    int64_t);

}  // namespace brushwork
