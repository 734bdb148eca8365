// Which rows of a network's input its output's rows depend on. As the kernels' InputRows, but of a
// network without kernels: what cuts pictures into tiles for a GPU is downloaded without them.
#pragma once

#include <cstdint>

#include "model/network.h"
#include "tensor/tensor.h"

namespace brushwork {

// Rows of input `index` of the layer that the output's `rows` depend on, within [0, height of that
// input). Neither end ever moves up when `rows` moves down, but for ranges that are empty. At least
// what the layer reads; of resizes that are no plain repetition a row more.
RowRange LayerInputRows(const Layer& layer, size_t index, RowRange rows, const Network& network);

// The same from the network's output to its input. Empty for rows that are constant.
RowRange NetworkInputRows(const Network& network, RowRange rows);

}  // namespace brushwork
