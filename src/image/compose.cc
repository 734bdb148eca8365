#include "image/compose.h"

#include <cmath>
#include <string>

namespace brushwork {

namespace {

// In integers, so that every platform rounds alike. Strengths 0 and 1 are exact.
constexpr int kBits = 16;
constexpr int kOne = 1 << kBits;

}  // namespace

PaintingBlend::PaintingBlend(float strength)
    : share_(static_cast<int>(std::lround(strength * kOne))) {}

void PaintingBlend::BlendRow(const uint8_t* photo, int width, uint8_t* painting) const {
  const size_t bytes = static_cast<size_t>(width) * 4;
  for (size_t i = 0; i < bytes; i += 4) {
    for (size_t c = i; c < i + 3; ++c) {
      const int blended = photo[c] * (kOne - share_) + painting[c] * share_ + kOne / 2;
      painting[c] = static_cast<uint8_t>(blended >> kBits);
    }
    painting[i + 3] = photo[i + 3];
  }
}

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
  const PaintingBlend blend(strength);
  for (int y = 0; y < painting.height(); ++y) {
    blend.BlendRow(photo.row(y), painting.width(), painting.row(y));
  }
  return OkStatus();
}

}  // namespace brushwork
