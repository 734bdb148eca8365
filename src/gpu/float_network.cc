#include "gpu/float_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace brushwork {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// What values may be.
struct Range {
  float minimum = -kInfinity;
  float maximum = kInfinity;
};

Range RangeOf(const Quantization& quantization) {
  const auto real = [&](int32_t quantized) {
    return static_cast<float>(quantized - quantization.zero_point) * quantization.scale;
  };
  return {real(-128), real(127)};
}

Range Cover(const Range& a, const Range& b) {
  return {std::min(a.minimum, b.minimum), std::max(a.maximum, b.maximum)};
}

ActivationLayer Clip(const Range& range) {
  ActivationLayer layer;
  layer.activation = Activation::kClip;
  layer.minimum = range.minimum;
  layer.maximum = range.maximum;
  return layer;
}

// Of an activation that is nothing but a clamp.
std::optional<Range> ClampOf(const LayerParameters& parameters) {
  const auto* layer = std::get_if<ActivationLayer>(&parameters);
  if (layer == nullptr) return std::nullopt;
  if (layer->activation == Activation::kRelu) return Range{0.0F, kInfinity};
  if (layer->activation == Activation::kClip) return Range{layer->minimum, layer->maximum};
  return std::nullopt;
}

// What a layer makes of values within `input`, the cover of all its inputs' ranges.
struct OutputRangeOf {
  const Range& input;

  Range operator()(const ActivationLayer& layer) const {
    if (layer.activation == Activation::kSigmoid || layer.activation == Activation::kHardSigmoid) {
      return {0.0F, 1.0F};
    }
    if (layer.activation == Activation::kTanh) return {-1.0F, 1.0F};
    return {};
  }
  Range operator()(const PadLayer& layer) const {
    if (layer.mode != PadMode::kConstant) return input;
    return Cover(input, {layer.value, layer.value});
  }
  Range operator()(const PoolLayer& layer) const {
    // Averages may count the padding's zeros.
    return layer.mode == PoolMode::kMax ? input : Cover(input, {0.0F, 0.0F});
  }
  Range operator()(const ResizeLayer&) const { return input; }
  Range operator()(const DepthToSpaceLayer&) const { return input; }
  Range operator()(const SpaceToDepthLayer&) const { return input; }
  Range operator()(const ConcatLayer&) const { return input; }
  Range operator()(const SliceLayer&) const { return input; }
  Range operator()(const GlobalAveragePoolLayer&) const { return input; }
  template <typename Other>
  Range operator()(const Other&) const {
    return {};
  }
};

class Converter {
 public:
  explicit Converter(const Network& network)
      : source_(network),
        readers_(CountReaders(network)),
        ranges_(network.values.size()),
        producers_(network.values.size(), -1) {
    result_.values = network.values;
    result_.input = network.input;
    for (size_t i = 0; i < network.values.size(); ++i) survivors_.push_back(static_cast<int>(i));
  }

  Network Convert() && {
    FindFoldedQuantizers();
    for (Layer layer : source_.layers) {
      for (ValueId& input : layer.inputs) input = survivors_[input];
      if (const auto* quantizer = std::get_if<FakeQuantizeLayer>(&layer.parameters)) {
        if (folded_[layer.output]) {
          Drop(layer);
          continue;
        }
        layer.parameters = Clip(RangeOf(quantizer->quantization));
      }
      Add(std::move(layer));
    }
    result_.output = survivors_[source_.output];
    return std::move(result_);
  }

 private:
  // Quantizers that are all that reads a convolution, and that only a normalization reads.
  void FindFoldedQuantizers() {
    folded_.assign(source_.values.size(), false);
    std::vector<bool> from_convolution(source_.values.size(), false);
    std::vector<bool> quantized_convolution(source_.values.size(), false);
    for (const Layer& layer : source_.layers) {
      const ValueId output = layer.output;
      const bool alone = readers_[output] == 1;
      if (std::holds_alternative<ConvolutionLayer>(layer.parameters) ||
          std::holds_alternative<TransposedConvolutionLayer>(layer.parameters)) {
        from_convolution[output] = alone;
      } else if (std::holds_alternative<FakeQuantizeLayer>(layer.parameters)) {
        quantized_convolution[output] = alone && from_convolution[layer.inputs[0]];
      } else if (std::holds_alternative<NormalizationLayer>(layer.parameters)) {
        folded_[layer.inputs[0]] = quantized_convolution[layer.inputs[0]];
      }
    }
  }

  void Add(Layer layer) {
    const std::optional<Range> clamp = ClampOf(layer.parameters);
    if (clamp && clamp->minimum <= clamp->maximum) {
      const Range& before = ranges_[layer.inputs[0]];
      if (Contains(*clamp, before)) return Drop(layer);
      if (MergeIntoProducer(layer, *clamp)) return;
      ranges_[layer.output] = Clamped(before, *clamp);
    } else {
      ranges_[layer.output] = std::visit(OutputRangeOf{InputRange(layer)}, layer.parameters);
    }
    producers_[layer.output] = static_cast<int>(result_.layers.size());
    result_.layers.push_back(std::move(layer));
  }

  Range InputRange(const Layer& layer) const {
    if (layer.inputs.empty()) return {};
    Range range = ranges_[layer.inputs[0]];
    for (const ValueId input : layer.inputs) range = Cover(range, ranges_[input]);
    return range;
  }

  // Whether clamping to `clamp` changes none of the values, but for what is less than a thousandth
  // of a quantization step.
  static bool Contains(const Range& clamp, const Range& values) {
    const float slack = std::isfinite(clamp.maximum - clamp.minimum)
                            ? 1e-6F * (clamp.maximum - clamp.minimum)
                            : 0.0F;
    return clamp.minimum <= values.minimum + slack && values.maximum - slack <= clamp.maximum;
  }

  static Range Clamped(const Range& values, const Range& clamp) {
    return {std::clamp(values.minimum, clamp.minimum, clamp.maximum),
            std::clamp(values.maximum, clamp.minimum, clamp.maximum)};
  }

  // One clamp in place of two, where nothing else reads between them.
  bool MergeIntoProducer(const Layer& layer, const Range& clamp) {
    const ValueId between = layer.inputs[0];
    if (readers_[between] != 1 || producers_[between] < 0) return false;
    Layer& first = result_.layers[static_cast<size_t>(producers_[between])];
    const std::optional<Range> before = ClampOf(first.parameters);
    if (!before || before->minimum > before->maximum) return false;
    first.parameters = Clip(Clamped(*before, clamp));
    ranges_[between] = Clamped(ranges_[between], clamp);
    readers_[between] = readers_[layer.output];
    survivors_[layer.output] = between;
    return true;
  }

  void Drop(const Layer& layer) {
    readers_[layer.inputs[0]] += readers_[layer.output] - 1;
    survivors_[layer.output] = layer.inputs[0];
  }

  const Network& source_;
  Network result_;
  std::vector<int> readers_;        // by value
  std::vector<Range> ranges_;       // by value of the result
  std::vector<int> producers_;      // by value of the result: index into its layers, -1: none
  std::vector<ValueId> survivors_;  // by value of the source: what stands for it
  std::vector<bool> folded_;        // by value of the source: what a quantizer to be dropped writes
};

}  // namespace

std::vector<int> CountReaders(const Network& network) {
  std::vector<int> readers(network.values.size(), 0);
  for (const Layer& layer : network.layers) {
    for (const ValueId input : layer.inputs) ++readers[input];
  }
  ++readers[network.output];
  return readers;
}

Network ToFloatNetwork(const Network& network) { return Converter(network).Convert(); }

}  // namespace brushwork
