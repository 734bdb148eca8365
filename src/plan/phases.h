// Transposed int8 convolutions as ordinary ones. An output pixel of a transposed convolution with
// stride s depends on every s-th weight in each direction only, which ones by its phase, its
// position modulo s. So each of the s × s phases is an ordinary convolution with 1 / s² of the
// weights, and the output is theirs, interleaved (Shi et al., "Is the deconvolution layer the same
// as a convolutional layer?", arXiv 1609.07009). No more multiplications, exactly the same sums,
// and brushwork's own int8 convolution computes them.
#pragma once

#include "plan/fusion.h"

namespace brushwork {

// Rewrites the transposed convolutions that have int8 weights, one group, no dilation, a quantizer
// as their only reader, and phases of equal size; leaves all others.
FusedNetwork SplitIntoPhases(FusedNetwork network);

}  // namespace brushwork
