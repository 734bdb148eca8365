#include "video/color_range.h"

#include <algorithm>

namespace brushwork {
namespace {

const auto kLeast = [](uint8_t a, uint8_t b) { return std::min(a, b); };
const auto kLargest = [](uint8_t a, uint8_t b) { return std::max(a, b); };

// Of each tile. `begin`: what every value wins over.
template <typename Choose>
std::vector<uint8_t> OfTiles(ImageView picture, int rows, int columns, uint8_t begin,
                             Choose choose) {
  constexpr int kSide = ColorRange::kTileSide;
  std::vector<uint8_t> tiles(static_cast<size_t>(rows) * columns * 4, begin);
  for (int y = 0; y < picture.height; ++y) {
    const uint8_t* from = picture.row(y);
    uint8_t* tile = tiles.data() + static_cast<size_t>(y / kSide) * columns * 4;
    for (int x = 0; x < picture.width; x += kSide, tile += 4) {
      const int end = std::min(x + kSide, picture.width);
      for (int pixel = x; pixel < end; ++pixel) {
        for (int c = 0; c < 4; ++c) tile[c] = choose(tile[c], from[pixel * 4 + c]);
      }
    }
  }
  return tiles;
}

// Of each tile and its neighbours.
template <typename Choose>
std::vector<uint8_t> Widen(const std::vector<uint8_t>& tiles, int rows, int columns,
                           Choose choose) {
  std::vector<uint8_t> wide = tiles;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      uint8_t* to = wide.data() + (static_cast<size_t>(y) * columns + x) * 4;
      for (int i = std::max(y - 1, 0); i <= std::min(y + 1, rows - 1); ++i) {
        for (int j = std::max(x - 1, 0); j <= std::min(x + 1, columns - 1); ++j) {
          const uint8_t* from = tiles.data() + (static_cast<size_t>(i) * columns + j) * 4;
          for (int c = 0; c < 4; ++c) to[c] = choose(to[c], from[c]);
        }
      }
    }
  }
  return wide;
}

}  // namespace

ColorRange::ColorRange(ImageView picture)
    : columns_((picture.width + kTileSide - 1) / kTileSide),
      rows_((picture.height + kTileSide - 1) / kTileSide),
      low_(Widen(OfTiles(picture, rows_, columns_, 255, kLeast), rows_, columns_, kLeast)),
      high_(Widen(OfTiles(picture, rows_, columns_, 0, kLargest), rows_, columns_, kLargest)) {}

}  // namespace brushwork
