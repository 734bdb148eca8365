#include "plan/quantizable_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace brushwork {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Channels whose padding differs by more than this part of the picture's range keep their own.
constexpr float kPaddingTolerance = 1.0F / 16.0F;

bool HasRange(const FusedLayer& fused) {
  return fused.range.minimum != -kInfinity || fused.range.maximum != kInfinity;
}

// Whether what is computed for each channel alone may as well be computed behind the layer.
bool KeepsChannels(const FusedNetwork& network, const Layer& layer) {
  if (const auto* pad = std::get_if<PadLayer>(&layer.parameters)) {
    return pad->mode != PadMode::kConstant;
  }
  if (const auto* resize = std::get_if<ResizeLayer>(&layer.parameters)) {
    return resize->mode == ResizeMode::kNearest;
  }
  return std::holds_alternative<SliceLayer>(layer.parameters) &&
         network.values[layer.inputs[0]].shape.channels ==
             network.values[layer.output].shape.channels;
}

// The only layer that reads `value`, if it is read once and not the painting.
std::optional<size_t> OnlyReader(const FusedNetwork& network, ValueId value) {
  if (network.output == value) return std::nullopt;
  std::optional<size_t> reader;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    for (const ValueId input : network.layers[i].layer.inputs) {
      if (input != value) continue;
      if (reader) return std::nullopt;
      reader = i;
    }
  }
  return reader;
}

// The convolution that reads what layer `i` writes, perhaps moved on the way, and nothing else
// does.
std::optional<size_t> ConvolutionBehind(const FusedNetwork& network, size_t i) {
  std::optional<size_t> reader = OnlyReader(network, network.layers[i].layer.output);
  while (reader && KeepsChannels(network, network.layers[*reader].layer)) {
    reader = OnlyReader(network, network.layers[*reader].layer.output);
  }
  if (!reader) return std::nullopt;
  const auto* convolution =
      std::get_if<ConvolutionLayer>(&network.layers[*reader].layer.parameters);
  return convolution != nullptr ? reader : std::nullopt;
}

// The value in front of the affine map that it makes zero of, if one will do for all channels.
std::optional<float> PaddingBefore(const ChannelAffineLayer& affine, const Quantization& grid) {
  float low = kInfinity;
  float high = -kInfinity;
  for (size_t c = 0; c < affine.scale.size(); ++c) {
    const float zero = -affine.shift[c] / affine.scale[c];
    if (!std::isfinite(zero)) return std::nullopt;
    low = std::min(low, zero);
    high = std::max(high, zero);
  }
  if (high - low > 2.0F * kPaddingTolerance * 255.0F * grid.scale) return std::nullopt;
  const float steps = std::nearbyint((low + high) / 2.0F / grid.scale);
  const float zero_point = static_cast<float>(grid.zero_point);
  return std::clamp(steps, -128.0F - zero_point, 127.0F - zero_point) * grid.scale;
}

// weights * (scale * x + shift) + bias, over the input channels.
void ScaleInputChannels(const ChannelAffineLayer& affine, ConvolutionLayer& convolution) {
  auto scaled = std::make_shared<Filter>(*convolution.filter);
  scaled->quantized.clear();
  scaled->scales.clear();
  const size_t outputs = static_cast<size_t>(scaled->output_channels);
  const size_t inputs = static_cast<size_t>(scaled->input_channels);
  const size_t outputs_per_group = outputs / static_cast<size_t>(convolution.groups);
  const size_t per_output = scaled->values.size() / outputs;
  for (size_t o = 0; o < outputs; ++o) {
    const size_t first = o / outputs_per_group * inputs;
    double shift = 0.0;
    for (size_t i = 0; i < per_output; ++i) {
      float& weight = scaled->values[o * per_output + i];
      const size_t c = first + i % inputs;
      shift += static_cast<double>(weight) * static_cast<double>(affine.shift[c]);
      weight *= affine.scale[c];
    }
    convolution.bias[o] = static_cast<float>(static_cast<double>(convolution.bias[o]) + shift);
  }
  convolution.filter = std::move(scaled);
}

class Preparation {
 public:
  Preparation(FusedNetwork network, const Quantization& grid)
      : network_(std::move(network)), grid_(grid) {}

