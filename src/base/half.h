// IEEE 754 half-precision floats, as their 16 bits.
#pragma once

#include <cmath>
#include <cstdint>

namespace brushwork {

inline float HalfToFloat(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  if (exponent == 31) return mantissa == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

// The nearest half, ties to even. Values beyond the largest one become infinite. `value` is finite.
inline uint16_t FloatToHalf(float value) {
  const int sign = std::signbit(value) ? 0x8000 : 0;
  int exponent = 0;
  std::frexp(value, &exponent);
  // Halves below 2^-14 are all 2^-24 apart.
  const int unit = exponent < -13 ? -24 : exponent - 11;
  if (value == 0.0F) return static_cast<uint16_t>(sign);
  const int steps = static_cast<int>(std::nearbyint(std::ldexp(std::abs(value), -unit)));
  if (unit > 5) return static_cast<uint16_t>(sign | 0x7C00);
  // Steps carried beyond 2047 give the next exponent's first half, and in the end infinity.
  return static_cast<uint16_t>(sign + (unit + 24) * 1024 + steps);
}

}  // namespace brushwork
