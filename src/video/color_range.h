// Between which colours a painting lies around each place.
#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"

namespace brushwork {

// Of tiles of kTileSide² pixels, each with its eight neighbours: the least and the largest value of
// each channel, [rows, columns, 4].
class ColorRange {
 public:
  static constexpr int kTileSide = 8;

  // Throws std::bad_alloc.
  explicit ColorRange(ImageView picture);

  // Of the pixel at (x, y): four bytes.
  const uint8_t* low(int x, int y) const { return low_.data() + Offset(x, y); }
  const uint8_t* high(int x, int y) const { return high_.data() + Offset(x, y); }

 private:
  size_t Offset(int x, int y) const {
    return (static_cast<size_t>(y / kTileSide) * columns_ + x / kTileSide) * 4;
  }

  int columns_;
  int rows_;
  std::vector<uint8_t> low_;
  std::vector<uint8_t> high_;
};

}  // namespace brushwork
