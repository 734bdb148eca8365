// Two of XNNPACK's WebAssembly kernels (f32-qs8-vcvt-wasmsimd-magic-u32.c and its qu8 twin) include
// <arm_neon.h> by mistake: they use WebAssembly intrinsics only. This folder stands in front of the
// compiler's own headers so that they get those.
#include <wasm_simd128.h>
