// The layers of a float network, each as nodes of ONNX.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "gpu/onnx_writer.h"
#include "model/network.h"

namespace brushwork {

// Where a layer's nodes stand in the graph.
struct GraphPlace {
  std::string name;                 // of the layer: for messages and for names of what it adds
  std::vector<std::string> inputs;  // values
  std::string output;
  std::vector<Shape4> input_shapes;
  Shape4 output_shape;
  // Whether its input is the output of such an activation as IsFusable.
  bool behind_activation = false;
};

// Activations that ONNX Runtime makes part of a convolution before them. It does so again with one
// behind the first, and then computes only the last of them (1.30).
bool IsFusable(const LayerParameters& parameters);

// Values that a normalization takes from `coefficients`, each [1, channels, 1, 1].
struct GraphScaling {
  std::string scale;
  std::string shift;
};

// Adds the layer. kUnsupportedModel for what has no nodes that an engine runs in tiles of rows.
// Normalizations are not for here: see AddScaling.
Status AddLayer(const LayerParameters& parameters, const GraphPlace& place, OnnxWriter& writer);

// ONNX Conv or ConvTranspose. Of `parameters` a convolution, transposed or not.
void AddConvolution(const LayerParameters& parameters, const GraphPlace& place, OnnxWriter& writer);

// The same with its weights scaled and the shift as its bias.
void AddScaledConvolution(const LayerParameters& parameters, const GraphPlace& place,
                          const GraphScaling& scaling, OnnxWriter& writer);

// scale * input + shift
void AddScaling(const GraphPlace& place, const GraphScaling& scaling, OnnxWriter& writer);

}  // namespace brushwork
