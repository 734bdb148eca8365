// A clip whose motion is known.
#pragma once

#include <cmath>

#include "image/image.h"
#include "tests/support/picture_builder.h"
#include "tests/support/random.h"

namespace brushwork::testing {

// Smooth blobs of all sizes, as far as one wants to go.
inline double SceneAt(double x, double y) {
  return 128 + 35 * std::sin(0.11 * x + 0.05 * y) + 30 * std::sin(0.07 * x - 0.13 * y + 1) +
         20 * std::sin(0.31 * x + 0.02 * y + 2) * std::cos(0.27 * y);
}

// The scene seen from (left, top), in colour.
inline Image SceneFrom(int width, int height, double left, double top, double light = 0) {
  return MakeImage(width, height, [&](int x, int y) {
    const double value = SceneAt(x + left, y + top) + light;
    const auto byte = [](double v) {
      return static_cast<uint8_t>(std::fmin(255, std::fmax(0, v)));
    };
    return Rgba{byte(value), byte(0.8 * value + 20), byte(255 - value), 255};
  });
}

// With noise of up to `amplitude` in every channel but alpha, other noise for every seed.
inline Image WithNoise(Image image, int amplitude, uint32_t seed) {
  Random random(seed);
  for (int64_t i = 0; i < image.pixel_count() * 4; ++i) {
    if (i % 4 == 3) continue;
    const int64_t value = image.data()[i] + random.Integer(-amplitude, amplitude);
    image.data()[i] = static_cast<uint8_t>(std::min<int64_t>(255, std::max<int64_t>(0, value)));
  }
  return image;
}

}  // namespace brushwork::testing
