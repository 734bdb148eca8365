// Convolutions of both kinds: ONNX Conv and ConvTranspose.
#include <array>

#include "gpu/graph_layers.h"

namespace brushwork {
namespace {

// A convolution of either kind as ONNX has it.
struct OnnxConvolution {
  const char* operation = "";
  std::array<int64_t, 4> dims{};  // of the weights
  std::vector<float> weights;
  const std::vector<float>* bias = nullptr;
  int64_t output_axis = 0;  // of the weights
  std::vector<OnnxWriter::Attribute> attributes;
};

template <typename ConvolutionKind>
std::vector<OnnxWriter::Attribute> Attributes(const ConvolutionKind& layer) {
  const Padding2d& padding = layer.padding;
  return {
      {"kernel_shape",
       OnnxWriter::Integers{{layer.filter->kernel_height, layer.filter->kernel_width}}},
      {"strides", OnnxWriter::Integers{{layer.stride_height, layer.stride_width}}},
      {"dilations", OnnxWriter::Integers{{layer.dilation_height, layer.dilation_width}}},
      {"pads", OnnxWriter::Integers{{padding.top, padding.left, padding.bottom, padding.right}}},
      {"group", layer.groups}};
}

// weights[index(output, input)][y][x] of the filter's [output][y][x][input], where `index` names
// the place of the kernel [height, width].
template <typename Index>
std::vector<float> Reordered(const Filter& filter, Index index) {
  const int64_t area = filter.kernel_height * filter.kernel_width;
  std::vector<float> weights(filter.values.size());
  size_t from = 0;
  for (int64_t o = 0; o < filter.output_channels; ++o) {
    for (int64_t pixel = 0; pixel < area; ++pixel) {
      for (int64_t i = 0; i < filter.input_channels; ++i, ++from) {
        weights[static_cast<size_t>(index(o, i) * area + pixel)] = filter.values[from];
      }
    }
  }
  return weights;
}

OnnxConvolution Describe(const ConvolutionLayer& layer) {
  const Filter& filter = *layer.filter;
  const int64_t inputs = filter.input_channels;
  return {"Conv",
          {filter.output_channels, inputs, filter.kernel_height, filter.kernel_width},
          Reordered(filter, [&](int64_t o, int64_t i) { return o * inputs + i; }),
          &layer.bias,
          0,
          Attributes(layer)};
}

OnnxConvolution Describe(const TransposedConvolutionLayer& layer) {
  const Filter& filter = *layer.filter;
  const int64_t outputs = filter.output_channels / layer.groups;
  const int64_t inputs = filter.input_channels;
  OnnxConvolution described{
      "ConvTranspose",
      {inputs * layer.groups, outputs, filter.kernel_height, filter.kernel_width},
      Reordered(
          filter,
          [&](int64_t o, int64_t i) { return (o / outputs * inputs + i) * outputs + o % outputs; }),
      &layer.bias,
      1,
      Attributes(layer)};
  described.attributes.push_back(
      {"output_padding",
       OnnxWriter::Integers{{layer.output_padding_height, layer.output_padding_width}}});
  return described;
}

OnnxConvolution Describe(const LayerParameters& parameters) {
  if (const auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    return Describe(*convolution);
  }
  return Describe(std::get<TransposedConvolutionLayer>(parameters));
}

std::string AddWeights(const OnnxConvolution& convolution, const GraphPlace& place,
                       OnnxWriter& writer) {
  std::string name = place.name + ".weights";
  writer.AddFloats(name, {convolution.dims.begin(), convolution.dims.end()}, convolution.weights);
  return name;
}

}  // namespace

void AddConvolution(const LayerParameters& parameters, const GraphPlace& place,
                    OnnxWriter& writer) {
  const OnnxConvolution convolution = Describe(parameters);
  const std::string weights = AddWeights(convolution, place, writer);
  const std::string bias = place.name + ".bias";
  writer.AddFloats(bias, {static_cast<int64_t>(convolution.bias->size())}, *convolution.bias);
  writer.AddNode(convolution.operation, place.name, {place.inputs[0], weights, bias}, place.output,
                 convolution.attributes);
}

void AddScaledConvolution(const LayerParameters& parameters, const GraphPlace& place,
                          const GraphScaling& scaling, OnnxWriter& writer) {
  const OnnxConvolution convolution = Describe(parameters);
  const std::string weights = AddWeights(convolution, place, writer);
  const std::string scaled = weights + ".scaled";
  std::string scale = scaling.scale;
  if (convolution.output_axis == 0) {
    const std::string shape = place.name + ".scale.shape";
    writer.AddInts(shape, std::array<int64_t, 4>{-1, 1, 1, 1});
    scale = place.name + ".scale";
    writer.AddNode("Reshape", scale, {scaling.scale, shape}, scale);
  }
  writer.AddNode("Mul", scaled, {weights, scale}, scaled);
  const std::string flat = place.name + ".bias.shape";
  const std::string bias = place.name + ".bias";
  writer.AddInts(flat, std::array<int64_t, 1>{-1});
  writer.AddNode("Reshape", bias, {scaling.shift, flat}, bias);
  writer.AddNode(convolution.operation, place.name, {place.inputs[0], scaled, bias}, place.output,
                 convolution.attributes);
}

}  // namespace brushwork
