// A network for an engine that computes in float: what quantizers leave of a quantized one.
#pragma once

#include <vector>

#include "model/network.h"

namespace brushwork {

// The network without rounding: where a quantizer can limit its values it becomes a clip to what
// the quantized values stand for, and elsewhere it is gone. Like plans with given statistics it
// leaves out the quantizer between a convolution and its normalization. Clips behind clips are one.
Network ToFloatNetwork(const Network& network);

// How many layers read each value, by ValueId; the network's output counts as read once more.
std::vector<int> CountReaders(const Network& network);

}  // namespace brushwork
