#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

struct Case {
  int64_t height, width, groups, group_inputs, group_outputs;
  int64_t kernel_height, kernel_width, stride, dilation;
  Padding2d padding;
};

std::shared_ptr<Filter> RandomFilter(const Case& c, Random& random) {
  auto filter = std::make_shared<Filter>();
  filter->output_channels = c.groups * c.group_outputs;
  filter->kernel_height = c.kernel_height;
  filter->kernel_width = c.kernel_width;
  filter->input_channels = c.group_inputs;
  const int64_t per_output = c.kernel_height * c.kernel_width * c.group_inputs;
  for (int64_t o = 0; o < filter->output_channels; ++o) {
    filter->scales.push_back(RandomFloat(random, 0.002F, 0.02F));
    for (int64_t i = 0; i < per_output; ++i) {
      const int8_t weight = static_cast<int8_t>(RandomInteger(random, -127, 127));
      filter->quantized.push_back(weight);
      filter->values.push_back(static_cast<float>(weight) * filter->scales.back());
    }
  }
  return filter;
}

// What the kernels compute with: floats as they are; int8 exactly dequantized.
std::vector<double> Weights(const Filter& filter, DataType type) {
  std::vector<double> weights(filter.values.begin(), filter.values.end());
  if (type == DataType::kFloat32) return weights;
  const size_t per_output = filter.values.size() / filter.scales.size();
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = filter.quantized[i] * static_cast<double>(filter.scales[i / per_output]);
  }
  return weights;
}

template <typename Layer>
Layer MakeLayer(const Case& c, Random& random) {
  Layer layer;
  layer.filter = RandomFilter(c, random);
  layer.bias = RandomFloats(random, c.groups * c.group_outputs, -2.0F, 2.0F);
  layer.groups = c.groups;
  layer.stride_height = layer.stride_width = c.stride;
  layer.dilation_height = layer.dilation_width = c.dilation;
  layer.padding = c.padding;
  return layer;
}

const std::vector<Case> kCases = {
    // Ordinary layers of generators.
    {9, 11, 1, 3, 16, 3, 3, 1, 1, {1, 1, 1, 1}},
    {8, 9, 1, 16, 24, 3, 3, 2, 1, {1, 1, 1, 1}},
    {12, 12, 1, 5, 3, 9, 9, 1, 1, {4, 4, 4, 4}},
    {13, 8, 1, 3, 16, 9, 9, 2, 1, {4, 4, 4, 4}},
    {7, 6, 1, 48, 48, 3, 3, 1, 1, {0, 0, 0, 0}},
    {6, 5, 1, 17, 33, 1, 1, 1, 1, {0, 0, 0, 0}},
    // Depthwise, with and without multiplier, and larger than what XNNPACK does in one pass.
    {7, 8, 17, 1, 1, 3, 3, 1, 1, {1, 1, 1, 1}},
    {7, 8, 16, 1, 1, 5, 5, 2, 1, {2, 2, 2, 2}},
    {12, 13, 6, 1, 1, 7, 7, 1, 1, {3, 3, 3, 3}},
    {6, 6, 5, 1, 3, 3, 3, 1, 1, {1, 1, 1, 1}},
    {6, 6, 5, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}},
    // Groups, dilation, asymmetric padding, degenerate sizes.
    {6, 7, 3, 5, 7, 3, 3, 1, 1, {1, 0, 0, 1}},
    {11, 10, 1, 4, 8, 3, 3, 1, 2, {2, 2, 2, 2}},
    {5, 6, 1, 3, 4, 2, 4, 3, 1, {0, 2, 1, 0}},
    {1, 1, 1, 8, 40, 1, 1, 1, 1, {0, 0, 0, 0}},
    {1, 1, 1, 2, 2, 3, 3, 1, 1, {1, 1, 1, 1}},
    {1, 9, 1, 4, 8, 5, 5, 1, 1, {2, 2, 2, 2}},
    {11, 1, 1, 8, 40, 3, 3, 1, 1, {1, 1, 1, 1}},
    // Rows that see only padding.
    {3, 4, 1, 3, 5, 2, 2, 1, 1, {4, 1, 3, 1}},
    {2, 4, 6, 1, 1, 3, 3, 2, 1, {7, 1, 6, 1}},
    {4, 4, 1, 5, 9, 1, 1, 1, 1, {2, 0, 2, 0}},
};

Shape4 ConvolutionOutput(const Case& c) {
  const auto size = [&](int64_t input, int64_t kernel, int64_t padding) {
    return (input + padding - (kernel - 1) * c.dilation - 1) / c.stride + 1;
  };
  return {1, size(c.height, c.kernel_height, c.padding.top + c.padding.bottom),
          size(c.width, c.kernel_width, c.padding.left + c.padding.right),
          c.groups * c.group_outputs};
}

Shape4 InputShape(const Case& c) { return {1, c.height, c.width, c.groups * c.group_inputs}; }

