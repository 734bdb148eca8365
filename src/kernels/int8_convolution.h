// Dense int8 convolution of our own, for every engine alike: products of int16 pairs summed in
// int32 (`i32x4.dot_i16x8_s`, `pmaddwd`), exact integers, no relaxed instruction. Rows are widened
// to int16 as they are fetched, and fetching also does what other libraries need passes over whole
// activations for: padding (reflected, repeated or constant), nearest-neighbour upsampling.
//
// Where the stride allows it, outputs are computed four at a time by minimal filtering (Winograd;
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308), in exact
// integers: nothing is rounded, and the result is that of the direct form, byte for byte.
//
//   form        for                                 multiplications, of the direct form's
//   tiles       3×3, stride 1                       36 of 144 for 4×4 outputs
//   tiles       the same behind 2× upsampling       25 of 144 for 4×4 outputs
//   rows, few   any kernel of stride 1 (such as     half (few: at most three output channels)
//               9×9), in the direction of rows
//   direct      anything else
//
// See int8_form.h and int8_transform.h. Row ranges are cheapest in multiples of four, from an even
// row (behind upsampling) or any row.
//
// XNNPACK runs what this doesn't: depthwise, grouped, dilated and float convolutions.
#pragma once

#include <optional>

#include "kernels/kernel.h"
#include "kernels/kernels.h"
#include "kernels/normalization.h"
#include "model/network.h"

namespace brushwork {

struct Int8ConvolutionSpec {
  // Symmetric int8 weights; groups 1, dilation 1, any kernel size and stride. `layer.padding` is
  // filled as `padding_mode` says; constant padding is with real 0, the input's zero point.
  ConvolutionLayer layer;
  PadMode padding_mode = PadMode::kConstant;
  // 1, or 2: the input is enlarged by nearest neighbour (output pixel (y, x) from input pixel
  // (y / 2, x / 2)) before it is padded and convolved.
  int64_t upsampling = 1;
  TensorSpec input;   // int8, [1, H, W, C]
  TensorSpec output;  // int8 or float
  // Of an activation directly behind the convolution.
  OutputRange range;
  // A normalization behind that, folded into the requantization: its statistics are given with
  // SetStatistics before the first run. With or without it, one scale, offset and pair of limits
  // for each output channel is all that follows the integer sums.
  std::optional<NormalizationLayer> normalization;
  OutputRange normalized_range;  // of an activation behind the normalization
};

// Whether CreateInt8Convolution takes it: see above; every output channel's sum must fit in int32,
// whatever the input.
bool SupportsInt8Convolution(const Int8ConvolutionSpec& spec);

// InputRows and RunRows work on any rows. Workspace depends on the number of threads, not on the
// height, and hardly on the width, of the picture.
KernelOr CreateInt8Convolution(const Int8ConvolutionSpec& spec);

}  // namespace brushwork
