// An owned picture: RGBA8, straight (not premultiplied) alpha, rows from top to bottom without
// padding, [height, width, 4].
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"

namespace brushwork {

// Largest width or height of any picture, and the largest number of pixels (100 megapixels).
inline constexpr int kMaxImageDimension = 65535;
inline constexpr int64_t kMaxImagePixels = 100'000'000;

// A borrowed picture: [height, width, 4], valid as long as its owner.
struct ImageView {
  const uint8_t* data = nullptr;
  int width = 0;
  int height = 0;

  const uint8_t* row(int y) const { return data + static_cast<size_t>(y) * width * 4; }
};

class Image {
 public:
  Image() = default;  // 0×0

  // Zeroed pixels. kInvalidArgument for dimensions below 1, kImageTooLarge beyond the limits above,
  // kOutOfMemory if the memory is refused.
  static StatusOr<Image> Create(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int64_t pixel_count() const { return static_cast<int64_t>(width_) * height_; }
  uint8_t* data() { return pixels_.data(); }
  const uint8_t* data() const { return pixels_.data(); }
  std::span<const uint8_t> bytes() const { return pixels_; }
  uint8_t* row(int y) { return data() + static_cast<size_t>(y) * width_ * 4; }
  const uint8_t* row(int y) const { return data() + static_cast<size_t>(y) * width_ * 4; }
  ImageView view() const { return {data(), width_, height_}; }

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<uint8_t> pixels_;
};

// OK if a picture of this size may be allocated; else as Image::Create.
Status CheckImageSize(int64_t width, int64_t height);

}  // namespace brushwork
