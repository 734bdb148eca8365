// The most multiply-adds a second that this engine's vector instructions give, for `roofline`: the
// inner loop of a matrix product without everything around it. Eight accumulators and six operands
// fill the 16 registers that x86-64 has; the operands come from memory that stays in the
// first-level cache, since what never changes would be moved out of the loop.
#ifdef __wasm_relaxed_simd__  // Tools that read all sources as native ones find nothing here.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(name)))

namespace {

constexpr int kRows = 4;
constexpr int kColumns = 2;
constexpr int kOperands = 64;

v128_t operands[kOperands + kRows];
v128_t sink;

// Calls `multiply_add(a, b, sum)` for each of the eight accumulators, `rounds` times.
template <class MultiplyAdd>
inline void Run(int rounds, MultiplyAdd multiply_add) {
  v128_t sums[kRows][kColumns] = {};
  for (int round = 0; round < rounds; ++round) {
    const v128_t* operand = operands + (round & (kOperands - 1));
    v128_t columns[kColumns];
    for (int column = 0; column < kColumns; ++column) columns[column] = operand[column + 1];
    for (int row = 0; row < kRows; ++row) {
      const v128_t value = operand[row];
      for (int column = 0; column < kColumns; ++column) {
        sums[row][column] = multiply_add(value, columns[column], sums[row][column]);
      }
    }
  }
  for (const auto& row : sums) {
    for (const v128_t sum : row) sink = wasm_i32x4_add(sink, sum);
  }
}

}  // namespace

extern "C" {

// Without it the operands would be known to be zero, and the products not computed at all.
EXPORT("fill") void Fill(int seed) {
  for (v128_t& operand : operands) {
    seed = seed * 1664525 + 1013904223;
    operand = wasm_v128_and(wasm_i32x4_splat(seed), wasm_i8x16_splat(0x7F));
  }
}

// Multiply-adds of one round: accumulators times the multiply-adds of one instruction.

EXPORT("relaxed_int8_per_round") int RelaxedInt8PerRound() { return kRows * kColumns * 16; }
EXPORT("relaxed_int8") void RelaxedInt8(int rounds) {
  Run(rounds, [](v128_t a, v128_t b, v128_t sum) {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(a, b, sum);
  });
}

EXPORT("plain_int16_per_round") int PlainInt16PerRound() { return kRows * kColumns * 8; }
EXPORT("plain_int16") void PlainInt16(int rounds) {
  Run(rounds, [](v128_t a, v128_t b, v128_t sum) {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a, b));
  });
}

EXPORT("relaxed_float_per_round") int RelaxedFloatPerRound() { return kRows * kColumns * 4; }
EXPORT("relaxed_float") void RelaxedFloat(int rounds) {
  Run(rounds, [](v128_t a, v128_t b, v128_t sum) { return wasm_f32x4_relaxed_madd(a, b, sum); });
}
}

#endif  // __wasm_relaxed_simd__
