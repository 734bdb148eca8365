// Where to paint: one byte a pixel, 0 for the photo and 255 for the painting.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "image/image.h"

namespace brushwork {

// [height, width], rows from top to bottom.
class Mask {
 public:
  // Errors: CheckImageSize's, kInvalidArgument if there are not width * height bytes.
  static StatusOr<Mask> Create(std::vector<uint8_t> bytes, int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  std::span<const uint8_t> bytes() const { return bytes_; }
  const uint8_t* row(int64_t y) const { return bytes_.data() + y * width_; }

 private:
  Mask() = default;

  int width_ = 0;
  int height_ = 0;
  std::vector<uint8_t> bytes_;
};

// The picture's alpha if it has any pixel that is not opaque, else its luma, scaled as ResizeImage
// scales. Errors: ResizeImage's.
StatusOr<Mask> MakeMask(ImageView picture, int width, int height);

// kInvalidArgument if the mask has not got the photo's size.
Status CheckMaskSize(const Mask& mask, int photo_width, int photo_height);

// The mask at this size: itself if it has it. Null stays null. Errors: ResizeImage's.
StatusOr<std::shared_ptr<const Mask>> FitMask(std::shared_ptr<const Mask> mask, int width,
                                              int height);

}  // namespace brushwork
