#include "kernels/int8_accumulate.h"

#ifdef __x86_64__
#include <immintrin.h>

#include <vector>
#endif

namespace brushwork {

#ifdef __x86_64__
namespace {

// Of the functions in a Vector, which are inlined wherever they are used.
#define BRUSHWORK_VECTOR BRUSHWORK_TARGET static inline __attribute__((always_inline))

namespace sse2 {
#define BRUSHWORK_TARGET
struct Vector {
  using Type = __m128i;
  static constexpr size_t kLanes = 4;
  BRUSHWORK_VECTOR Type LoadSums(const int32_t* sums) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(sums));
  }
  BRUSHWORK_VECTOR void StoreSums(Type v, int32_t* sums) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(sums), v);
  }
  BRUSHWORK_VECTOR Type LoadWeights(const int16_t* weights) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights));
  }
  BRUSHWORK_VECTOR Type LoadPair(const void* values) {
    int32_t pair;
    __builtin_memcpy(&pair, values, sizeof(pair));
    return _mm_set1_epi32(pair);
  }
  BRUSHWORK_VECTOR Type Add(Type sums, Type pair, Type weights) {
    return _mm_add_epi32(sums, _mm_madd_epi16(pair, weights));
  }
};
#include "kernels/int8_accumulate_loop.inc"
#undef BRUSHWORK_TARGET

constexpr Int8BlockLoop kLoops[] = {{4, 0.6F, Accumulate<8, 1>}, {8, 1.0F, Accumulate<5, 2>}};
}  // namespace sse2

namespace avx2 {
#define BRUSHWORK_TARGET __attribute__((target("avx2")))
struct Vector {
  using Type = __m256i;
  static constexpr size_t kLanes = 8;
  BRUSHWORK_VECTOR Type LoadSums(const int32_t* sums) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums));
  }
  BRUSHWORK_VECTOR void StoreSums(Type v, int32_t* sums) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), v);
  }
  BRUSHWORK_VECTOR Type LoadWeights(const int16_t* weights) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
  }
  BRUSHWORK_VECTOR Type LoadPair(const void* values) {
    int32_t pair;
    __builtin_memcpy(&pair, values, sizeof(pair));
    return _mm256_set1_epi32(pair);
  }
  BRUSHWORK_VECTOR Type Add(Type sums, Type pair, Type weights) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pair, weights));
  }
};
#include "kernels/int8_accumulate_loop.inc"
#undef BRUSHWORK_TARGET

constexpr Int8BlockLoop kLoops[] = {
    {4, 0.45F, sse2::Accumulate<8, 1>}, {8, 0.6F, Accumulate<10, 1>}, {16, 1.0F, Accumulate<6, 2>}};
}  // namespace avx2

// Without vpdpwssd, 512 bits were no faster than 256.
namespace vnni {
#define BRUSHWORK_TARGET __attribute__((target("avx512bw,avx512vnni")))
struct Vector {
  using Type = __m512i;
  static constexpr size_t kLanes = 16;
  BRUSHWORK_VECTOR Type LoadSums(const int32_t* sums) { return _mm512_loadu_si512(sums); }
  BRUSHWORK_VECTOR void StoreSums(Type v, int32_t* sums) { _mm512_storeu_si512(sums, v); }
  BRUSHWORK_VECTOR Type LoadWeights(const int16_t* weights) { return _mm512_loadu_si512(weights); }
  BRUSHWORK_VECTOR Type LoadPair(const void* values) {
    int32_t pair;
    __builtin_memcpy(&pair, values, sizeof(pair));
    return _mm512_set1_epi32(pair);
  }
  BRUSHWORK_VECTOR Type Add(Type sums, Type pair, Type weights) {
    return _mm512_dpwssd_epi32(sums, pair, weights);
  }
};
#include "kernels/int8_accumulate_loop.inc"
#undef BRUSHWORK_TARGET

constexpr Int8BlockLoop kLoops[] = {{4, 0.7F, sse2::Accumulate<8, 1>},
                                    {8, 0.9F, avx2::Accumulate<10, 1>},
                                    {16, 1.0F, Accumulate<12, 1>}};
}  // namespace vnni

std::vector<Int8InstructionSet> FindInstructionSets() {
  std::vector<Int8InstructionSet> sets;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni")) {
    // Vectors of pixels begin anywhere, and 512 bits then lie across two cache lines every time.
    sets.push_back({"AVX-512 VNNI", vnni::kLoops, avx2::AccumulateFew<3>});
  }
  if (__builtin_cpu_supports("avx2"))
    sets.push_back({"AVX2", avx2::kLoops, avx2::AccumulateFew<3>});
  sets.push_back({"SSE2", sse2::kLoops, sse2::AccumulateFew<3>});
  return sets;
}

}  // namespace

std::span<const Int8InstructionSet> X86Int8InstructionSets() {
  static const std::vector<Int8InstructionSet> kSets = FindInstructionSets();
  return kSets;
}
#else
std::span<const Int8InstructionSet> X86Int8InstructionSets() { return {}; }
#endif

}  // namespace brushwork
