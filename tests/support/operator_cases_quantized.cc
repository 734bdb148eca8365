#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

// Everything here ends in a quantizer of this scale, whose result the case compares: rounding may
// differ by one step where a sum falls between two, so a difference of one step times the largest
// weights of the last convolution (three channels of at most 1 each, by `channels`) is allowed.
constexpr float kScale = 0.04F;
float OneStep(int64_t channels) { return 1.05F * kScale * static_cast<float>(channels); }

std::string QuantizedInput(CaseGraph& g) { return g.Quantize(g.input(), 0.02F, 3); }

std::vector<uint8_t> Convolution(CaseGraph& g, const char* activation, bool is_uint8,
                                 int64_t groups) {
  const int64_t c = g.channels();
  const std::string x = is_uint8 ? g.Quantize(g.input(), 0.02F, 131, true) : QuantizedInput(g);
  std::string y =
      g.Node("Conv", {x, g.QuantizedWeights({c, c / groups, 3, 3}, 0, 0.002F), g.Weights({c})},
             {{"pads", {1, 0, 2, 1}}, {"strides", {2, 1}}, {"group", groups}});
  if (activation != nullptr) y = g.Node(activation, {y});
  y = is_uint8 ? g.Quantize(y, kScale, 120, true) : g.Quantize(y, kScale, -10);
  return g.Finish(y, c);
}

std::vector<uint8_t> TransposedConvolution(CaseGraph& g) {
  const int64_t c = g.channels();
  const std::string y =
      g.Node("ConvTranspose", {QuantizedInput(g), g.QuantizedWeights({c, 6, 3, 3}, 1, 0.002F)},
             {{"pads", {1, 1, 1, 1}}, {"strides", {2, 2}}, {"output_padding", {1, 1}}});
  return g.Finish(g.Quantize(y, kScale, 5), 6);
}

std::vector<uint8_t> Normalization(CaseGraph& g) {
  const int64_t c = g.channels();
  const std::string y = g.Node("InstanceNormalization",
                               {QuantizedInput(g), g.Weights({c}, 0.5F, 1.5F), g.Weights({c})});
  return g.Finish(g.Quantize(g.Node("Relu", {y}), kScale, -128), c);
}

std::vector<uint8_t> Addition(CaseGraph& g) {
  const int64_t c = g.channels();
  const std::string x = QuantizedInput(g);
  const std::string other = g.Quantize(g.Node("Tanh", {g.input()}), 0.01F, -7);
  return g.Finish(g.Quantize(g.Node("Add", {x, other}), kScale, 1), c);
}

std::vector<uint8_t> Activation(CaseGraph& g, const char* operation) {
  const std::string y = g.Node(operation, {QuantizedInput(g)});
  return g.Finish(g.Quantize(y, kScale, 0), g.channels());
}

// Data movement behind one quantizer, and a different quantizer at the end.
std::vector<uint8_t> Movement(CaseGraph& g) {
  const int64_t c = g.channels();
  g.builder().Floats("scales", {4}, {1.0F, 1.0F, 2.0F, 2.0F});
  const std::string padded =
      g.Node("Pad", {QuantizedInput(g), g.Ints({0, 0, 2, 1, 0, 0, 1, 2})}, {{"mode", "reflect"}});
  const std::string grown = g.Node("Resize", {padded, "", "scales"},
                                   {{"mode", "nearest"},
                                    {"coordinate_transformation_mode", "asymmetric"},
                                    {"nearest_mode", "floor"}});
  const std::string shuffled = g.Node("SpaceToDepth", {grown}, {{"blocksize", 2}});
  const std::string pooled = g.Node("MaxPool", {shuffled}, {{"kernel_shape", {2, 2}}});
  return g.Finish(g.Quantize(g.Node("Relu", {pooled}), kScale, -100), 4 * c);
}

std::vector<uint8_t> Concatenation(CaseGraph& g, float other_scale) {
  const std::string other = g.Quantize(g.Node("Tanh", {g.input()}), other_scale, 3);
  const std::string y = g.Node("Concat", {QuantizedInput(g), other}, {{"axis", 1}});
  return g.Finish(g.Quantize(y, kScale, 0), 2 * g.channels());
}

// Weights that XNNPACK's int8 convolution can't take: they must compute in float, and right.
std::vector<uint8_t> AsymmetricWeights(CaseGraph& g) {
  const int64_t c = g.channels();
  std::vector<uint8_t> values(static_cast<size_t>(c * c * 9));
  for (uint8_t& value : values) value = static_cast<uint8_t>(g.random().Integer(0, 255));
  g.builder().Uint8s("w", {c, c, 3, 3}, values).Float("ws", 0.003F).Uint8s("wz", {}, {97});
  const std::string weights = g.Node("DequantizeLinear", {"w", "ws", "wz"});
  const std::string y = g.Node("Conv", {QuantizedInput(g), weights});
  return g.Finish(g.Quantize(y, kScale, 0), c);
}

// A float layer in a quantized chain.
std::vector<uint8_t> Mixed(CaseGraph& g) {
  const int64_t c = g.channels();
  const std::string y = g.Node("Conv", {QuantizedInput(g), g.Weights({c, c, 3, 3}, -0.2F, 0.2F)});
  const std::string normalized =
      g.Node("InstanceNormalization", {y, g.Weights({c}, 0.5F, 1.5F), g.Weights({c})});
  return g.Finish(g.Quantize(normalized, kScale, 0), c);
}

}  // namespace

void AddQuantizedCases(CaseList& list) {
  for (const int64_t channels : {3, 8, 16}) {
    const float tolerance = OneStep(channels);
    list.Add(
        "int8_conv", 13, channels, [](CaseGraph& g) { return Convolution(g, nullptr, false, 1); },
        tolerance);
    list.Add(
        "int8_conv_relu", 13, channels,
        [](CaseGraph& g) { return Convolution(g, "Relu", false, 1); }, tolerance);
    list.Add(
        "uint8_conv_relu", 13, channels,
        [](CaseGraph& g) { return Convolution(g, "Relu", true, 1); }, tolerance);
    list.Add(
        "int8_depthwise", 13, channels,
        [=](CaseGraph& g) { return Convolution(g, nullptr, false, channels); }, tolerance);
    list.Add("int8_normalization", 13, channels, Normalization, tolerance);
    list.Add("int8_add", 13, channels, Addition, tolerance);
    list.Add("int8_movement", 13, channels, Movement, OneStep(4 * channels));
  }
  list.Add("int8_conv_transpose", 13, 8, TransposedConvolution, OneStep(6));
  for (const char* operation : {"Relu", "Tanh", "Sigmoid", "LeakyRelu", "HardSwish"}) {
    list.Add(
        std::string("int8_") + operation, 16, 4,
        [=](CaseGraph& g) { return Activation(g, operation); }, OneStep(4));
  }
  list.Add("int8_concat", 13, 4, [](CaseGraph& g) { return Concatenation(g, 0.02F); }, OneStep(8));
  list.Add(
      "int8_concat_of_scales", 13, 4, [](CaseGraph& g) { return Concatenation(g, 0.01F); },
      OneStep(8));
  list.Add("asymmetric_weights", 13, 5, AsymmetricWeights, OneStep(5));
  list.Add("mixed_precision", 13, 6, Mixed, OneStep(6));
}

}  // namespace brushwork
