#include "plan/quantization.h"

#include <utility>

#include "plan/quantizable_network.h"
#include "plan/weight_quantization.h"

namespace brushwork {
namespace {

void ApplyToLayer(const LayerRecipe& recipe, LayerParameters& parameters) {
  if (auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    convolution->filter = recipe.filter;
    convolution->bias = recipe.bias;
  } else if (auto* transposed = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    transposed->filter = recipe.filter;
    transposed->bias = recipe.bias;
  } else if (auto* normalization = std::get_if<NormalizationLayer>(&parameters)) {
    if (!recipe.output_scale.empty()) {
      const std::vector<float> no_shift(recipe.output_scale.size(), 0.0F);
      AppendAffine({recipe.output_scale, no_shift}, *normalization);
    }
    normalization->input_scale = recipe.input_scale;
  }
}

Status CheckRecipe(const FusedNetwork& prepared, const QuantizationRecipe& recipe) {
  if (prepared.layers.size() != recipe.layers.size()) {
    return InvalidArgument("the quantization recipe is for a network of " +
                           std::to_string(recipe.layers.size()) + " layers, this one has " +
                           std::to_string(prepared.layers.size()));
  }
  for (size_t i = 0; i < recipe.layers.size(); ++i) {
    if (Fingerprint(prepared.layers[i]) == recipe.layers[i].fingerprint) continue;
    return InvalidArgument("the quantization recipe is for another network: layer " +
                           std::to_string(i) + ", '" + prepared.layers[i].layer.name +
                           "', is not the " + recipe.layers[i].kind + " '" + recipe.layers[i].name +
                           "'");
  }
  return OkStatus();
}

// Puts a quantizer behind values: all that reads one reads the quantizer instead.
class QuantizerInsertion {
 public:
  explicit QuantizerInsertion(FusedNetwork& network) : network_(network) {}

  FusedLayer After(ValueId value, const Quantization& quantization, const std::string& name) {
    network_.values.push_back(network_.values[value]);
    const ValueId quantized = static_cast<ValueId>(network_.values.size()) - 1;
    for (FusedLayer& fused : network_.layers) {
      for (ValueId& input : fused.layer.inputs) {
        if (input == value) input = quantized;
      }
    }
    if (network_.output == value) network_.output = quantized;
    FusedLayer quantizer;
    quantizer.layer = {FakeQuantizeLayer{quantization}, name + "/quantize", {value}, quantized};
    return quantizer;
  }

 private:
  FusedNetwork& network_;
};

}  // namespace

StatusOr<Network> QuantizeNetwork(const Network& network, const QuantizationRecipe& recipe) {
  if (network.input < 0 || network.output < 0) return InvalidArgument("got an empty network");
  FusedNetwork prepared = PrepareForQuantization(network, recipe.input);
  BRUSHWORK_RETURN_IF_ERROR(CheckRecipe(prepared, recipe));
  QuantizerInsertion insertion(prepared);
  std::vector<FusedLayer> quantizers(recipe.layers.size() + 1);
  if (recipe.quantize_input) {
    quantizers[0] = insertion.After(prepared.input, recipe.input, "input");
  }
  for (size_t i = 0; i < recipe.layers.size(); ++i) {
    Layer& layer = prepared.layers[i].layer;
    ApplyToLayer(recipe.layers[i], layer.parameters);
    if (!recipe.layers[i].output) continue;
    quantizers[i + 1] = insertion.After(layer.output, *recipe.layers[i].output, layer.name);
  }
  std::vector<FusedLayer> layers;
  if (recipe.quantize_input) layers.push_back(std::move(quantizers[0]));
  for (size_t i = 0; i < recipe.layers.size(); ++i) {
    layers.push_back(std::move(prepared.layers[i]));
    if (recipe.layers[i].output) layers.push_back(std::move(quantizers[i + 1]));
  }
  prepared.layers = std::move(layers);
  return ToNetwork(prepared);
}

}  // namespace brushwork
