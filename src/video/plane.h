// A plane of float values with a border around it, so that patches and filters may reach beyond the
// picture without asking where they are.
#pragma once

#include <cstddef>
#include <vector>

#include "image/image.h"

namespace brushwork {

class Plane {
 public:
  // Pixels on every side.
  static constexpr int kBorder = 12;

  Plane() = default;  // 0×0
  // Zeroed. Throws std::bad_alloc.
  Plane(int width, int height)
      : width_(width),
        height_(height),
        values_(static_cast<size_t>(width + 2 * kBorder) * (height + 2 * kBorder)) {}

  int width() const { return width_; }
  int height() const { return height_; }
  int stride() const { return width_ + 2 * kBorder; }
  // y in [-kBorder, height + kBorder); x from -kBorder.
  float* row(int y) { return values_.data() + Offset(y); }
  const float* row(int y) const { return values_.data() + Offset(y); }

  // The border takes the value of the nearest pixel.
  void FillBorder();

 private:
  size_t Offset(int y) const {
    return static_cast<size_t>(y + kBorder) * stride() + static_cast<size_t>(kBorder);
  }

  int width_ = 0;
  int height_ = 0;
  std::vector<float> values_;
};

// The luma of a picture at half its size, 0 to 255: means of 2×2 pixels, the last column and row
// doubled where a side is odd. With its border.
Plane HalfLuma(ImageView picture);

// A plane at half its size, likewise.
Plane Halve(const Plane& plane);

// HalfLuma, and its halves for as long as both sides stay at least kCoarsestSide; finest first.
using Pyramid = std::vector<Plane>;
inline constexpr int kCoarsestSide = 16;
Pyramid MakePyramid(ImageView picture);

}  // namespace brushwork
