// A whole network by the scalar references of the kernels, layer by layer as the model states them:
// nothing fused, nothing scheduled, everything in double.
#pragma once

#include "kernels/reference.h"
#include "model/network.h"

namespace brushwork {

struct ReferenceResult {
  RealPicture picture;
  double largest = 0.0;   // of the absolute values of all activations
  double coarsest = 0.0;  // of the scales of all quantizers; 0 if there are none
  // Of the values that a quantizer rounds, the part that lies so close to the middle between two
  // steps that any rounding error on the way decides; of the quantizer with most of them.
  double undecided = 0.0;
};

// Batches of 1. `quantize` says whether quantizers round.
ReferenceResult RunReference(const Network& network, const RealPicture& input, bool quantize);

}  // namespace brushwork
