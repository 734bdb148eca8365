// Between which colours a painting lies around each place.
#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"

namespace brushwork {

// For the pixels of a row: the least and the largest value of each channel, [width, 4], in bytes.
struct ColorRangeRow {
  std::vector<float> low;
  std::vector<float> high;
};

// Of tiles of kTileSide² pixels, each with its eight neighbours, the least and the largest value of
// each channel; linear between their centres, for else the tiles would show. A pixel's own value
// lies in between.
class ColorRange {
 public:
  static constexpr int kTileSide = 8;

  // Throws std::bad_alloc, as ReadRow does.
  explicit ColorRange(ImageView picture);

  void ReadRow(int y, ColorRangeRow& row) const;

 private:
  // Row `y` of `tiles`, which are low_ or high_.
  void InterpolateRow(const std::vector<uint8_t>& tiles, int y, std::vector<float>& row) const;

  int width_;
  int columns_;
  int rows_;
  std::vector<uint8_t> low_;  // [rows, columns, 4]
  std::vector<uint8_t> high_;
};

}  // namespace brushwork
