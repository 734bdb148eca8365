// How much two paintings differ.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "tensor/picture.h"

namespace brushwork {

// Peak signal-to-noise ratio in dB of values in the encoding's range; what is beyond it is cut off,
// as in a picture.
inline double PaintingPsnr(std::span<const float> a, std::span<const float> b,
                           const ColorEncoding& encoding) {
  double squares = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    const float difference = std::clamp(a[i], encoding.low, encoding.high) -
                             std::clamp(b[i], encoding.low, encoding.high);
    squares += static_cast<double>(difference) * static_cast<double>(difference);
  }
  const double peak = static_cast<double>(encoding.high - encoding.low);
  const double mean = std::max(squares / static_cast<double>(a.size()), 1e-12 * peak * peak);
  return 10.0 * std::log10(peak * peak / mean);
}

}  // namespace brushwork
