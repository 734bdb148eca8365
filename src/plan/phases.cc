#include "plan/phases.h"

#include <optional>
#include <utility>

namespace brushwork {
namespace {

// A layer has stride² phases; planning takes the square of all layers' number.
constexpr int64_t kMaxStride = 4;
constexpr size_t kMaxLayers = 4096;

// One direction of one phase: output position stride * t + phase is the sum over a of
// input[t - padding + a] * weights[first - stride * a].
struct PhaseTaps {
  int64_t count = 0;
  int64_t first = 0;
  int64_t padding_before = 0;
  int64_t padding_after = 0;
};

// None if the phase reads nothing, or would have to leave out rows of the input.
std::optional<PhaseTaps> TapsOf(int64_t phase, int64_t stride, int64_t kernel, int64_t padding,
                                int64_t input_size, int64_t output_size) {
  const int64_t residue = (phase + padding) % stride;
  if (residue >= kernel) return std::nullopt;
  PhaseTaps taps;
  taps.count = (kernel - residue + stride - 1) / stride;
  taps.first = stride * (taps.count - 1) + residue;
  const int64_t shift = (phase + padding - residue) / stride;
  taps.padding_before = taps.count - 1 - shift;
  taps.padding_after = output_size / stride + shift - input_size;
  if (taps.padding_before < 0 || taps.padding_after < 0) return std::nullopt;
  return taps;
}

std::shared_ptr<const Filter> PhaseFilter(const Filter& filter, const PhaseTaps& vertical,
                                          const PhaseTaps& horizontal, int64_t stride_height,
                                          int64_t stride_width) {
  auto phase = std::make_shared<Filter>();
  phase->output_channels = filter.output_channels;
  phase->kernel_height = vertical.count;
  phase->kernel_width = horizontal.count;
  phase->input_channels = filter.input_channels;
  phase->scales = filter.scales;
  for (int64_t o = 0; o < filter.output_channels; ++o) {
    for (int64_t a = 0; a < vertical.count; ++a) {
      for (int64_t b = 0; b < horizontal.count; ++b) {
        const int64_t y = vertical.first - stride_height * a;
        const int64_t x = horizontal.first - stride_width * b;
        const int64_t begin =
            ((o * filter.kernel_height + y) * filter.kernel_width + x) * filter.input_channels;
        for (int64_t i = begin; i < begin + filter.input_channels; ++i) {
          phase->values.push_back(filter.values[static_cast<size_t>(i)]);
          phase->quantized.push_back(filter.quantized[static_cast<size_t>(i)]);
        }
      }
    }
  }
  return phase;
}

class Splitter {
 public:
  explicit Splitter(FusedNetwork network) : network_(std::move(network)) {
    readers_.assign(network_.values.size(), {});
    for (const FusedLayer& fused : network_.layers) {
      for (const ValueId input : fused.layer.inputs) readers_[input].push_back(&fused);
    }
  }

  FusedNetwork Run() {
    std::vector<FusedLayer> layers;
    for (const FusedLayer& fused : network_.layers) {
      std::vector<FusedLayer> phases;
      if (layers.size() < kMaxLayers) phases = Split(fused);
      if (phases.empty()) phases.push_back(fused);
      for (FusedLayer& layer : phases) layers.push_back(std::move(layer));
    }
    network_.layers = std::move(layers);
    return std::move(network_);
  }

 private:
  const FakeQuantizeLayer* OnlyQuantizer(ValueId value) const {
    if (value == network_.output || readers_[value].size() != 1) return nullptr;
    return std::get_if<FakeQuantizeLayer>(&readers_[value][0]->layer.parameters);
  }

  // Empty if the layer stays as it is.
  std::vector<FusedLayer> Split(const FusedLayer& fused) {
    const auto* layer = std::get_if<TransposedConvolutionLayer>(&fused.layer.parameters);
    if (layer == nullptr || layer->filter->quantized.empty() || layer->groups != 1) return {};
    if (layer->dilation_height != 1 || layer->dilation_width != 1) return {};
    const int64_t stride = layer->stride_height;
    if (stride < 2 || stride > kMaxStride || layer->stride_width != stride) return {};
    const FakeQuantizeLayer* quantizer = OnlyQuantizer(fused.layer.output);
    const Shape4 input = network_.values[fused.layer.inputs[0]].shape;
    const Shape4 output = network_.values[fused.layer.output].shape;
    if (quantizer == nullptr || output.height % stride != 0 || output.width % stride != 0)
      return {};
    const FakeQuantizeLayer quantization = *quantizer;

    std::vector<FusedLayer> layers;
    FusedLayer concat;
    concat.layer = {ConcatLayer{}, fused.layer.name + "/phases", {}, -1};
    const Filter& filter = *layer->filter;
    for (int64_t phase = 0; phase < stride * stride; ++phase) {
      const auto vertical = TapsOf(phase / stride, stride, filter.kernel_height, layer->padding.top,
                                   input.height, output.height);
      const auto horizontal = TapsOf(phase % stride, stride, filter.kernel_width,
                                     layer->padding.left, input.width, output.width);
      if (!vertical || !horizontal) return {};
      ConvolutionLayer convolution;
      convolution.filter = PhaseFilter(filter, *vertical, *horizontal, stride, stride);
      convolution.bias = layer->bias;
      convolution.padding = {vertical->padding_before, horizontal->padding_before,
                             vertical->padding_after, horizontal->padding_after};
      const std::string name = fused.layer.name + "/phase" + std::to_string(phase);
      const Shape4 shape{1, output.height / stride, output.width / stride, output.channels};
      const ValueId sum = AddValue(name, shape);
      const ValueId rounded = AddValue(name + "/quantized", shape);
      layers.push_back({{std::move(convolution), name, fused.layer.inputs, sum}, fused.range});
      layers.push_back({{quantization, name + "/quantize", {sum}, rounded}, {}});
      concat.layer.inputs.push_back(rounded);
    }
    concat.layer.output = AddValue(
        concat.layer.name,
        {1, output.height / stride, output.width / stride, output.channels * stride * stride});
    layers.push_back(concat);
    layers.push_back({{DepthToSpaceLayer{stride, ShuffleOrder::kDcr},
                       fused.layer.name + "/interleave",
                       {concat.layer.output},
                       fused.layer.output},
                      {}});
    return layers;
  }

  ValueId AddValue(const std::string& name, const Shape4& shape) {
    network_.values.push_back({name, shape});
    return static_cast<ValueId>(network_.values.size()) - 1;
  }

  FusedNetwork network_;
  std::vector<std::vector<const FusedLayer*>> readers_;  // by value of the original network
};

}  // namespace

FusedNetwork SplitIntoPhases(FusedNetwork network) { return Splitter(std::move(network)).Run(); }

}  // namespace brushwork
