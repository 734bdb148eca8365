// Times of single kernels at the shapes of a 16-32-48 generator painting 512×512.
#include <pthreadpool.h>

#include <catch2/benchmark/catch_benchmark.hpp>
#include <string>

#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

TensorSpec Quantized(const Shape4& shape) { return Int8Spec(shape, 0.03F, -5); }

// One and two threads.
void Measure(const std::string& name, const KernelOr& kernel, const std::vector<TensorSpec>& specs,
             const TensorSpec& output_spec) {
  INFO(name << " " << kernel.status().message());
  REQUIRE(kernel.ok());
  static const pthreadpool_t kTwo = pthreadpool_create(2);
  Random random(1);
  std::vector<Tensor> tensors;
  std::vector<TensorView> inputs;
  for (const TensorSpec& spec : specs) {
    tensors.push_back(RandomTensor(spec, random));
    inputs.push_back(tensors.back().view);
  }
  Tensor output = MakeTensor(output_spec);
  auto workspace = AlignedBuffer::Create((*kernel)->workspace_bytes(2));
  REQUIRE(workspace.ok());
  for (const pthreadpool_t threadpool : {static_cast<pthreadpool_t>(nullptr), kTwo}) {
    BENCHMARK(name + (threadpool == nullptr ? ", 1 thread" : ", 2 threads")) {
      return (*kernel)->Run(inputs, output.view, {threadpool, workspace->data()}).ok();
    };
  }
}

ConvolutionLayer MakeConvolution(int64_t inputs, int64_t outputs, int64_t kernel, int64_t stride,
                                 int64_t groups = 1) {
  Random random(2);
  auto filter = std::make_shared<Filter>();
  filter->output_channels = outputs;
  filter->kernel_height = filter->kernel_width = kernel;
  filter->input_channels = inputs / groups;
  filter->scales.assign(static_cast<size_t>(outputs), 0.001F);
  const int64_t count = outputs * kernel * kernel * filter->input_channels;
  for (int64_t i = 0; i < count; ++i) {
    filter->quantized.push_back(static_cast<int8_t>(RandomInteger(random, -127, 127)));
    filter->values.push_back(static_cast<float>(filter->quantized.back()) * 0.001F);
  }
  ConvolutionLayer layer;
  layer.filter = filter;
  layer.bias.assign(static_cast<size_t>(outputs), 0.1F);
  layer.groups = groups;
  layer.stride_height = layer.stride_width = stride;
  const int64_t padding = kernel / 2;
  layer.padding = {padding, padding, padding, padding};
  return layer;
}

void MeasureConvolution(const std::string& name, const ConvolutionLayer& layer, int64_t size,
                        bool quantized) {
  const int64_t inputs = layer.filter->input_channels * layer.groups;
  const int64_t output_size = (size - 1) / layer.stride_height + 1;
  const Shape4 from{1, size, size, inputs};
  const Shape4 to{1, output_size, output_size, layer.filter->output_channels};
  const TensorSpec input = quantized ? Quantized(from) : FloatSpec(from);
  const TensorSpec output = quantized ? Quantized(to) : FloatSpec(to);
  Measure("convolution " + name + (quantized ? ", int8" : ", float"),
          CreateConvolution(layer, input, output, {0.0F, INFINITY}), {input}, output);
}

TEST_CASE("convolution", "[bench]") {
  for (const bool quantized : {true, false}) {
    MeasureConvolution("3x3 48→48 at 128²", MakeConvolution(48, 48, 3, 1), 128, quantized);
    MeasureConvolution("9x9 3→16 at 512²", MakeConvolution(3, 16, 9, 1), 512, quantized);
    MeasureConvolution("3x3 16→32 stride 2 at 512²", MakeConvolution(16, 32, 3, 2), 512, quantized);
    MeasureConvolution("depthwise 3x3 48 at 128²", MakeConvolution(48, 48, 3, 1, 48), 128,
                       quantized);
  }
}

