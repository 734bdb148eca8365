// Where tiles of rows begin and end.
#pragma once

#include <vector>

#include "base/status.h"
#include "model/network.h"
#include "tensor/tensor.h"

namespace brushwork {

struct Tile {
  RowRange read;     // of the network's input
  RowRange painted;  // of its output; within `read`
};

// Tiles of at most `tile_rows` rows of the network's input, to paint the first `painted_rows` rows
// of its output, which is as high. All of one height, in the order of the rows they paint.
// kInvalidArgument, naming how many rows are needed, if that is too few.
StatusOr<std::vector<Tile>> CutIntoTiles(const Network& network, int64_t painted_rows,
                                         int64_t tile_rows);

// The smallest number of rows by which the input of the network can be moved so that all its
// activations move by whole rows.
int64_t RowAlignment(const Network& network);

}  // namespace brushwork
