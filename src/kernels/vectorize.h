// Marks the few functions whose loops the compiler has to vectorize. Natively on x86-64 they are
// compiled a second time for AVX2 and chosen at program start; without fused multiply-add, so that
// every processor computes the same. Elsewhere (WebAssembly, Arm) one version is enough.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define BRUSHWORK_NO_CLONES
#endif
#endif
// The choice is made before the sanitizers have started.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BRUSHWORK_NO_CLONES
#endif

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(BRUSHWORK_NO_CLONES)
// GCC's -O2 vectorizes only loops whose lengths it knows, and as long as floating point might trap
// it keeps the branch of every conditional expression.
#define BRUSHWORK_VECTORIZED \
  __attribute__((target_clones("avx2", "default"), optimize("O3", "no-trapping-math")))
#else
#define BRUSHWORK_VECTORIZED
#endif

// What such functions call in their loops. GCC does not inline across different options unless told
// to, not even std::bit_cast, so nothing else may be called there.
#define BRUSHWORK_INLINE inline __attribute__((always_inline))
#define BRUSHWORK_INLINE_LAMBDA __attribute__((always_inline))

// Before a loop that makes int8 of float: sixteen at a time fill one vector of results. LLVM counts
// the float vectors instead, and stores four bytes at a time.
#if defined(__clang__)
#define BRUSHWORK_SIXTEEN_AT_A_TIME _Pragma("clang loop vectorize_width(16)")
#else
#define BRUSHWORK_SIXTEEN_AT_A_TIME
#endif
