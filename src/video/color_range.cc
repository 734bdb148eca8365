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

// The tiles around the centre of a pixel.
struct Neighbours {
  int first;
  int second;
  float share;  // of the second
};

Neighbours TilesAround(int pixel, int count) {
  constexpr int kSide = ColorRange::kTileSide;
  // From the centre of the tile before the first, so that nothing is negative; in halves.
  const int position = 2 * pixel + 1 + kSide;
  const int first = position / (2 * kSide) - 1;
  return {std::max(first, 0), std::min(first + 1, count - 1),
          static_cast<float>(position % (2 * kSide)) / (2 * kSide)};
}

}  // namespace

ColorRange::ColorRange(ImageView picture)
    : width_(picture.width),
      columns_((picture.width + kTileSide - 1) / kTileSide),
      rows_((picture.height + kTileSide - 1) / kTileSide),
      low_(Widen(OfTiles(picture, rows_, columns_, 255, kLeast), rows_, columns_, kLeast)),
      high_(Widen(OfTiles(picture, rows_, columns_, 0, kLargest), rows_, columns_, kLargest)) {}

void ColorRange::ReadRow(int y, ColorRangeRow& row) const {
  InterpolateRow(low_, y, row.low);
  InterpolateRow(high_, y, row.high);
}

void ColorRange::InterpolateRow(const std::vector<uint8_t>& tiles, int y,
                                std::vector<float>& row) const {
  row.resize(static_cast<size_t>(width_) * 4);
  const Neighbours down = TilesAround(y, rows_);
  const uint8_t* upper = tiles.data() + static_cast<size_t>(down.first) * columns_ * 4;
  const uint8_t* lower = tiles.data() + static_cast<size_t>(down.second) * columns_ * 4;
  const auto of_column = [&](int column, int c) {
    const auto value = static_cast<float>(upper[column * 4 + c]);
    return value + down.share * (static_cast<float>(lower[column * 4 + c]) - value);
  };
  for (int x = 0; x < width_;) {
    const Neighbours across = TilesAround(x, columns_);
    float first[4];
    float step[4];
    for (int c = 0; c < 4; ++c) {
      first[c] = of_column(across.first, c);
      step[c] = of_column(across.second, c) - first[c];
    }
    // As far as these two tiles are those around.
    const int end = std::min(width_, (x + kTileSide / 2) / kTileSide * kTileSide + kTileSide / 2);
    for (float share = across.share; x < end; ++x, share += 1.0F / kTileSide) {
      for (int c = 0; c < 4; ++c) row[x * 4 + c] = first[c] + share * step[c];
    }
  }
}

}  // namespace brushwork
