#include "image/compose.h"

#include <cmath>
#include <string>

namespace brushwork {

Status ComposePainting(ImageView photo, float strength, Image& painting) {
  if (!(strength >= 0.0F && strength <= 1.0F)) {
    return InvalidArgument("got the strength " + std::to_string(strength) + ", needed 0 to 1");
  }
  if (photo.width != painting.width() || photo.height != painting.height()) {
    return InvalidArgument("got a photo of " + std::to_string(photo.width) + "×" +
                           std::to_string(photo.height) + " pixels, needed the painting's " +
                           std::to_string(painting.width()) + "×" +
                           std::to_string(painting.height()));
  }
  // In integers, so that every platform rounds alike. Strengths 0 and 1 are exact.
  constexpr int kBits = 16;
  constexpr int kOne = 1 << kBits;
  const int share = static_cast<int>(std::lround(strength * kOne));
  const size_t bytes = painting.bytes().size();
  const uint8_t* from = photo.data;
  uint8_t* to = painting.data();
  for (size_t i = 0; i < bytes; i += 4) {
    for (size_t c = i; c < i + 3; ++c) {
      to[c] = static_cast<uint8_t>((from[c] * (kOne - share) + to[c] * share + kOne / 2) >> kBits);
    }
    to[i + 3] = from[i + 3];
  }
  return OkStatus();
}

}  // namespace brushwork
