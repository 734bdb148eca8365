// Finds out how a float network is to be quantized, from what it does with a few pictures.
//
// The network is run layer by layer over all pictures at once, in float and, beside it, as it will
// be in int8 (quantized and at once dequantized again, which computes the same): ranges and
// corrections of a layer see the errors of all layers before it.
// - Activations: int8 with zero point, the range with the least squared error; channels equalized
//   (equalization.h).
// - Weights: weight_quantization.h.
// - Biases are corrected by the mean error of each output channel (Nagel et al., arXiv 1906.04721,
//   section 4.2; empirically).
// - Layers whose numbers can't be quantized stay in float, and more if the paintings are not good
//   enough.
#pragma once

#include <pthreadpool.h>

#include <span>
#include <vector>

#include "base/status.h"
#include "image/image.h"
#include "model/model.h"
#include "plan/quantization.h"
#include "tensor/picture.h"

namespace brushwork {

struct CalibrationOptions {
  // What the model reads and writes; the order of colours does not matter to Calibrate.
  ColorEncoding input;
  ColorEncoding output;
  // While the calibration pictures' paintings are not as good as this (dB, see
  // QuantizationRecipe::psnr), more stays in float: first what the first normalizations read (their
  // convolutions still compute in int8, but write float), then whole layers, the worst first.
  double target_psnr = 29.0;
  // How often; each time costs two runs of the network. 0: everything in int8.
  int attempts = 2;
  // Layers with a signal-to-noise ratio below this (dB) are unfit for int8 in any case.
  double least_signal_to_noise = 8.0;
  pthreadpool_t threadpool = nullptr;
};

// `inputs`: pictures as `network` reads them, each [1, H, W, 3] for its size, in the model's units.
// The same result for any number of threads. kInvalidArgument if there are no pictures, one has a
// wrong size or values that are not finite, the network is quantized already, or its paintings are
// not finite. Memory: the activations of all pictures at a few layers at a time.
StatusOr<QuantizationRecipe> Calibrate(const Network& network,
                                       std::span<const std::vector<float>> inputs,
                                       const CalibrationOptions& options);

// Calibrates with pictures made by MakeCalibrationPictures and, if there are any, others (a
// thumbnail of the picture to be painted, say), which are scaled to `side` × `side` pixels, or as
// near to that as the model can paint.
struct CalibrationPictures {
  int side = 160;
  int count = 4;  // of those made
  std::span<const Image> others = {};
};
StatusOr<QuantizationRecipe> CalibrateModel(const Model& model, const CalibrationPictures& pictures,
                                            const CalibrationOptions& options);

}  // namespace brushwork
