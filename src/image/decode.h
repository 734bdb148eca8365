// Encoded bytes to a picture (stb_image), sniffed by content, never by name.
#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace brushwork {

// Decodes JPEG (baseline and progressive), PNG (8 and 16 bit, alpha), BMP and the first frame of a
// GIF, and applies the EXIF orientation of JPEG and PNG (eXIf). Sizes are checked before pixels are
// allocated. kUnsupportedImage if the bytes are none of these or damaged, kImageTooLarge beyond the
// limits of image.h, kOutOfMemory.
StatusOr<Image> DecodeImage(std::span<const uint8_t> bytes);

// The EXIF orientation, 1 to 8, of a JPEG or PNG; 1 where there is none or it can't be read.
// Exif 2.32, section 4.6.4, tag 0x0112.
int ReadExifOrientation(std::span<const uint8_t> bytes);

// Turns and mirrors so that a picture stored with this EXIF orientation appears upright.
StatusOr<Image> ApplyOrientation(Image image, int orientation);

}  // namespace brushwork
