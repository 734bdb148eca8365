#include "kernels/normalization.h"

#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

NormalizationLayer RandomLayer(int64_t channels, int64_t groups, Random& random) {
  NormalizationLayer layer;
  layer.groups = groups;
  layer.scale = RandomFloats(random, channels, -2.0F, 2.0F);
  layer.shift = RandomFloats(random, channels, -1.0F, 1.0F);
  return layer;
}

void CheckNormalization(const NormalizationLayer& layer, const TensorSpec& input_spec,
                        const TensorSpec& output_spec, const OutputRange& range, Random& random,
                        double bound = 1e-5) {
  CAPTURE(input_spec.shape.ToString(), layer.groups);
  const Tensor input = RandomTensor(input_spec, random);
  const auto kernel = CreateNormalization(layer, input_spec, output_spec, range);
  const Tensor actual = RunKernel(kernel, {input.view}, output_spec);
  const RealPicture expected = NormalizationReference(layer, ToReal(input.view));
  CHECK(LargestError(actual, expected, range) <=
        (output_spec.type == DataType::kFloat32 ? bound : 1.0));
}

const std::vector<Shape4> kShapes = {{1, 5, 7, 1},    {1, 9, 4, 3},    {1, 6, 6, 5},
                                     {1, 40, 41, 16}, {1, 33, 35, 17}, {1, 13, 9, 48},
                                     {1, 1, 1, 4},    {1, 3, 2, 512},  {1, 70, 33, 3}};

TEST_CASE("normalization agrees with its reference", "[kernels]") {
  Random random(1);
  for (const Shape4& shape : kShapes) {
    for (const int64_t groups : {shape.channels, int64_t{1}}) {
      const NormalizationLayer layer = RandomLayer(shape.channels, groups, random);
      for (const OutputRange& range : {OutputRange{}, OutputRange{0.0F, INFINITY}}) {
        const TensorSpec real = FloatSpec(shape);
        const TensorSpec input = Int8Spec(shape, 0.02F, -5);
        CheckNormalization(layer, real, real, range, random);
        CheckNormalization(layer, input, real, range, random);
        CheckNormalization(layer, input, Int8Spec(shape, 0.03F, 11), range, random);
        CheckNormalization(layer, input, Int8Spec(shape, 0.005F, -128), range, random);
      }
    }
  }
  const Shape4 shape{1, 8, 9, 24};
  CheckNormalization(RandomLayer(24, 6, random), FloatSpec(shape), FloatSpec(shape), {}, random);
}

// Statistics in double, from the definition.
void CheckStatistics(const ChannelStatistics& statistics, const NormalizationLayer& layer,
                     const RealPicture& picture) {
  const size_t channels = static_cast<size_t>(picture.shape.channels);
  const double count = static_cast<double>(picture.shape.pixels());
  REQUIRE(statistics.mean.size() == channels);
  REQUIRE(statistics.variance.size() == channels);
  for (size_t c = 0; c < channels; ++c) {
    const double scale =
        layer.input_scale.empty() ? 1.0 : static_cast<double>(layer.input_scale[c]);
    double mean = 0.0;
    double squares = 0.0;
    for (size_t i = c; i < picture.values.size(); i += channels) {
      const double x = picture.values[i] * scale;
      mean += x / count;
      squares += x * x / count;
    }
    const double variance = squares - mean * mean;
    CHECK(std::fabs(static_cast<double>(statistics.mean[c]) - mean) <= 1e-5 * (1.0 + scale));
    CHECK(std::fabs(static_cast<double>(statistics.variance[c]) - variance) <=
          1e-5 * (1.0 + squares));
  }
}

// Exact and given kernels with the same statistics compute the same bytes.
void CheckGiven(const NormalizationLayer& layer, const TensorSpec& input_spec,
                const TensorSpec& output_spec, Random& random) {
  CAPTURE(input_spec.shape.ToString());
  const Tensor input = RandomTensor(input_spec, random);
  const OutputRange relu{0.0F, INFINITY};
  const KernelOr exact = CreateNormalization(layer, input_spec, output_spec, relu);
  const Tensor expected = RunKernel(exact, {input.view}, output_spec);
  NormalizationStage* measured = (*exact)->normalization();
  REQUIRE(measured != nullptr);
  CHECK(measured->measures());
  CHECK(measured->channels() == layer.scale.size());
  if (layer.groups == input_spec.shape.channels) {
    CheckStatistics(measured->statistics(), layer, ToReal(input.view));
  }
  const KernelOr given = CreateGivenNormalization(layer, input_spec, output_spec, relu);
  REQUIRE(given.ok());
  NormalizationStage* stage = (*given)->normalization();
  REQUIRE(stage != nullptr);
  CHECK(!stage->measures());
  CHECK(stage->channels() == layer.scale.size());
  REQUIRE(stage->SetStatistics(measured->statistics()).ok());
  const Tensor actual = RunKernel(given, {input.view}, output_spec);
  CHECK(std::memcmp(actual.buffer.data(), expected.buffer.data(), actual.buffer.size()) == 0);
}

