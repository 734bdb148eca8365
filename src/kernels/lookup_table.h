// int8 → int8 by a table: any function of one value costs the same, however hard it is.
#pragma once

#include <array>

#include "kernels/kernel.h"
#include "kernels/rounding.h"

namespace brushwork {

// Output of every input value, at index value + 128.
using LookupTable = std::array<int8_t, 256>;

// table[v] = quantize(function(dequantize(v))).
template <typename Function>
LookupTable MakeLookupTable(const Quantization& input, const Quantization& output,
                            const Function& function) {
  LookupTable table;
  for (int value = -128; value <= 127; ++value) {
    const float real = DequantizeValue(static_cast<int8_t>(value), input);
    table[static_cast<size_t>(value) + 128] = QuantizeValue(function(real), output);
  }
  return table;
}

// Maps `elements` values.
void ApplyLookupTable(const LookupTable& table, const int8_t* input, int8_t* output,
                      size_t elements, pthreadpool_t threadpool);

}  // namespace brushwork
