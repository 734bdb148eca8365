// A generator as an ONNX file that any engine runs in float: what the WebGPU path gives to ONNX
// Runtime Web. Opset 17, NCHW, and only operators that its WebGPU provider has kernels for.
//
// Inputs are `picture` [1, 3, height, width], in the model's own encoding of colour, and, where
// the network normalizes, `coefficients` [1, N, 1, 1] (coefficients.h). The output is `painting`
// [1, 3, height, width]. Scales go into the weights of the convolution before a normalization, and
// shifts into its bias, when the graph runs: so a normalization costs no pass over the picture.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace brushwork {

struct FloatGraph {
  std::vector<uint8_t> onnx;
  int64_t coefficients = 0;  // N; 0: the graph has no such input
  // Of the picture, for models that run at one size only; 0: any that fits the model, whole tiles
  // of rows (tiles.h) included.
  int64_t height = 0;
  int64_t width = 0;
  double bytes_per_pixel = 0.0;  // of the largest activation, for each pixel of the picture
};

// The graph of a float network (ToFloatNetwork), for pictures of any size of which the network's
// layers would be the same. kUnsupportedModel, naming the layer, for what the graph can't say.
StatusOr<FloatGraph> WriteFloatGraph(const Network& network);

// The graph of a model. kUnsupportedModel, naming the layer, for what the graph can't say: layers
// that read the whole picture beside normalizations, and those that are others at another size.
// Otherwise FitFrame's.
StatusOr<FloatGraph> ExportFloatGraph(const Model& model);

}  // namespace brushwork
