// A picture to encoded bytes. No metadata is written.
#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"

namespace brushwork {

// PNG, RGB where every pixel is opaque, else RGBA.
StatusOr<std::vector<uint8_t>> EncodePng(ImageView image);

// JPEG, quality 1 to 100. Alpha is composed over white, since JPEG has none.
StatusOr<std::vector<uint8_t>> EncodeJpeg(ImageView image, int quality);

}  // namespace brushwork
