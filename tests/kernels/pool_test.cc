#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

int64_t OutputSize(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t padding,
                   bool ceil_mode) {
  const int64_t span = size + padding - (kernel - 1) * dilation - 1;
  return (span + (ceil_mode ? stride - 1 : 0)) / stride + 1;
}

void CheckPool(const PoolLayer& layer, const TensorSpec& input_spec, bool ceil_mode,
               Random& random) {
  const Padding2d& p = layer.padding;
  TensorSpec output_spec = input_spec;
  output_spec.shape.height =
      OutputSize(input_spec.shape.height, layer.kernel_height, layer.stride_height,
                 layer.dilation_height, p.top + p.bottom, ceil_mode);
  output_spec.shape.width =
      OutputSize(input_spec.shape.width, layer.kernel_width, layer.stride_width,
                 layer.dilation_width, p.left + p.right, ceil_mode);
  CAPTURE(input_spec.shape.ToString(), output_spec.shape.ToString(), layer.kernel_height);
  const Tensor input = RandomTensor(input_spec, random);
  const Tensor actual =
      RunKernel(CreatePool(layer, input_spec, output_spec), {input.view}, output_spec);
  CHECK(LargestError(actual, PoolReference(layer, ToReal(input.view), output_spec.shape)) <= 1e-6);
}

TEST_CASE("pools agree with their references", "[kernels]") {
  Random random(1);
  const std::vector<PoolLayer> layers = {
      {PoolMode::kMax, 2, 2, 2, 2, 1, 1, {0, 0, 0, 0}, false},
      {PoolMode::kMax, 3, 3, 2, 2, 1, 1, {1, 1, 1, 1}, false},
      {PoolMode::kMax, 3, 2, 1, 2, 2, 2, {1, 0, 2, 1}, false},
      {PoolMode::kMax, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}, false},
      {PoolMode::kAverage, 2, 2, 2, 2, 1, 1, {0, 0, 0, 0}, false},
      {PoolMode::kAverage, 3, 3, 2, 2, 1, 1, {1, 1, 1, 1}, false},
      {PoolMode::kAverage, 3, 3, 2, 2, 1, 1, {1, 1, 1, 1}, true},
      {PoolMode::kAverage, 4, 3, 3, 2, 1, 1, {2, 0, 1, 1}, true},
  };
  for (const PoolLayer& layer : layers) {
    for (const int64_t channels : {1, 3, 17}) {
      for (const bool ceil_mode : {false, true}) {
        CheckPool(layer, FloatSpec({1, 8, 11, channels}), ceil_mode, random);
        if (layer.mode == PoolMode::kMax) {
          CheckPool(layer, Int8Spec({1, 8, 11, channels}, 0.1F, -3), ceil_mode, random);
        }
      }
    }
  }
  const TensorSpec quantized = Int8Spec({1, 4, 4, 3}, 1.0F, 0);
  CHECK(!CreatePool({PoolMode::kAverage, 1, 1, 1, 1, 1, 1, {}, false}, quantized, quantized).ok());
}

TEST_CASE("global average pool", "[kernels]") {
  Random random(2);
  for (const int64_t channels : {1, 3, 17, 48}) {
    const TensorSpec input_spec = FloatSpec({1, 37, 41, channels});
    const TensorSpec output_spec = FloatSpec({1, 1, 1, channels});
    const Tensor input = RandomTensor(input_spec, random);
    const PoolLayer whole{PoolMode::kAverage, 37, 41, 1, 1, 1, 1, {}, false};
    const Tensor actual =
        RunKernel(CreateGlobalAveragePool(input_spec, output_spec), {input.view}, output_spec);
    CHECK(LargestError(actual, PoolReference(whole, ToReal(input.view), output_spec.shape)) <=
          1e-6);
  }
}

}  // namespace
}  // namespace brushwork::testing
