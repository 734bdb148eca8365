#include "image/compose.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "image/luma.h"

namespace brushwork {

namespace {

// Shares of the painting. Strengths 0 and 1 are exact.
constexpr int kBits = 16;
constexpr int kOne = 1 << kBits;

// Colours on their way from the painting's to the photo's chroma are in 256ths of a byte, amounts
// in fewer bits, so that products of the two fit in 32.
constexpr int kColorBits = 8;
constexpr int kAmountBits = 13;

Status CheckShare(const char* name, float value) {
  if (value >= 0.0F && value <= 1.0F) return OkStatus();
  return InvalidArgument(std::string(name) + ": got " + std::to_string(value) + ", needed 0 to 1");
}

// Brings a colour of this luma, in 256ths, into the range of bytes by taking away chroma alone: a
// plain clamp would change the luma, and with it the brushwork.
void FitIntoBytes(int luma, int32_t (&color)[3]) {
  constexpr int kMax = 255 << kColorBits;
  const int low = std::min({color[0], color[1], color[2]});
  const int high = std::max({color[0], color[1], color[2]});
  // chroma * room / reach is the largest that fits.
  int room = 1;
  int reach = 1;
  if (high > kMax) {
    room = kMax - luma;
    reach = high - luma;
  }
  if (low < 0 && int64_t{luma} * reach < int64_t{room} * (luma - low)) {
    room = luma;
    reach = luma - low;
  }
  if (room == reach) return;
  for (int32_t& value : color) {
    value = luma + static_cast<int32_t>(int64_t{value - luma} * room / reach);
  }
}

// Gives the painting's pixel the photo's chroma, or a part of it. Luma is linear, so the photo's
// chroma with the painting's luma is the photo with the difference of the lumas added.
void RecolorPixel(const uint8_t* photo, int amount, uint8_t* painting) {
  constexpr int kLumaShift = kLumaBits - kColorBits;
  const auto to_color = [](int32_t sum) { return (sum + (1 << (kLumaShift - 1))) >> kLumaShift; };
  const int luma_step =
      to_color(LumaSum(painting[0] - photo[0], painting[1] - photo[1], painting[2] - photo[2]));
  int32_t color[3];
  for (int c = 0; c < 3; ++c) {
    const int step = (photo[c] - painting[c]) * (1 << kColorBits) + luma_step;
    color[c] =
        (painting[c] << kColorBits) + ((step * amount + (1 << (kAmountBits - 1))) >> kAmountBits);
  }
  FitIntoBytes(to_color(LumaSum(painting[0], painting[1], painting[2])), color);
  for (int c = 0; c < 3; ++c) {
    painting[c] = static_cast<uint8_t>((color[c] + (1 << (kColorBits - 1))) >> kColorBits);
  }
}

void BlendPixel(const uint8_t* photo, int share, uint8_t* painting) {
  for (int c = 0; c < 3; ++c) {
    const int blended = photo[c] * (kOne - share) + painting[c] * share + kOne / 2;
    painting[c] = static_cast<uint8_t>(blended >> kBits);
  }
  painting[3] = photo[3];
}

}  // namespace

Status CheckBlend(const BlendOptions& options) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShare("strength", options.strength));
  return CheckShare("preserve color", options.preserve_color);
}

PaintingBlend::PaintingBlend(const BlendOptions& options)
    : share_(static_cast<int>(std::lround(options.strength * kOne))),
      recolor_(static_cast<int>(std::lround(options.preserve_color * (1 << kAmountBits)))) {}

void PaintingBlend::BlendRow(const uint8_t* photo, const uint8_t* mask, int width,
                             uint8_t* painting) const {
  const size_t bytes = static_cast<size_t>(width) * 4;
  if (recolor_ != 0) {
    for (size_t i = 0; i < bytes; i += 4) RecolorPixel(photo + i, recolor_, painting + i);
  }
  if (mask == nullptr) {
    for (size_t i = 0; i < bytes; i += 4) BlendPixel(photo + i, share_, painting + i);
    return;
  }
  for (size_t i = 0; i < bytes; i += 4) {
    BlendPixel(photo + i, (share_ * mask[i / 4] + 127) / 255, painting + i);
  }
}

}  // namespace brushwork
