// Rewrites a network into fewer, larger layers that compute the same function: activations become
// the output range of the layer before them, per-channel arithmetic goes into weights and
// normalizations, zero padding goes into convolutions.
#pragma once

#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

enum class Precision {
  kAuto,   // int8 wherever the network is quantized
  kFloat,  // the network's quantizers are left out and everything computes in float
};

struct FusedLayer {
  Layer layer;
  OutputRange range;  // of an activation fused behind the layer
};

// As Network; layers in executable order.
struct FusedNetwork {
  std::vector<NetworkValue> values;
  std::vector<FusedLayer> layers;
  ValueId input = -1;
  ValueId output = -1;
};

FusedNetwork FuseLayers(const Network& network, Precision precision);

}  // namespace brushwork
