// Which of the picture formats some bytes are, and whether they are all there. stb_image fills what
// is missing with gray or black, and verifies no checksum; a damaged picture has to be an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/status.h"

namespace brushwork {

enum class ImageFormat { kJpeg, kPng, kBmp, kGif };

std::string_view ImageFormatName(ImageFormat format);  // "JPEG"

// By content. kUnsupportedImage, saying what the bytes look like, if they are none of the four.
StatusOr<ImageFormat> SniffImageFormat(std::span<const uint8_t> bytes);

// kUnsupportedImage unless the bytes hold a whole picture (of a GIF, the first frame), as far as
// can be told without decoding it.
Status CheckWhole(ImageFormat format, std::span<const uint8_t> bytes);

// How many bytes of a GIF its first frame takes, from the start of the file; kUnsupportedImage if
// it is not all there.
StatusOr<size_t> GifFirstFrameEnd(std::span<const uint8_t> bytes);

}  // namespace brushwork