// The range of a sum of `count` products, so that the output's quantization is neither always
// saturated nor always zero.
float OutputScale(const Case& c, float input_scale) {
  const float count = static_cast<float>(c.kernel_height * c.kernel_width * c.group_inputs);
  return input_scale * 0.011F * 73.0F * 73.0F * std::sqrt(count) / 50.0F;
}

void CheckConvolution(const Case& c, const TensorSpec& input_spec, const TensorSpec& output_spec,
                      const OutputRange& range, Random& random) {
  const auto layer = MakeLayer<ConvolutionLayer>(c, random);
  const Tensor input = RandomTensor(input_spec, random);
  const auto kernel = CreateConvolution(layer, input_spec, output_spec, range);
  const Tensor actual = RunKernel(kernel, {input.view}, output_spec);
  const RealPicture expected = ConvolutionReference(
      layer, ToReal(input.view), Weights(*layer.filter, input_spec.type), output_spec.shape);
  CHECK(LargestError(actual, expected, range) <=
        (input_spec.type == DataType::kFloat32 ? 2e-4 : 1.0));
}

TEST_CASE("convolution agrees with its reference", "[kernels]") {
  Random random(1);
  for (const Case& c : kCases) {
    CAPTURE(c.height, c.width, c.groups, c.group_inputs, c.group_outputs, c.kernel_height);
    const Shape4 output = ConvolutionOutput(c);
    CheckConvolution(c, FloatSpec(InputShape(c)), FloatSpec(output), {}, random);
    CheckConvolution(c, FloatSpec(InputShape(c)), FloatSpec(output), {0.0F, INFINITY}, random);
    CheckConvolution(c, FloatSpec(InputShape(c)), FloatSpec(output), {-1.0F, 1.5F}, random);
    for (const int32_t zero_point : {-128, -7, 0, 127}) {
      const TensorSpec input = Int8Spec(InputShape(c), 0.03F, zero_point);
      const TensorSpec result = Int8Spec(output, OutputScale(c, 0.03F), -zero_point / 2);
      CheckConvolution(c, input, result, {}, random);
      CheckConvolution(c, input, result, {0.0F, INFINITY}, random);
    }
  }
}

TEST_CASE("convolution: int8 results saturate", "[kernels]") {
  Random random(2);
  const Case c{6, 7, 1, 16, 20, 3, 3, 1, 1, {1, 1, 1, 1}};
  const TensorSpec input = Int8Spec(InputShape(c), 0.03F, 100);
  for (const int32_t zero_point : {-128, 0, 127}) {
    CheckConvolution(c, input, Int8Spec(ConvolutionOutput(c), 0.0001F, zero_point), {}, random);
    CheckConvolution(c, input, Int8Spec(ConvolutionOutput(c), 1000.0F, zero_point), {}, random);
  }
}

TEST_CASE("convolution: a bias beyond all accumulators saturates to its own side", "[kernels]") {
  Random random(3);
  const Case c{4, 4, 1, 8, 2, 3, 3, 1, 1, {1, 1, 1, 1}};
  auto layer = MakeLayer<ConvolutionLayer>(c, random);
  layer.bias = {1e9F, -1e9F};
  const TensorSpec input = Int8Spec(InputShape(c), 0.03F, -128);
  const TensorSpec output = Int8Spec(ConvolutionOutput(c), 0.05F, 0);
  const Tensor picture = RandomTensor(input, random);
  const Tensor actual =
      RunKernel(CreateConvolution(layer, input, output, {}), {picture.view}, output);
  for (int64_t i = 0; i < output.shape.elements(); ++i) {
    CHECK(actual.view.s8()[i] == (i % 2 == 0 ? 127 : -128));
  }
}

TEST_CASE("convolution: the same operator follows its buffers", "[kernels]") {
  // XNNPACK keeps pointers to the input between runs. The larger picture is computed in bands.
  Random random(4);
  for (const int64_t size : {20, 210}) {
    const Case c{size, size, 1, 2, 3, 5, 5, 1, 1, {2, 2, 2, 2}};
    const auto layer = MakeLayer<ConvolutionLayer>(c, random);
    const TensorSpec input = FloatSpec(InputShape(c));
    const TensorSpec output = FloatSpec(ConvolutionOutput(c));
    const auto kernel = CreateConvolution(layer, input, output, {});
    for (int i = 0; i < 2; ++i) {
      const Tensor picture = RandomTensor(input, random);
      const Tensor actual = RunKernel(kernel, {picture.view}, output);
      CHECK(LargestError(actual, ConvolutionReference(layer, ToReal(picture.view),
                                                      Weights(*layer.filter, DataType::kFloat32),
                                                      output.shape)) <= 2e-4);
    }
  }
}

