#include "tests/support/reference_network.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace brushwork {
namespace {

std::vector<double> Weights(const Filter& filter) {
  return {filter.values.begin(), filter.values.end()};
}

RealPicture Blank(const Shape4& shape) {
  return {shape, std::vector<double>(static_cast<size_t>(shape.elements()))};
}

RealPicture Concatenated(const ConcatLayer& layer, const std::vector<const RealPicture*>& inputs,
                         const Shape4& output) {
  RealPicture result = Blank(output);
  int64_t begin = 0;
  for (const RealPicture* input : inputs) {
    const Shape4& shape = input->shape;
    for (int64_t y = 0; y < shape.height; ++y)
      for (int64_t x = 0; x < shape.width; ++x)
        for (int64_t c = 0; c < shape.channels; ++c) {
          result.at(y + (layer.axis == 1 ? begin : 0), x + (layer.axis == 2 ? begin : 0),
                    c + (layer.axis == 3 ? begin : 0)) = input->at(y, x, c);
        }
    begin += layer.axis == 1 ? shape.height : layer.axis == 2 ? shape.width : shape.channels;
  }
  return result;
}

RealPicture Sliced(const SliceLayer& layer, const RealPicture& input, const Shape4& output) {
  RealPicture result = Blank(output);
  for (int64_t y = 0; y < output.height; ++y)
    for (int64_t x = 0; x < output.width; ++x)
      for (int64_t c = 0; c < output.channels; ++c) {
        result.at(y, x, c) =
            input.at(layer.begin[1] + y * layer.step[1], layer.begin[2] + x * layer.step[2],
                     layer.begin[3] + c * layer.step[3]);
      }
  return result;
}

RealPicture Averaged(const RealPicture& input) {
  RealPicture result = Blank({1, 1, 1, input.shape.channels});
  const auto channels = static_cast<size_t>(input.shape.channels);
  const auto count = static_cast<double>(input.shape.pixels());
  for (size_t i = 0; i < input.values.size(); ++i) {
    result.values[i % channels] += input.values[i] / count;
  }
  return result;
}

RealPicture Activated(const ActivationLayer& layer, RealPicture picture) {
  const auto channels = static_cast<size_t>(picture.shape.channels);
  for (size_t i = 0; i < picture.values.size(); ++i) {
    const auto x = static_cast<float>(picture.values[i]);
    picture.values[i] = static_cast<double>(ActivationReference(layer, x, i % channels));
  }
  return picture;
}

RealPicture Quantized(const FakeQuantizeLayer& layer, RealPicture picture) {
  const Quantization& quantization = layer.quantization;
  for (double& value : picture.values) {
    value = (QuantizeReference(value, quantization) - quantization.zero_point) *
            static_cast<double>(quantization.scale);
  }
  return picture;
}

// The part of the values that may go to either of two steps.
double Undecided(const Quantization& quantization, const RealPicture& picture) {
  constexpr double kTie = 1e-4;  // of a step; float is exact to about 1e-6 here
  const auto count = std::count_if(picture.values.begin(), picture.values.end(), [&](double value) {
    const double step = value / static_cast<double>(quantization.scale);
    const double place = step + quantization.zero_point;
    return place > -128.0 && place < 127.0 && std::abs(step - std::floor(step) - 0.5) < kTie;
  });
  return static_cast<double>(count) / static_cast<double>(picture.values.size());
}

// One layer of any kind.
struct Compute {
  const std::vector<const RealPicture*>& inputs;
  const Shape4& output;
  bool quantize;

  const RealPicture& input() const { return *inputs[0]; }

  RealPicture operator()(const ConvolutionLayer& layer) const {
    return ConvolutionReference(layer, input(), Weights(*layer.filter), output);
  }
  RealPicture operator()(const TransposedConvolutionLayer& layer) const {
    return TransposedConvolutionReference(layer, input(), Weights(*layer.filter), output);
  }
  RealPicture operator()(const NormalizationLayer& layer) const {
    return NormalizationReference(layer, input());
  }
  RealPicture operator()(const ChannelAffineLayer& layer) const {
    return ChannelAffineReference(layer, input());
  }
  RealPicture operator()(const PadLayer& layer) const {
    return PadReference(layer, input(), static_cast<double>(layer.value));
  }
  RealPicture operator()(const ResizeLayer& layer) const {
    return ResizeReference(layer, input(), output);
  }
  RealPicture operator()(const DepthToSpaceLayer& layer) const {
    return DepthToSpaceReference(layer, input());
  }
  RealPicture operator()(const SpaceToDepthLayer& layer) const {
    return SpaceToDepthReference(layer, input());
  }
  RealPicture operator()(const BinaryLayer& layer) const {
    return BinaryReference(layer, *inputs[0], *inputs[1]);
  }
  RealPicture operator()(const ActivationLayer& layer) const { return Activated(layer, input()); }
  RealPicture operator()(const ConcatLayer& layer) const {
    return Concatenated(layer, inputs, output);
  }
  RealPicture operator()(const SliceLayer& layer) const { return Sliced(layer, input(), output); }
  RealPicture operator()(const PoolLayer& layer) const {
    return PoolReference(layer, input(), output);
  }
  RealPicture operator()(const GlobalAveragePoolLayer&) const { return Averaged(input()); }
  RealPicture operator()(const FakeQuantizeLayer& layer) const {
    return quantize ? Quantized(layer, input()) : input();
  }
  RealPicture operator()(const ConstantLayer& layer) const {
    return {output, {layer.values.begin(), layer.values.end()}};
  }
};

}  // namespace

ReferenceResult RunReference(const Network& network, const RealPicture& input, bool quantize) {
  std::vector<RealPicture> values(network.values.size());
  values[static_cast<size_t>(network.input)] = input;
  ReferenceResult result;
  for (const Layer& layer : network.layers) {
    std::vector<const RealPicture*> inputs;
    for (const ValueId id : layer.inputs) inputs.push_back(&values[static_cast<size_t>(id)]);
    const auto output = static_cast<size_t>(layer.output);
    values[output] =
        std::visit(Compute{inputs, network.values[output].shape, quantize}, layer.parameters);
    for (const double value : values[output].values) {
      result.largest = std::max(result.largest, std::abs(value));
    }
    if (const auto* quantizer = std::get_if<FakeQuantizeLayer>(&layer.parameters)) {
      result.coarsest =
          std::max(result.coarsest, static_cast<double>(quantizer->quantization.scale));
      result.undecided = std::max(result.undecided, Undecided(quantizer->quantization, *inputs[0]));
    }
  }
  result.picture = values[static_cast<size_t>(network.output)];
  return result;
}

}  // namespace brushwork
