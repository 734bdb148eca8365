// Rounding between real and quantized values, shared by kernels and their references. All of it
// rounds half to even, as ONNX does, and relies on the default floating point rounding mode.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/vectorize.h"
#include "tensor/tensor.h"

namespace brushwork {

// Adding 1.5 * 2^23 to a float within ±2^22 leaves one whose last mantissa bit counts ones; so the
// addition rounds to a whole number, which then is the difference of the bits. Back and forth this
// vectorizes on every target, where nearbyint does not, nor, in LLVM's WebAssembly, int8 to float.
inline constexpr float kWholeNumbers = 12582912.0F;

// The integer nearest to `value`, which must lie within ±2^22.
BRUSHWORK_INLINE int32_t RoundHalfEven(float value) {
  return __builtin_bit_cast(int32_t, value + kWholeNumbers) -
         __builtin_bit_cast(int32_t, kWholeNumbers);
}

// `value`, which must lie within ±2^22, exactly.
BRUSHWORK_INLINE float ToFloat(int32_t value) {
  return __builtin_bit_cast(float, __builtin_bit_cast(int32_t, kWholeNumbers) + value) -
         kWholeNumbers;
}

// `value` limited to [minimum, maximum]; NaN becomes minimum. Written so that compilers use their
// two-operand minimum and maximum instructions.
BRUSHWORK_INLINE float Clamp(float value, float minimum, float maximum) {
  value = value > minimum ? value : minimum;
  return value < maximum ? value : maximum;
}

// ONNX QuantizeLinear: saturate(round(value / scale) + zero_point). The range is limited before
// rounding, which gives the same since its ends are whole numbers.
BRUSHWORK_INLINE int8_t QuantizeValue(float value, const Quantization& quantization) {
  const float zero_point = static_cast<float>(quantization.zero_point);
  const float clamped =
      Clamp(value / quantization.scale, -128.0F - zero_point, 127.0F - zero_point);
  return static_cast<int8_t>(RoundHalfEven(clamped) + quantization.zero_point);
}

// ONNX DequantizeLinear.
BRUSHWORK_INLINE float DequantizeValue(int8_t value, const Quantization& quantization) {
  return ToFloat(value - quantization.zero_point) * quantization.scale;
}

}  // namespace brushwork