TEST_CASE("convolution: what can't be is refused", "[kernels]") {
  Random random(5);
  const Case c{4, 4, 1, 8, 2, 3, 3, 1, 1, {1, 1, 1, 1}};
  auto layer = MakeLayer<ConvolutionLayer>(c, random);
  const TensorSpec input = Int8Spec(InputShape(c), 0.03F, 0);
  const Shape4 shape = ConvolutionOutput(c);
  CHECK(CreateConvolution(layer, input, FloatSpec(shape), {}).status().code() ==
        StatusCode::kInternal);
  CHECK(!CreateConvolution(layer, input, Int8Spec(shape, 1e-9F, 0), {}).ok());
  CHECK(!CreateConvolution(layer, input, Int8Spec(shape, 1e38F, 0), {}).ok());
  CHECK(!CreateConvolution(layer, input, Int8Spec(shape, 1.0F, 200), {}).ok());
  CHECK(!CreateConvolution(layer, input, Int8Spec({1, 3, 4, 2}, 1.0F, 0), {}).ok());
  CHECK(!CreateConvolution(layer, FloatSpec(InputShape(c)), FloatSpec(shape), {1.0F, 0.0F}).ok());
  layer.stride_height = 0;
  CHECK(!CreateConvolution(layer, input, Int8Spec(shape, 1.0F, 0), {}).ok());
  layer.stride_height = 1;
  layer.bias.pop_back();
  CHECK(!CreateConvolution(layer, input, Int8Spec(shape, 1.0F, 0), {}).ok());
}

void CheckTransposed(const Case& c, int64_t output_padding, const TensorSpec& input_spec,
                     TensorSpec output_spec, Random& random) {
  auto layer = MakeLayer<TransposedConvolutionLayer>(c, random);
  layer.output_padding_height = layer.output_padding_width = output_padding;
  const auto size = [&](int64_t input, int64_t kernel, int64_t padding) {
    return c.stride * (input - 1) + (kernel - 1) * c.dilation + 1 + output_padding - padding;
  };
  output_spec.shape = {1, size(c.height, c.kernel_height, c.padding.top + c.padding.bottom),
                       size(c.width, c.kernel_width, c.padding.left + c.padding.right),
                       c.groups * c.group_outputs};
  CAPTURE(c.height, c.groups, c.group_inputs, c.kernel_height, c.stride, output_padding);
  const Tensor input = RandomTensor(input_spec, random);
  const auto kernel = CreateTransposedConvolution(layer, input_spec, output_spec, {});
  const Tensor actual = RunKernel(kernel, {input.view}, output_spec);
  const RealPicture expected = TransposedConvolutionReference(
      layer, ToReal(input.view), Weights(*layer.filter, input_spec.type), output_spec.shape);
  CHECK(LargestError(actual, expected) <= (input_spec.type == DataType::kFloat32 ? 2e-4 : 1.0));
}

TEST_CASE("transposed convolution agrees with its reference", "[kernels]") {
  Random random(6);
  const std::vector<std::pair<Case, int64_t>> cases = {
      {{5, 6, 1, 16, 8, 3, 3, 2, 1, {1, 1, 1, 1}}, 1},
      {{5, 6, 1, 5, 3, 4, 4, 2, 1, {1, 1, 1, 1}}, 0},
      {{4, 3, 1, 17, 20, 2, 2, 2, 1, {0, 0, 0, 0}}, 0},
      {{6, 5, 1, 6, 3, 9, 9, 1, 1, {4, 4, 4, 4}}, 0},
      {{4, 5, 3, 4, 5, 3, 3, 2, 1, {1, 0, 0, 1}}, 0},
      {{4, 5, 1, 3, 4, 2, 2, 3, 1, {0, 0, 0, 0}}, 2},
      {{4, 5, 1, 3, 4, 3, 3, 2, 2, {1, 1, 1, 1}}, 1},
      {{3, 3, 8, 1, 1, 4, 4, 2, 1, {1, 1, 1, 1}}, 0},
      // Single rows and columns; strips of fewer rows than the stride; rows that no input reaches.
      {{1, 7, 1, 4, 6, 3, 3, 2, 1, {1, 1, 1, 1}}, 1},
      {{7, 1, 1, 8, 20, 3, 3, 2, 1, {1, 1, 1, 1}}, 1},
      {{5, 4, 1, 4, 6, 4, 4, 4, 1, {0, 0, 0, 0}}, 0},
      {{5, 4, 1, 4, 6, 5, 5, 4, 1, {2, 1, 1, 2}}, 3},
      {{3, 4, 2, 3, 2, 9, 9, 5, 1, {4, 4, 4, 4}}, 2},
      {{4, 5, 1, 3, 4, 1, 1, 3, 1, {0, 0, 0, 0}}, 2},
      {{4, 5, 1, 3, 4, 2, 2, 5, 2, {1, 1, 1, 1}}, 4},
      {{160, 20, 1, 2, 3, 13, 13, 2, 1, {6, 6, 6, 6}}, 1},
  };
  for (const auto& [c, output_padding] : cases) {
    CheckTransposed(c, output_padding, FloatSpec(InputShape(c)), FloatSpec({}), random);
    for (const int32_t zero_point : {-128, 3, 127}) {
      CheckTransposed(c, output_padding, Int8Spec(InputShape(c), 0.03F, zero_point),
                      Int8Spec({}, OutputScale(c, 0.03F), -zero_point / 2), random);
    }
  }
}

}  // namespace
}  // namespace brushwork::testing
