#include "plan/fusion.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace brushwork {
namespace {

// A network under rewriting. A layer that is fused away is marked, and its output is replaced by
// the value that now stands for it.
class Fuser {
 public:
  explicit Fuser(const Network& network) {
    fused_.values = network.values;
    fused_.input = network.input;
    fused_.output = network.output;
    for (const Layer& layer : network.layers) fused_.layers.push_back({layer, {}});
    removed_.assign(fused_.layers.size(), false);
    Index();
  }

  void DropQuantizers() {
    for (size_t i = 0; i < fused_.layers.size(); ++i) {
      if (std::holds_alternative<FakeQuantizeLayer>(parameters(i))) RemoveAsIdentity(i);
    }
  }

  // Each pass looks at a layer and the one that produces its only input.
  template <typename Pass>
  void ForEachPair(Pass pass) {
    for (size_t i = 0; i < fused_.layers.size(); ++i) {
      if (removed_[i] || fused_.layers[i].layer.inputs.size() != 1) continue;
      const std::optional<size_t> producer = OnlyProducer(fused_.layers[i].layer.inputs[0]);
      if (producer) pass(*this, *producer, i);
    }
  }

  // `second` computes nothing any more: its output is what `first` writes. The surviving value is
  // the second's, so that the network's output keeps its identity.
  void MergeIntoFirst(size_t first, size_t second) {
    const ValueId merged = fused_.layers[first].layer.output;
    fused_.layers[first].layer.output = fused_.layers[second].layer.output;
    producers_[merged] = std::nullopt;
    producers_[fused_.layers[first].layer.output] = first;
    removed_[second] = true;
  }

  // `first` computes nothing any more: `second` reads what it read.
  void MergeIntoSecond(size_t first, size_t second) {
    fused_.layers[second].layer.inputs = fused_.layers[first].layer.inputs;
    removed_[first] = true;
  }

  LayerParameters& parameters(size_t i) { return fused_.layers[i].layer.parameters; }
  OutputRange& range(size_t i) { return fused_.layers[i].range; }
  const Shape4& output_shape(size_t i) const {
    return fused_.values[fused_.layers[i].layer.output].shape;
  }

  FusedNetwork Take() {
    std::vector<FusedLayer> kept;
    for (size_t i = 0; i < fused_.layers.size(); ++i) {
      if (!removed_[i]) kept.push_back(std::move(fused_.layers[i]));
    }
    fused_.layers = std::move(kept);
    return std::move(fused_);
  }

 private:
  void Index() {
    producers_.assign(fused_.values.size(), std::nullopt);
    consumers_.assign(fused_.values.size(), 0);
    for (size_t i = 0; i < fused_.layers.size(); ++i) {
      producers_[fused_.layers[i].layer.output] = i;
      for (const ValueId input : fused_.layers[i].layer.inputs) ++consumers_[input];
    }
    ++consumers_[fused_.output];
  }

  // The layer that writes `value`, if nothing else reads it.
  std::optional<size_t> OnlyProducer(ValueId value) const {
    return consumers_[value] == 1 ? producers_[value] : std::nullopt;
  }

  void RemoveAsIdentity(size_t i) {
    const ValueId from = fused_.layers[i].layer.output;
    const ValueId to = fused_.layers[i].layer.inputs[0];
    for (FusedLayer& other : fused_.layers) std::ranges::replace(other.layer.inputs, from, to);
    if (fused_.output == from) fused_.output = to;
    removed_[i] = true;
    consumers_[to] += consumers_[from] - 1;
    consumers_[from] = 0;
    producers_[from] = std::nullopt;
  }

