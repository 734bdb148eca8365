// Post-training quantization of float generators (Nagel et al., "A White Paper on Neural Network
// Quantization", arXiv 2106.08295): a float network becomes one with int8 weights and with
// quantizers between its layers, such as models that are delivered quantized have them. What that
// takes is found once for a model (calibration.h) and then applied at any size.
//
//   StatusOr<QuantizationRecipe> recipe = CalibrateModel(model, options, {});
//   StatusOr<Network> network = QuantizeNetwork(*model.Specialize(height, width), *recipe);
//   Plan::Create(*network, Precision::kAuto)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/network.h"

namespace brushwork {

// What becomes of one layer of the prepared network (quantizable_network.h).
struct LayerRecipe {
  uint64_t fingerprint = 0;  // of the float layer that the recipe was made for
  std::string name;          // for messages and inspection
  std::string kind;
  // Whether the layer is meant to compute in int8. Layers that only move values follow the type
  // they are given.
  bool int8 = false;
  // In dB: power of the layer's float output to that of what int8 changes in it, both with the
  // float network's activations as inputs (so the layer's own error, not that of the layers before
  // it). 0 where it was not measured.
  double signal_to_noise = 0.0;
  // Convolutions, ordinary and transposed: the channels of input and output equalized, int8 weights
  // with one scale per output channel (none where the layer stays in float), the bias corrected.
  std::shared_ptr<const Filter> filter;
  std::vector<float> bias;
  // Normalizations: what the layer's outputs are multiplied by, and what its inputs were divided
  // by; empty where that is 1.
  std::vector<float> output_scale;
  std::vector<float> input_scale;
  // Of the quantizer behind the layer; none where its output stays in float, or where a layer moves
  // values that are quantized already.
  std::optional<Quantization> output;
};

// What calibration found out about a float network, valid for any size of it.
struct QuantizationRecipe {
  // One step for each of the picture's 256 levels.
  Quantization input;
  bool quantize_input = true;
  std::vector<LayerRecipe> layers;  // in the prepared network's order
  // Paintings of the calibration pictures, quantized against float, of colours within 0..1 in the
  // model's output range.
  std::vector<double> picture_psnr;  // dB, one for each picture
  double psnr = 0.0;                 // dB, of the mean squared error over all pictures
};

// `network` is the model's float network at any size. The result computes the same function up to
// quantization: FakeQuantizeLayers are inserted, weights have Filter::quantized, normalizations
// have input_scale. kInvalidArgument if the recipe was made for another network.
StatusOr<Network> QuantizeNetwork(const Network& network, const QuantizationRecipe& recipe);

}  // namespace brushwork
