// Quantize, binary operations, activations.
#include "kernels/exponential.h"
#include "kernels/rounding.h"
#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

const std::vector<Shape4> kShapes = {{1, 1, 1, 1},  {1, 3, 5, 3},  {1, 7, 3, 5},
                                     {1, 4, 4, 16}, {1, 5, 9, 17}, {1, 53, 61, 3}};

TEST_CASE("quantize rounds half to even and saturates", "[kernels]") {
  const Quantization quantization{0.5F, 10};
  CHECK(QuantizeValue(0.25F, quantization) == 10);
  CHECK(QuantizeValue(0.75F, quantization) == 12);
  CHECK(QuantizeValue(-0.25F, quantization) == 10);
  CHECK(QuantizeValue(-0.75F, quantization) == 8);
  CHECK(QuantizeValue(1e30F, quantization) == 127);
  CHECK(QuantizeValue(-INFINITY, quantization) == -128);
  CHECK(QuantizeValue(INFINITY, {1.0F, 127}) == 127);
  CHECK(QuantizeValue(NAN, quantization) == -128);
  const QuantizedRange relu = QuantizeRange({0.0F, INFINITY}, quantization);
  CHECK(relu.minimum == 10);
  CHECK(relu.maximum == 127);
}

TEST_CASE("quantize and dequantize are exact", "[kernels]") {
  Random random(1);
  for (const Shape4& shape : kShapes) {
    for (const Quantization& quantization :
         {Quantization{0.017F, 0}, Quantization{0.5F, -128}, Quantization{3e-4F, 127}}) {
      const TensorSpec spec{shape, DataType::kInt8, quantization};
      const Tensor input = RandomTensor(FloatSpec(shape), random, -3.0F, 3.0F);
      const Tensor actual = RunKernel(CreateQuantize(FloatSpec(shape), spec), {input.view}, spec);
      for (int64_t i = 0; i < shape.elements(); ++i) {
        // In float, as ONNX says: the quotient is rounded once before it is rounded to a step.
        const float steps = std::nearbyint(input.view.f32()[i] / quantization.scale);
        const float expected =
            std::clamp(steps + static_cast<float>(quantization.zero_point), -128.0F, 127.0F);
        REQUIRE(static_cast<float>(actual.view.s8()[i]) == expected);
      }
      const Tensor back =
          RunKernel(CreateQuantize(spec, FloatSpec(shape)), {actual.view}, FloatSpec(shape));
      CHECK(LargestError(back, ToReal(actual.view)) <= 1e-7);
    }
  }
}

TEST_CASE("requantize goes through real values", "[kernels]") {
  Random random(2);
  for (const Shape4& shape : kShapes) {
    const TensorSpec from = Int8Spec(shape, 0.013F, -20);
    for (const TensorSpec& to : {Int8Spec(shape, 0.021F, 5), Int8Spec(shape, 1e-3F, 127)}) {
      const Tensor input = RandomTensor(from, random);
      const Tensor actual = RunKernel(CreateQuantize(from, to), {input.view}, to);
      CHECK(LargestError(actual, ToReal(input.view)) <= 1.0);
    }
    const Tensor same = RandomTensor(from, random);
    const Tensor copy = RunKernel(CreateQuantize(from, from), {same.view}, from);
    CHECK(LargestError(copy, ToReal(same.view)) == 0.0);
  }
  CHECK(!CreateQuantize(FloatSpec({1, 2, 2, 2}), FloatSpec({1, 2, 2, 2})).ok());
}

const std::vector<BinaryOperation> kOperations = {BinaryOperation::kAdd, BinaryOperation::kSubtract,
                                                  BinaryOperation::kMultiply,
                                                  BinaryOperation::kDivide};

TEST_CASE("float binary operations broadcast", "[kernels]") {
  Random random(3);
  for (const BinaryOperation operation : kOperations) {
    for (const Shape4& shape : {Shape4{1, 7, 3, 5}, Shape4{1, 5, 9, 17}, Shape4{1, 4, 4, 16}}) {
      for (const Shape4& other : {shape, Shape4{1, 1, 1, shape.channels}, Shape4{1, 1, 1, 1},
                                  Shape4{1, shape.height, shape.width, 1}}) {
        const Tensor a = RandomTensor(FloatSpec(shape), random, 0.5F, 2.0F);
        const Tensor b = RandomTensor(FloatSpec(other), random, 0.5F, 2.0F);
        const OutputRange range{1.0F, 2.0F};
        const auto forward =
            CreateBinary({operation}, FloatSpec(shape), FloatSpec(other), FloatSpec(shape), range);
        CHECK(LargestError(RunKernel(forward, {a.view, b.view}, FloatSpec(shape)),
                           BinaryReference({operation}, ToReal(a.view), ToReal(b.view)),
                           range) <= 1e-6);
        const auto backward =
            CreateBinary({operation}, FloatSpec(other), FloatSpec(shape), FloatSpec(shape), {});
        CHECK(LargestError(RunKernel(backward, {b.view, a.view}, FloatSpec(shape)),
                           BinaryReference({operation}, ToReal(b.view), ToReal(a.view))) <= 1e-6);
      }
    }
  }
}

