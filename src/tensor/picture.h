// Pictures to tensors and back.
#pragma once

#include "image/image.h"
#include "tensor/tensor.h"

namespace brushwork {

enum class ChannelOrder { kRgb, kBgr };

// How a generator reads and writes colour: a byte b becomes low + b / 255 * (high - low).
struct ColorEncoding {
  float low = 0.0F;
  float high = 1.0F;
  ChannelOrder order = ChannelOrder::kRgb;
};

// Fills `tensor` [1, H, W, 3] (kFloat32 or kInt8) from the picture. The tensor may be larger than
// the picture; what lies beyond its right and lower border is the picture mirrored without
// repeating the edge, as often as needed (a 1-pixel extent repeats its pixel).
Status PictureToTensor(ImageView picture, const ColorEncoding& encoding, TensorView tensor);

// Writes the upper left picture.width() × picture.height() part of `tensor` [1, H, W, 3] into the
// colour of `picture`, rounded to nearest and clamped to 0..255; alpha becomes 255.
Status TensorToPicture(TensorView tensor, const ColorEncoding& encoding, Image& picture);

}  // namespace brushwork
