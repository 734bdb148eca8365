// The brightness of a pixel by BT.601, as JPEG's YCbCr has it.
#pragma once

#include <cstdint>

namespace brushwork {

// The weights of red, green and blue sum to 1 << kLumaBits, so the luma of a gray is the gray
// itself.
inline constexpr int kLumaBits = 16;

// Of RGB values or differences of some, each within ±255.
constexpr int32_t LumaSum(int red, int green, int blue) {
  return 19595 * red + 38470 * green + 7471 * blue;
}

// Rounded to nearest.
constexpr uint8_t LumaByte(const uint8_t* rgba) {
  return static_cast<uint8_t>((LumaSum(rgba[0], rgba[1], rgba[2]) + (1 << (kLumaBits - 1))) >>
                              kLumaBits);
}

}  // namespace brushwork
