#include "gpu/coefficients.h"

#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "gpu/float_network.h"
#include "plan/frame.h"

namespace brushwork {
namespace {

// Most models run at this size, and none of those that do has other normalizations at another.
constexpr int kSampleSide = 160;

const std::vector<float>* FoldingBias(const LayerParameters& parameters) {
  if (const auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    return &convolution->bias;
  }
  // In groups its output channels lie along two axes of the weights.
  const auto* transposed = std::get_if<TransposedConvolutionLayer>(&parameters);
  return transposed != nullptr && transposed->groups == 1 ? &transposed->bias : nullptr;
}

Status CheckStatistics(const std::vector<GraphNormalization>& normalizations,
                       const NormStatistics& statistics) {
  if (statistics.layers.size() != normalizations.size()) {
    return InvalidArgument("statistics: got " + std::to_string(statistics.layers.size()) +
                           " layers, needed " + std::to_string(normalizations.size()));
  }
  for (size_t i = 0; i < normalizations.size(); ++i) {
    const size_t got = statistics.layers[i].mean.size();
    const size_t needed = normalizations[i].layer.scale.size();
    if (got == needed && statistics.layers[i].variance.size() == needed) continue;
    return InvalidArgument("statistics: got " + std::to_string(got) + " channels of layer " +
                           std::to_string(i) + ", needed " + std::to_string(needed));
  }
  return OkStatus();
}

// As the kernels fold them: a channel without any variance (and epsilon 0) comes to its shift.
void Append(const GraphNormalization& normalization, const NormalizationLayer& layer,
            const ChannelStatistics& statistics, std::vector<float>& coefficients) {
  std::vector<float> shifts;
  for (size_t c = 0; c < layer.scale.size(); ++c) {
    const double deviation =
        std::sqrt(static_cast<double>(statistics.variance[c]) + static_cast<double>(layer.epsilon));
    double scale = deviation > 0.0 ? static_cast<double>(layer.scale[c]) / deviation : 0.0;
    const double bias = normalization.bias.empty() ? 0.0 : normalization.bias[c];
    shifts.push_back(static_cast<float>(static_cast<double>(layer.shift[c]) +
                                        (bias - static_cast<double>(statistics.mean[c])) * scale));
    if (!layer.input_scale.empty()) scale *= static_cast<double>(layer.input_scale[c]);
    coefficients.push_back(static_cast<float>(scale));
  }
  coefficients.insert(coefficients.end(), shifts.begin(), shifts.end());
}

}  // namespace

std::vector<int> FoldingConvolutions(const Network& network) {
  const std::vector<int> readers = CountReaders(network);
  std::vector<int> producers(network.values.size(), -1);
  std::vector<int> convolutions(network.layers.size(), -1);
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    producers[layer.output] = static_cast<int>(i);
    const auto* normalization = std::get_if<NormalizationLayer>(&layer.parameters);
    if (normalization == nullptr || !normalization->input_scale.empty()) continue;
    const int producer = producers[layer.inputs[0]];
    if (producer < 0 || readers[layer.inputs[0]] != 1) continue;
    const Layer& before = network.layers[static_cast<size_t>(producer)];
    if (FoldingBias(before.parameters) != nullptr) convolutions[i] = producer;
  }
  return convolutions;
}

std::vector<GraphNormalization> GraphNormalizations(const Network& network) {
  const std::vector<int> convolutions = FoldingConvolutions(network);
  std::vector<GraphNormalization> normalizations;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const auto* layer = std::get_if<NormalizationLayer>(&network.layers[i].parameters);
    if (layer == nullptr) continue;
    normalizations.push_back({*layer, {}});
    if (convolutions[i] < 0) continue;
    const auto convolution = static_cast<size_t>(convolutions[i]);
    normalizations.back().bias = *FoldingBias(network.layers[convolution].parameters);
  }
  return normalizations;
}

StatusOr<std::vector<GraphNormalization>> GraphNormalizations(const Model& model) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame, FitFrame(model, kSampleSide, kSampleSide));
  return GraphNormalizations(ToFloatNetwork(frame.network));
}

StatusOr<std::vector<float>> Coefficients(const std::vector<GraphNormalization>& normalizations,
                                          const NormStatistics& statistics,
                                          const StyleVector* style) {
  BRUSHWORK_RETURN_IF_ERROR(CheckStatistics(normalizations, statistics));
  size_t size = 0;
  for (const GraphNormalization& normalization : normalizations) {
    size += 2 * normalization.layer.scale.size();
  }
  if (style != nullptr) BRUSHWORK_RETURN_IF_ERROR(CheckStyleSize(style->values.size(), size));
  std::vector<float> coefficients;
  coefficients.reserve(size);
  for (size_t i = 0; i < normalizations.size(); ++i) {
    const GraphNormalization& normalization = normalizations[i];
    if (style == nullptr) {
      Append(normalization, normalization.layer, statistics.layers[i], coefficients);
      continue;
    }
    const std::span<const float> values(style->values);
    Append(normalization, WithStyle(normalization.layer, values.subspan(coefficients.size())),
           statistics.layers[i], coefficients);
  }
  return coefficients;
}

}  // namespace brushwork