void MeasureNormalization(const Shape4& shape) {
  NormalizationLayer layer;
  layer.groups = shape.channels;
  layer.scale.assign(static_cast<size_t>(shape.channels), 1.0F);
  layer.shift.assign(static_cast<size_t>(shape.channels), 0.5F);
  const TensorSpec quantized = Quantized(shape);
  const TensorSpec real = FloatSpec(shape);
  const OutputRange relu{0.0F, INFINITY};
  const std::string name = "normalization " + shape.ToString();
  Measure(name + ", int8 → int8", CreateNormalization(layer, quantized, quantized, relu),
          {quantized}, quantized);
  Measure(name + ", int8 → float", CreateNormalization(layer, quantized, real, relu), {quantized},
          real);
  Measure(name + ", float", CreateNormalization(layer, real, real, relu), {real}, real);
}

TEST_CASE("normalization", "[bench]") {
  MeasureNormalization({1, 128, 128, 48});
  MeasureNormalization({1, 256, 256, 16});
}

TEST_CASE("elementwise", "[bench]") {
  const Shape4 shape{1, 128, 128, 48};
  Measure("residual add, int8",
          CreateBinary({BinaryOperation::kAdd}, Quantized(shape), Quantized(shape),
                       Quantized(shape), {}),
          {Quantized(shape), Quantized(shape)}, Quantized(shape));
  Measure("residual add, float",
          CreateBinary({BinaryOperation::kAdd}, FloatSpec(shape), FloatSpec(shape),
                       FloatSpec(shape), {}),
          {FloatSpec(shape), FloatSpec(shape)}, FloatSpec(shape));
  const Shape4 picture{1, 512, 512, 3};
  Measure("quantize 512²×3", CreateQuantize(FloatSpec(picture), Quantized(picture)),
          {FloatSpec(picture)}, Quantized(picture));
  Measure("dequantize 512²×3", CreateQuantize(Quantized(picture), FloatSpec(picture)),
          {Quantized(picture)}, FloatSpec(picture));
  Measure("requantize 512²×3", CreateQuantize(Quantized(picture), Int8Spec(picture, 0.02F, 3)),
          {Quantized(picture)}, Int8Spec(picture, 0.02F, 3));
  ActivationLayer tanh;
  tanh.activation = Activation::kTanh;
  Measure("tanh 512²×3, float", CreateActivation(tanh, FloatSpec(picture), FloatSpec(picture)),
          {FloatSpec(picture)}, FloatSpec(picture));
  Measure("tanh 512²×3, int8", CreateActivation(tanh, Quantized(picture), Quantized(picture)),
          {Quantized(picture)}, Quantized(picture));
}

TEST_CASE("movement", "[bench]") {
  const PadLayer pad{PadMode::kReflect, {1, 1, 1, 1}, 0.0F};
  const TensorSpec inner = Quantized({1, 128, 128, 48});
  const TensorSpec padded = Quantized({1, 130, 130, 48});
  Measure("reflect pad 1 of 128²×48, int8", CreatePad(pad, inner, padded), {inner}, padded);
  ResizeLayer twice;
  twice.scale_height = twice.scale_width = 2.0F;
  const TensorSpec doubled = Quantized({1, 256, 256, 48});
  Measure("upsample 128²×48 to 256², int8", CreateResize(twice, inner, doubled), {inner}, doubled);
  ResizeLayer linear = twice;
  linear.mode = ResizeMode::kLinear;
  linear.transform = CoordinateTransform::kHalfPixel;
  const TensorSpec real = FloatSpec({1, 128, 128, 48});
  const TensorSpec real_doubled = FloatSpec({1, 256, 256, 48});
  Measure("linear upsample 128²×48 to 256², float", CreateResize(linear, real, real_doubled),
          {real}, real_doubled);
  const TensorSpec deep = Quantized({1, 256, 256, 12});
  const TensorSpec shallow = Quantized({1, 512, 512, 3});
  for (const ShuffleOrder order : {ShuffleOrder::kDcr, ShuffleOrder::kCrd}) {
    Measure(std::string("pixel shuffle to 512²×3, int8, ") +
                (order == ShuffleOrder::kDcr ? "DCR" : "CRD"),
            CreateDepthToSpace({2, order}, deep, shallow), {deep}, shallow);
  }
}

}  // namespace
}  // namespace brushwork::testing