  FusedNetwork Run() {
    for (size_t i = 0; i < network_.layers.size();) {
      if (!FoldAffine(i)) ++i;
    }
    for (FusedLayer& fused : network_.layers) MakeDepthwise(fused);
    return std::move(network_);
  }

 private:
  // True if layer `i` is gone.
  bool FoldAffine(size_t i) {
    const auto* affine = std::get_if<ChannelAffineLayer>(&network_.layers[i].layer.parameters);
    if (affine == nullptr || HasRange(network_.layers[i])) return false;
    const std::optional<size_t> reader = ConvolutionBehind(network_, i);
    if (!reader) return false;
    auto& convolution = std::get<ConvolutionLayer>(network_.layers[*reader].layer.parameters);
    const bool padded = convolution.padding != Padding2d{};
    std::optional<float> padding = 0.0F;
    if (padded) padding = PaddingBefore(*affine, grid_);
    if (!padding) return false;
    ScaleInputChannels(*affine, convolution);
    if (padded) InsertPadding(*reader, *padding);
    Remove(i);
    return true;
  }

  void InsertPadding(size_t at, float value) {
    Layer& reader = network_.layers[at].layer;
    auto& convolution = std::get<ConvolutionLayer>(reader.parameters);
    const Padding2d padding = std::exchange(convolution.padding, {});
    NetworkValue padded = network_.values[reader.inputs[0]];
    padded.shape.height += padding.top + padding.bottom;
    padded.shape.width += padding.left + padding.right;
    network_.values.push_back(std::move(padded));
    const ValueId id = static_cast<ValueId>(network_.values.size()) - 1;
    FusedLayer pad;
    pad.layer = {PadLayer{PadMode::kConstant, padding, value}, reader.name + "/padding",
                 reader.inputs, id};
    reader.inputs = {id};
    network_.layers.insert(network_.layers.begin() + static_cast<std::ptrdiff_t>(at),
                           std::move(pad));
  }

  void Remove(size_t i) {
    const ValueId from = network_.layers[i].layer.output;
    const ValueId to = network_.layers[i].layer.inputs[0];
    network_.layers.erase(network_.layers.begin() + static_cast<std::ptrdiff_t>(i));
    for (FusedLayer& fused : network_.layers) std::ranges::replace(fused.layer.inputs, from, to);
  }

  static void MakeDepthwise(FusedLayer& fused) {
    const auto* affine = std::get_if<ChannelAffineLayer>(&fused.layer.parameters);
    if (affine == nullptr) return;
    auto filter = std::make_shared<Filter>();
    filter->output_channels = static_cast<int64_t>(affine->scale.size());
    filter->input_channels = 1;
    filter->values = affine->scale;
    ConvolutionLayer convolution;
    convolution.groups = filter->output_channels;
    convolution.filter = std::move(filter);
    convolution.bias = affine->shift;
    fused.layer.parameters = std::move(convolution);
  }

  FusedNetwork network_;
  Quantization grid_;
};

ActivationLayer ClampLayer(const OutputRange& range) {
  ActivationLayer clamp;
  const bool relu = range.minimum == 0.0F && range.maximum == kInfinity;
  clamp.activation = relu ? Activation::kRelu : Activation::kClip;
  clamp.minimum = relu ? 0.0F : range.minimum;
  clamp.maximum = relu ? 0.0F : range.maximum;
  return clamp;
}

}  // namespace

FusedNetwork PrepareForQuantization(const Network& network, const Quantization& grid) {
  return Preparation(FuseLayers(network, Precision::kFloat), grid).Run();
}

Network ToNetwork(const FusedNetwork& fused) {
  Network network;
  network.values = fused.values;
  network.input = fused.input;
  network.output = fused.output;
  for (const FusedLayer& each : fused.layers) {
    network.layers.push_back(each.layer);
    if (!HasRange(each)) continue;
    network.values.push_back(fused.values[each.layer.output]);
    const ValueId before = static_cast<ValueId>(network.values.size()) - 1;
    network.layers.back().output = before;
    network.layers.push_back(
        {ClampLayer(each.range), each.layer.name + "/clamp", {before}, each.layer.output});
  }
  return network;
}

}  // namespace brushwork