TEST_CASE("int8 binary operations agree with their reference", "[kernels]") {
  Random random(4);
  for (const Shape4& shape : kShapes) {
    const TensorSpec a_spec = Int8Spec(shape, 0.02F, -30);
    const TensorSpec b_spec = Int8Spec(shape, 0.005F, 127);
    const Tensor a = RandomTensor(a_spec, random);
    const Tensor b = RandomTensor(b_spec, random);
    for (const TensorSpec& output :
         {Int8Spec(shape, 0.03F, 3), Int8Spec(shape, 1e-5F, -128), Int8Spec(shape, 500.0F, 0)}) {
      for (const BinaryOperation operation : kOperations) {
        const bool supported = operation != BinaryOperation::kDivide;
        CHECK(SupportsInt8({operation}, a_spec, b_spec, output) == supported);
        for (const OutputRange& range : {OutputRange{}, OutputRange{0.0F, 6.0F}}) {
          const auto kernel = CreateBinary({operation}, a_spec, b_spec, output, range);
          REQUIRE(kernel.ok() == supported);
          if (!supported) continue;
          CHECK(LargestError(RunKernel(kernel, {a.view, b.view}, output),
                             BinaryReference({operation}, ToReal(a.view), ToReal(b.view)),
                             range) <= 1.0);
        }
      }
    }
  }
  const TensorSpec spec = Int8Spec({1, 4, 4, 8}, 0.1F, 0);
  CHECK(!SupportsInt8({}, spec, Int8Spec({1, 1, 1, 8}, 0.1F, 0), spec));
}

ActivationLayer MakeActivation(Activation activation) {
  ActivationLayer layer;
  layer.activation = activation;
  layer.alpha = 0.2F;
  layer.beta = 0.5F;
  layer.minimum = -0.5F;
  layer.maximum = 1.0F;
  return layer;
}

const std::vector<Activation> kActivations = {
    Activation::kRelu,        Activation::kLeakyRelu,  Activation::kClip,
    Activation::kTanh,        Activation::kSigmoid,    Activation::kHardSwish,
    Activation::kHardSigmoid, Activation::kSquareRoot, Activation::kAbsolute,
    Activation::kNegate,      Activation::kExponential};

RealPicture Activated(const ActivationLayer& layer, const Tensor& input) {
  RealPicture expected = ToReal(input.view);
  const size_t channels = static_cast<size_t>(expected.shape.channels);
  for (size_t i = 0; i < expected.values.size(); ++i) {
    expected.values[i] = static_cast<double>(
        ActivationReference(layer, static_cast<float>(expected.values[i]), i % channels));
  }
  return expected;
}

TEST_CASE("activations agree with their references", "[kernels]") {
  Random random(5);
  for (const Activation activation : kActivations) {
    const ActivationLayer layer = MakeActivation(activation);
    // Roots of positive numbers only.
    const bool root = activation == Activation::kSquareRoot;
    for (const Shape4& shape : kShapes) {
      const Tensor input = RandomTensor(FloatSpec(shape), random, root ? 0.0F : -6.0F, 6.0F);
      const Tensor actual = RunKernel(CreateActivation(layer, FloatSpec(shape), FloatSpec(shape)),
                                      {input.view}, FloatSpec(shape));
      CHECK(LargestError(actual, Activated(layer, input)) <= 1e-6);
      const TensorSpec from = Int8Spec(shape, 0.04F, root ? -128 : -10);
      const TensorSpec to = Int8Spec(shape, 0.015F, -60);
      const Tensor quantized = RandomTensor(from, random);
      const Tensor result = RunKernel(CreateActivation(layer, from, to), {quantized.view}, to);
      CHECK(LargestError(result, Activated(layer, quantized)) <= 1.0);
    }
  }
}

TEST_CASE("PRelu has a slope for each channel", "[kernels]") {
  Random random(6);
  for (const Shape4& shape : kShapes) {
    ActivationLayer layer = MakeActivation(Activation::kPRelu);
    layer.slopes = RandomFloats(random, shape.channels, -1.0F, 1.0F);
    const TensorSpec spec = FloatSpec(shape);
    const Tensor input = RandomTensor(spec, random);
    CHECK(LargestError(RunKernel(CreateActivation(layer, spec, spec), {input.view}, spec),
                       Activated(layer, input)) <= 1e-6);
    const TensorSpec quantized = Int8Spec(shape, 1.0F, 0);
    CHECK(!CreateActivation(layer, quantized, quantized).ok());
  }
}

TEST_CASE("tanh and sigmoid are within a millionth everywhere", "[kernels]") {
  double largest = 0.0;
  for (float x = -100.0F; x <= 100.0F; x += 0.00137F) {
    const double real = static_cast<double>(x);
    largest = std::max(largest, std::fabs(static_cast<double>(Tanh(x)) - std::tanh(real)));
    largest = std::max(largest,
                       std::fabs(static_cast<double>(Sigmoid(x)) - 1.0 / (1.0 + std::exp(-real))));
  }
  CHECK(largest <= 1e-6);
  CHECK(Tanh(0.0F) == 0.0F);
  CHECK(Tanh(INFINITY) == 1.0F);
  CHECK(Tanh(-INFINITY) == -1.0F);
  CHECK(Sigmoid(-INFINITY) < 1e-30F);
}

}  // namespace
}  // namespace brushwork::testing
