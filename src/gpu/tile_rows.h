// Where tiles of rows begin and end.
#pragma once

#include <vector>

#include "gpu/tiles.h"
#include "model/network.h"

namespace brushwork {

// Tiles of at most `tile_rows` rows of the network's input, to paint the first `painted_rows` rows
// of its output, which is as high. kInvalidArgument, naming how many rows are needed, if that is
// too few.
StatusOr<std::vector<Tile>> CutIntoTiles(const Network& network, int64_t painted_rows,
                                         int64_t tile_rows);

// The smallest number of rows by which the input of the network can be moved so that all its
// activations move by whole rows.
int64_t RowAlignment(const Network& network);

}  // namespace brushwork
