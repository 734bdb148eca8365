// stb_image behind an interface with owned memory and errors as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"
#include "image/format.h"

namespace brushwork {

struct StbFree {
  void operator()(uint8_t* pixels) const;
};
using StbPixels = std::unique_ptr<uint8_t, StbFree>;  // RGBA8

struct StbSize {
  int width = 0;
  int height = 0;
};

// The size in the header. kUnsupportedImage, kImageTooLarge.
StatusOr<StbSize> StbReadSize(ImageFormat format, std::span<const uint8_t> bytes);

// The pixels of a picture of this size, as StbReadSize gave it. kUnsupportedImage, kOutOfMemory.
StatusOr<StbPixels> StbDecode(std::span<const uint8_t> bytes, StbSize size);

}  // namespace brushwork
