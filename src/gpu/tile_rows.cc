#include "gpu/tile_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "gpu/row_needs.h"

namespace brushwork {
namespace {

// More than any picture has rows; what would be more is this, so that no model's strides overflow.
constexpr int64_t kManyRows = int64_t{1} << 24;

// Rows of an activation for each row of the network's input, as a fraction in lowest terms.
struct RowRate {
  int64_t rows = 1;
  int64_t input_rows = 1;

  RowRate Times(int64_t more, int64_t fewer) const {
    const int64_t numerator = rows * std::min(more, kManyRows);
    const int64_t denominator = input_rows * std::min(fewer, kManyRows);
    const int64_t divisor = std::gcd(numerator, denominator);
    return {std::min(numerator / divisor, kManyRows), std::min(denominator / divisor, kManyRows)};
  }
};

// The rate of what a layer makes of an activation of rate `input`.
struct RateBehind {
  const RowRate& input;

  RowRate operator()(const ConvolutionLayer& layer) const {
    return input.Times(1, layer.stride_height);
  }
  RowRate operator()(const PoolLayer& layer) const { return input.Times(1, layer.stride_height); }
  RowRate operator()(const TransposedConvolutionLayer& layer) const {
    return input.Times(layer.stride_height, 1);
  }
  RowRate operator()(const DepthToSpaceLayer& layer) const { return input.Times(layer.block, 1); }
  RowRate operator()(const SpaceToDepthLayer& layer) const { return input.Times(1, layer.block); }
  RowRate operator()(const SliceLayer& layer) const { return input.Times(1, layer.step[1]); }
  // Float graphs have whole scales or their inverses only.
  RowRate operator()(const ResizeLayer& layer) const {
    if (layer.scale_height >= 1.0F) return input.Times(std::lround(layer.scale_height), 1);
    return input.Times(1, std::lround(1.0F / layer.scale_height));
  }
  template <typename Other>
  RowRate operator()(const Other&) const {
    return input;
  }
};

// The most rows of the input that one row of the output depends on, where rows repeat by
// `alignment`.
int64_t MostRows(const Network& network, int64_t alignment) {
  const int64_t height = network.values[network.output].shape.height;
  int64_t most = 1;
  for (int64_t row = height / 2; row < std::min(height / 2 + alignment, height); ++row) {
    most = std::max(most, NetworkInputRows(network, {row, row + 1}).size());
  }
  return most;
}

// The end of the rows, from `begin` on and before `limit`, that depend on nothing from `last` on:
// no row further down depends on less.
int64_t EndReading(const Network& network, int64_t begin, int64_t limit, int64_t last) {
  int64_t end = limit;
  while (begin < end) {
    const int64_t middle = begin + (end - begin) / 2;
    if (NetworkInputRows(network, {middle, middle + 1}).end <= last) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

Status TooFewRows(int64_t tile_rows, int64_t needed) {
  return InvalidArgument("tiles: got " + std::to_string(tile_rows) + " rows at most, needed " +
                         std::to_string(needed));
}

}  // namespace

int64_t RowAlignment(const Network& network) {
  std::vector<RowRate> rates(network.values.size());
  int64_t alignment = 1;
  for (const Layer& layer : network.layers) {
    if (layer.inputs.empty()) continue;  // a constant
    // Of several inputs one may be a single row, to be broadcast.
    const ValueId tallest = *std::ranges::max_element(
        layer.inputs, {}, [&](ValueId value) { return network.values[value].shape.height; });
    rates[layer.output] = std::visit(RateBehind{rates[tallest]}, layer.parameters);
    alignment = std::min(std::lcm(alignment, rates[layer.output].input_rows), kManyRows);
  }
  return alignment;
}

StatusOr<std::vector<Tile>> CutIntoTiles(const Network& network, int64_t painted_rows,
                                         int64_t tile_rows) {
  const int64_t height = network.values[network.input].shape.height;
  if (height <= tile_rows) return std::vector<Tile>{{{0, height}, {0, painted_rows}}};
  const int64_t alignment = RowAlignment(network);
  // Of the frame's height by that, as the model may want it.
  const int64_t rows = height - (height - tile_rows + alignment - 1) / alignment * alignment;
  if (rows < 1) return TooFewRows(tile_rows, alignment);
  std::vector<Tile> tiles;
  int64_t painted = 0;
  while (painted < painted_rows) {
    // A row that is constant depends on none, but is in its tile like any other.
    const RowRange first = NetworkInputRows(network, {painted, painted + 1});
    const int64_t top = first.size() > 0 ? std::min(first.begin, painted) : painted;
    const int64_t begin = std::min(top / alignment * alignment, height - rows);
    const RowRange read{begin, begin + rows};
    const int64_t end = read.end == height ? painted_rows
                                           : EndReading(network, painted,
                                                        std::min(painted_rows, read.end), read.end);
    if (end <= painted) {
      return TooFewRows(tile_rows, MostRows(network, alignment) + 2 * alignment);
    }
    tiles.push_back({read, {painted, end}});
    painted = end;
  }
  return tiles;
}

}  // namespace brushwork
