// The form of a float network that quantization works on, and the way back.
#pragma once

#include "plan/fusion.h"

namespace brushwork {

// Fuses the layers of a float network (FuseLayers; its quantizers, if any, are left out), so that
// batch normalizations are in the weights, zero padding in the convolutions and clamps in ranges,
// and gets rid of per-channel arithmetic, which has no int8 kernel:
// - before a convolution it goes into the weights of its input channels. Zero padding of such a
//   convolution then becomes padding by the value that the arithmetic maps to zero. That is one
//   value for all channels, a value of `grid`; where the channels' own differ much (by more than
//   1/16 of the grid's range), the arithmetic stays.
// - anywhere else it becomes a depthwise convolution with a kernel of one pixel.
// `grid` is the quantization of the network's input. The order of layers, and all weights, depend
// on the model alone, not on the size.
FusedNetwork PrepareForQuantization(const Network& network, const Quantization& grid);

// Ranges become activation layers again. FuseLayers brings the result back into the form it had.
Network ToNetwork(const FusedNetwork& fused);

}  // namespace brushwork