  FusedNetwork fused_;
  std::vector<bool> removed_;
  std::vector<std::optional<size_t>> producers_;
  std::vector<int> consumers_;
};

bool IsUnlimited(const OutputRange& range) {
  const OutputRange unlimited;
  return range.minimum == unlimited.minimum && range.maximum == unlimited.maximum;
}

// The range of an activation that is nothing but a clamp.
std::optional<OutputRange> ClampOf(const LayerParameters& parameters) {
  const auto* layer = std::get_if<ActivationLayer>(&parameters);
  if (layer == nullptr) return std::nullopt;
  if (layer->activation == Activation::kRelu) return OutputRange{.minimum = 0.0F};
  if (layer->activation == Activation::kClip) return OutputRange{layer->minimum, layer->maximum};
  return std::nullopt;
}

bool CanClamp(const LayerParameters& parameters) {
  return std::holds_alternative<ConvolutionLayer>(parameters) ||
         std::holds_alternative<TransposedConvolutionLayer>(parameters) ||
         std::holds_alternative<NormalizationLayer>(parameters) ||
         std::holds_alternative<ChannelAffineLayer>(parameters) ||
         std::holds_alternative<BinaryLayer>(parameters);
}

void FuseClamp(Fuser& fuser, size_t first, size_t second) {
  const std::optional<OutputRange> clamp = ClampOf(fuser.parameters(second));
  if (!clamp || clamp->minimum > clamp->maximum || !CanClamp(fuser.parameters(first))) return;
  OutputRange& range = fuser.range(first);
  range.minimum = std::clamp(range.minimum, clamp->minimum, clamp->maximum);
  range.maximum = std::clamp(range.maximum, clamp->minimum, clamp->maximum);
  fuser.MergeIntoFirst(first, second);
}

// Weights scaled per output channel: scale * (w * x + b) + shift.
void ScaleOutputChannels(const ChannelAffineLayer& affine, std::shared_ptr<const Filter>& filter,
                         std::vector<float>& bias) {
  auto scaled = std::make_shared<Filter>(*filter);
  // Scaled weights are no longer the int8 values that the file states.
  scaled->quantized.clear();
  scaled->scales.clear();
  const size_t per_channel = scaled->values.size() / affine.scale.size();
  for (size_t o = 0; o < affine.scale.size(); ++o) {
    for (size_t i = 0; i < per_channel; ++i) scaled->values[o * per_channel + i] *= affine.scale[o];
    bias[o] = bias[o] * affine.scale[o] + affine.shift[o];
  }
  filter = std::move(scaled);
}

void FuseAffineIntoProducer(Fuser& fuser, size_t first, size_t second) {
  const auto* affine = std::get_if<ChannelAffineLayer>(&fuser.parameters(second));
  if (affine == nullptr || !IsUnlimited(fuser.range(first))) return;
  LayerParameters& producer = fuser.parameters(first);
  if (auto* convolution = std::get_if<ConvolutionLayer>(&producer)) {
    ScaleOutputChannels(*affine, convolution->filter, convolution->bias);
  } else if (auto* transposed = std::get_if<TransposedConvolutionLayer>(&producer)) {
    ScaleOutputChannels(*affine, transposed->filter, transposed->bias);
  } else if (auto* normalization = std::get_if<NormalizationLayer>(&producer)) {
    AppendAffine(*affine, *normalization);
  } else if (auto* other = std::get_if<ChannelAffineLayer>(&producer)) {
    for (size_t c = 0; c < other->scale.size(); ++c) {
      other->scale[c] *= affine->scale[c];
      other->shift[c] = other->shift[c] * affine->scale[c] + affine->shift[c];
    }
  } else {
    return;
  }
  fuser.range(first) = fuser.range(second);
  fuser.MergeIntoFirst(first, second);
}

void FuseZeroPadding(Fuser& fuser, size_t first, size_t second) {
  const auto* pad = std::get_if<PadLayer>(&fuser.parameters(first));
  auto* convolution = std::get_if<ConvolutionLayer>(&fuser.parameters(second));
  if (pad == nullptr || convolution == nullptr) return;
  if (pad->mode != PadMode::kConstant || pad->value != 0.0F) return;
  convolution->padding.top += pad->padding.top;
  convolution->padding.left += pad->padding.left;
  convolution->padding.bottom += pad->padding.bottom;
  convolution->padding.right += pad->padding.right;
  fuser.MergeIntoSecond(first, second);
}

}  // namespace

FusedNetwork FuseLayers(const Network& network, Precision precision) {
  Fuser fuser(network);
  if (precision == Precision::kFloat) fuser.DropQuantizers();
  fuser.ForEachPair(FuseAffineIntoProducer);
  fuser.ForEachPair(FuseZeroPadding);
  fuser.ForEachPair(FuseClamp);
  return fuser.Take();
}

}  // namespace brushwork
