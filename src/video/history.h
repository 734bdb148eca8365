// What was shown of the frame before, moved to where it is now and blended with what is painted.
#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"
#include "video/color_range.h"
#include "video/motion.h"

namespace brushwork {

// A picture in 64ths of a byte, [height, width, 4]: with bytes alone, a twentieth of a small
// difference would be rounded to nothing and never be made up for. With a border for the filter.
class History {
 public:
  // Pixels on every side: of the cubic filter's reach, and of a position at the very edge.
  static constexpr int kBorder = 3;
  static constexpr int kBits = 6;

  History() = default;  // 0×0
  // Throws std::bad_alloc.
  History(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int stride() const { return (width_ + 2 * kBorder) * 4; }  // in values
  int16_t* row(int y) {
    return values_.data() + static_cast<size_t>(y + kBorder) * stride() + kBorder * 4;
  }
  const int16_t* row(int y) const { return const_cast<History*>(this)->row(y); }

  void FillBorder();

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<int16_t> values_;
};

History MakeHistory(ImageView picture);

// A motion at the size of the frame, for one row: in 16ths of a pixel and as a share of the
// history.
struct MotionRow {
  std::vector<int32_t> x;
  std::vector<int32_t> y;
  std::vector<float> share;
};

// Row `y` of a frame of this width; `motion` has half its size. The share is the confidence times
// `steadiness`.
void ReadMotionRow(const Motion& motion, int y, int width, float steadiness, MotionRow& row);

// `painted`, RGBA, becomes painted + share * (history - painted), the history taken from where it
// was, interpolated by cubic convolution (Keys 1981, a = -0.65; where it did not move by a part of
// a pixel, as it is) and limited to `range`, so that nothing is left behind of what has gone; alpha
// stays the painted one. `next` takes the same in 64ths.
void BlendRow(const History& history, const MotionRow& motion, const ColorRangeRow& range, int y,
              uint8_t* painted, int16_t* next);

}  // namespace brushwork
