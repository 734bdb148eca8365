// What can be said of a finished Network in fewer layers.
#pragma once

#include "model/network.h"

namespace brushwork {

// Removes layers that don't reach the output; joins per-channel maps with each other and with the
// normalization before them, and crops with the transposed convolution before them. Values are
// numbered anew.
Network Simplify(Network network);

}  // namespace brushwork
