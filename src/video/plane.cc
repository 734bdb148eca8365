#include "video/plane.h"

#include <algorithm>
#include <utility>

#include "image/luma.h"

namespace brushwork {
namespace {

// Of the sum of four lumas.
constexpr float kLumaScale = 1.0F / static_cast<float>(4 << kLumaBits);

}  // namespace

void Plane::FillBorder() {
  for (int y = 0; y < height_; ++y) {
    float* values = row(y);
    std::fill(values - kBorder, values, values[0]);
    std::fill(values + width_, values + width_ + kBorder, values[width_ - 1]);
  }
  for (int y = 1; y <= kBorder; ++y) {
    std::copy_n(row(0) - kBorder, stride(), row(-y) - kBorder);
    std::copy_n(row(height_ - 1) - kBorder, stride(), row(height_ - 1 + y) - kBorder);
  }
}

Plane HalfLuma(ImageView picture) {
  Plane half((picture.width + 1) / 2, (picture.height + 1) / 2);
  const auto mean = [](const uint8_t* a, const uint8_t* b, int left, int right) {
    const auto sum = [&](int c) { return a[left + c] + a[right + c] + b[left + c] + b[right + c]; };
    return static_cast<float>(LumaSum(sum(0), sum(1), sum(2))) * kLumaScale;
  };
  const int pairs = picture.width / 2;
  for (int y = 0; y < half.height(); ++y) {
    const uint8_t* upper = picture.row(2 * y);
    const uint8_t* lower = picture.row(std::min(2 * y + 1, picture.height - 1));
    float* out = half.row(y);
    for (int x = 0; x < pairs; ++x) out[x] = mean(upper, lower, 8 * x, 8 * x + 4);
    if (pairs < half.width()) out[pairs] = mean(upper, lower, 8 * pairs, 8 * pairs);
  }
  half.FillBorder();
  return half;
}

Plane Halve(const Plane& plane) {
  Plane half((plane.width() + 1) / 2, (plane.height() + 1) / 2);
  for (int y = 0; y < half.height(); ++y) {
    // The border doubles the last column and row.
    const float* upper = plane.row(2 * y);
    const float* lower = plane.row(2 * y + 1);
    float* out = half.row(y);
    for (int x = 0; x < half.width(); ++x) {
      out[x] = 0.25F * ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]));
    }
  }
  half.FillBorder();
  return half;
}

Pyramid MakePyramid(ImageView picture) {
  Pyramid pyramid;
  pyramid.push_back(HalfLuma(picture));
  while (std::min(pyramid.back().width(), pyramid.back().height()) >= 2 * kCoarsestSide) {
    pyramid.push_back(Halve(pyramid.back()));
  }
  return pyramid;
}

}  // namespace brushwork
