// What happens between the generator's colours and the finished painting.
#pragma once

#include "image/image.h"

namespace brushwork {

struct BlendOptions {
  // The share of the painting, blended over the photo, in [0, 1].
  float strength = 1.0F;
  // How much of the photo's hues to keep, in [0, 1]: at 1 the painting has its own brightness (luma
  // of BT.601, as in JPEG) and the photo's chroma. Where no colour is that bright and that
  // colourful, it is less colourful.
  float preserve_color = 0.0F;
};

// kInvalidArgument for values that are not in [0, 1].
Status CheckBlend(const BlendOptions& options);

// Composes photo and painting row by row, in integers, so that every platform makes the same bytes:
//   painting += preserve_color * (photo's chroma - painting's chroma)
//   result = photo + strength * mask / 255 * (painting - photo)
// rounded to nearest. Ends are exact: without a share of the painting the result is the photo, with
// all of it the painting. The alpha is the photo's.
class PaintingBlend {
 public:
  explicit PaintingBlend(const BlendOptions& options);

  // `photo` and `painting` are RGBA rows of `width` pixels, `mask` is one of as many bytes or null,
  // which stands for 255 everywhere. The result replaces the painting.
  void BlendRow(const uint8_t* photo, const uint8_t* mask, int width, uint8_t* painting) const;

 private:
  int share_;
  int recolor_;
};

}  // namespace brushwork
