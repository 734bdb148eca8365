// stb_image_write behind an interface with owned memory.
#pragma once

#include <cstdint>
#include <vector>

namespace brushwork {

struct StbPicture {
  const uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  int channels = 3;  // 3 or 4
};

// Both throw std::bad_alloc, and nothing else; everything is freed then. Empty if stb_image_write
// gives up.
std::vector<uint8_t> StbEncodePng(const StbPicture& picture);
std::vector<uint8_t> StbEncodeJpeg(const StbPicture& picture, int quality);  // ignores alpha

}  // namespace brushwork
