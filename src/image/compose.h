// What happens between the generator's colours and the finished painting.
#pragma once

#include "image/image.h"

namespace brushwork {

// painting = photo + strength * (painting - photo), colour only, rounded to nearest; the alpha of
// `photo` is kept. Both pictures have the same size; strength is in [0, 1].
Status ComposePainting(ImageView photo, float strength, Image& painting);

// The same row by row, for pictures that are painted in bands.
class PaintingBlend {
 public:
  explicit PaintingBlend(float strength);

  // `photo` and `painting` are RGBA rows of `width` pixels.
  void BlendRow(const uint8_t* photo, int width, uint8_t* painting) const;

 private:
  int share_;
};

}  // namespace brushwork