TEST_CASE("normalization: given statistics of the same picture give the same bytes", "[kernels]") {
  Random random(6);
  for (const Shape4& shape : kShapes) {
    for (const int64_t groups : {shape.channels, int64_t{1}}) {
      const NormalizationLayer layer = RandomLayer(shape.channels, groups, random);
      CheckGiven(layer, FloatSpec(shape), FloatSpec(shape), random);
      CheckGiven(layer, Int8Spec(shape, 0.02F, -5), FloatSpec(shape), random);
      CheckGiven(layer, Int8Spec(shape, 0.02F, -5), Int8Spec(shape, 0.03F, 11), random);
    }
  }
}

TEST_CASE("normalization: channels that were scaled are normalized as they were", "[kernels]") {
  Random random(7);
  for (const Shape4& shape : kShapes) {
    NormalizationLayer layer = RandomLayer(shape.channels, shape.channels, random);
    layer.epsilon = 0.05F;
    layer.input_scale = RandomFloats(random, shape.channels, 0.05F, 5.0F);
    const TensorSpec input = Int8Spec(shape, 0.02F, -5);
    const TensorSpec output = Int8Spec(shape, 0.03F, 11);
    // Statistics are floats in the model's units: scaling there and back rounds the mean once more,
    // which input scale * scale / sqrt(epsilon), up to 45 here, magnifies.
    const double bound = 3e-5;
    CheckNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}, random, bound);
    CheckNormalization(layer, input, FloatSpec(shape), {0.0F, INFINITY}, random, bound);
    CheckNormalization(layer, input, output, {}, random);
    CheckGiven(layer, FloatSpec(shape), FloatSpec(shape), random);
    CheckGiven(layer, input, output, random);
  }
}

TEST_CASE("normalization: statistics are given before a run, for every channel", "[kernels]") {
  Random random(8);
  const TensorSpec spec = FloatSpec({1, 3, 4, 2});
  const NormalizationLayer layer{2, {1.0F, 2.0F}, {0.0F, 0.5F}, 0.0F, {}, {}};
  const KernelOr kernel = CreateGivenNormalization(layer, spec, spec, {});
  REQUIRE(kernel.ok());
  const Tensor input = RandomTensor(spec, random);
  Tensor output = MakeTensor(spec);
  CHECK((*kernel)->RunRows({&input.view, 1}, output.view, {0, 3}, {}).code() ==
        StatusCode::kInternal);
  NormalizationStage& stage = *(*kernel)->normalization();
  CHECK(stage.SetStatistics({{0.0F}, {1.0F}}).code() == StatusCode::kInvalidArgument);
  CHECK(stage.SetStatistics({{0.0F, 0.0F}, {1.0F}}).code() == StatusCode::kInvalidArgument);
  // The last ones hold.
  for (const float mean : {0.25F, -1.0F}) {
    REQUIRE(stage.SetStatistics({{mean, mean}, {4.0F, 1.0F}}).ok());
    CHECK(stage.statistics().mean[1] == mean);
    const Tensor actual = RunKernel(kernel, {input.view}, spec);
    for (int64_t i = 0; i < spec.shape.elements(); i += 2) {
      const float* x = input.view.f32() + i;
      CHECK(std::fabs(actual.view.f32()[i] - (x[0] - mean) / 2.0F) < 1e-6F);
      CHECK(std::fabs(actual.view.f32()[i + 1] - ((x[1] - mean) * 2.0F + 0.5F)) < 1e-5F);
    }
  }
  const KernelOr exact = CreateNormalization(layer, spec, spec, {});
  REQUIRE(exact.ok());
  CHECK(!(*exact)->normalization()->SetStatistics({{0.0F, 0.0F}, {1.0F, 1.0F}}).ok());
}

