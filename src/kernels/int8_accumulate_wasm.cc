#include "kernels/int8_accumulate.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace brushwork {

#ifdef __wasm_simd128__
namespace {

struct Vector {
  using Type = v128_t;
  static constexpr size_t kLanes = 4;
  static Type LoadSums(const int32_t* sums) { return wasm_v128_load(sums); }
  static void StoreSums(Type v, int32_t* sums) { wasm_v128_store(sums, v); }
  static Type LoadWeights(const int16_t* weights) { return wasm_v128_load(weights); }
  static Type LoadPair(const void* values) { return wasm_v128_load32_splat(values); }
  static Type Add(Type sums, Type pair, Type weights) {
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(pair, weights));
  }
};
#define BRUSHWORK_TARGET
#include "kernels/int8_accumulate_loop.inc"

// x86-64 has 16 registers. Costs are measured in Chromium.
constexpr Int8BlockLoop kLoops[] = {
    {4, 0.66F, Accumulate<8, 1>}, {8, 1.0F, Accumulate<5, 2>}, {12, 1.49F, Accumulate<3, 3>}};
constexpr Int8InstructionSet kSets[] = {{"WebAssembly SIMD128", kLoops, AccumulateFew<3>}};

}  // namespace

std::span<const Int8InstructionSet> WasmInt8InstructionSets() { return kSets; }
#else
std::span<const Int8InstructionSet> WasmInt8InstructionSets() { return {}; }
#endif

}  // namespace brushwork