TEST_CASE("normalization: large pictures of extreme values do not overflow", "[kernels]") {
  const TensorSpec spec = Int8Spec({1, 300, 1500, 2}, 0.5F, 127);
  Tensor input = MakeTensor(spec);
  std::memset(input.buffer.data(), -128, input.buffer.size());
  input.view.s8()[0] = 127;
  auto workspace = AlignedBuffer::Create(StatisticsWorkspaceBytes(spec));
  REQUIRE(workspace.ok());
  const ChannelStatistics statistics =
      ComputeStatistics(input.view, 2, {nullptr, workspace->data()});
  CHECK(statistics.mean[1] == -127.5F);
  CHECK(statistics.variance[1] == 0.0F);
  const double share = 1.0 / 450000.0;
  CHECK(std::fabs(statistics.mean[0] - (-127.5 + 127.5 * share)) < 1e-4);
  CHECK(std::fabs(statistics.variance[0] - 127.5 * 127.5 * share * (1.0 - share)) < 1e-6);
}

TEST_CASE("normalization: a variance far below the mean survives in float", "[kernels]") {
  Random random(2);
  const TensorSpec spec = FloatSpec({1, 64, 50, 20});
  const NormalizationLayer layer = RandomLayer(20, 20, random);
  const Tensor input = RandomTensor(spec, random, 1000.0F, 1001.0F);
  const Tensor actual = RunKernel(CreateNormalization(layer, spec, spec, {}), {input.view}, spec);
  CHECK(LargestError(actual, NormalizationReference(layer, ToReal(input.view))) <= 1e-3);
}

TEST_CASE("normalization: constant channels become their shift", "[kernels]") {
  Random random(3);
  for (const float epsilon : {0.0F, 1e-5F}) {
    NormalizationLayer layer = RandomLayer(6, 6, random);
    layer.epsilon = epsilon;
    const TensorSpec input_spec = Int8Spec({1, 7, 5, 6}, 0.1F, 3);
    const TensorSpec output_spec = FloatSpec(input_spec.shape);
    Tensor input = MakeTensor(input_spec);
    std::memset(input.buffer.data(), 77, input.buffer.size());
    const Tensor actual = RunKernel(CreateNormalization(layer, input_spec, output_spec, {}),
                                    {input.view}, output_spec);
    for (int64_t i = 0; i < output_spec.shape.elements(); ++i) {
      const float shift = layer.shift[static_cast<size_t>(i % 6)];
      CHECK(std::fabs(actual.view.f32()[i] - shift) < 1e-3F);
    }
  }
}

TEST_CASE("normalization refuses what it can't do", "[kernels]") {
  Random random(4);
  const Shape4 shape{1, 4, 4, 6};
  NormalizationLayer layer = RandomLayer(6, 4, random);
  CHECK(!CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
  layer.groups = 6;
  CHECK(CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
  CHECK(!CreateNormalization(layer, FloatSpec(shape), Int8Spec(shape, 1.0F, 0), {}).ok());
  for (const std::vector<float>& input_scale :
       {std::vector<float>(5, 1.0F), {1.0F, 1.0F, 0.0F, 1.0F, 1.0F, 1.0F}}) {
    layer.input_scale = input_scale;
    CHECK(!CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
    CHECK(!CreateGivenNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
  }
  layer.input_scale.assign(6, 2.0F);
  CHECK(CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
  layer.groups = 1;
  CHECK(!CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
  layer.groups = 6;
  layer.input_scale.clear();
  layer.shift.pop_back();
  CHECK(!CreateNormalization(layer, FloatSpec(shape), FloatSpec(shape), {}).ok());
}

TEST_CASE("channel affine agrees with its reference", "[kernels]") {
  Random random(5);
  for (const Shape4& shape : kShapes) {
    const ChannelAffineLayer layer{RandomFloats(random, shape.channels, -2.0F, 2.0F),
                                   RandomFloats(random, shape.channels, -2.0F, 2.0F)};
    const OutputRange range{-1.0F, 2.0F};
    const Tensor input = RandomTensor(FloatSpec(shape), random);
    const auto kernel = CreateChannelAffine(layer, FloatSpec(shape), FloatSpec(shape), range);
    const Tensor actual = RunKernel(kernel, {input.view}, FloatSpec(shape));
    CHECK(LargestError(actual, ChannelAffineReference(layer, ToReal(input.view)), range) <= 1e-6);
  }
}

}  // namespace
}  // namespace brushwork::testing
