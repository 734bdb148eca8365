// Linear resize, and the coordinates of both kinds against values of ONNX's own test cases.
#include "kernels/resize_coordinates.h"
#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

const std::vector<CoordinateTransform> kTransforms = {
    CoordinateTransform::kHalfPixel, CoordinateTransform::kPytorchHalfPixel,
    CoordinateTransform::kAsymmetric, CoordinateTransform::kAlignCorners,
    CoordinateTransform::kHalfPixelSymmetric};

// A ramp 0, 1, 2, … resized along one axis shows the coordinates themselves.
std::vector<double> Ramp(CoordinateTransform transform, float scale, int64_t input,
                         int64_t output) {
  ResizeLayer layer;
  layer.mode = ResizeMode::kLinear;
  layer.transform = transform;
  std::vector<double> values;
  for (const LinearTap& tap : LinearTaps(layer, scale, input, output)) {
    values.push_back(static_cast<double>(tap.first_weight) * static_cast<double>(tap.first) +
                     static_cast<double>(tap.second_weight) * static_cast<double>(tap.second));
  }
  return values;
}

void CheckClose(const std::vector<double>& actual, const std::vector<double>& expected) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    CHECK(std::fabs(actual[i] - expected[i]) < 1e-6);
  }
}

TEST_CASE("resize: linear coordinates", "[kernels]") {
  // The columns of [[1, 2], [3, 4]] in ONNX's resize_upsample_scales_linear and relatives.
  CheckClose(Ramp(CoordinateTransform::kHalfPixel, 2.0F, 2, 4), {0.0, 0.25, 0.75, 1.0});
  CheckClose(Ramp(CoordinateTransform::kAlignCorners, 2.0F, 2, 4), {0.0, 1.0 / 3, 2.0 / 3, 1.0});
  CheckClose(Ramp(CoordinateTransform::kAsymmetric, 2.0F, 2, 4), {0.0, 0.5, 1.0, 1.0});
  // resize_downsample_scales_linear: 4 → 2 columns by 0.6 gives 2.666… and 4.333….
  CheckClose(Ramp(CoordinateTransform::kHalfPixel, 0.6F, 4, 2), {1.0 / 3, 2.0});
  CheckClose(Ramp(CoordinateTransform::kAlignCorners, 0.6F, 4, 2), {0.0, 3.0});
  // resize_downsample_scales_linear_half_pixel_symmetric: [1, 2, 3, 4] → [1.6666667, 3.3333333].
  CheckClose(Ramp(CoordinateTransform::kHalfPixelSymmetric, 0.6F, 4, 2), {2.0 / 3, 7.0 / 3});
  // resize_upsample_scales_linear_half_pixel_symmetric: [1, 2] by 2.3 → [1, 1.25, 1.75, 2] nearly.
  CheckClose(Ramp(CoordinateTransform::kHalfPixelSymmetric, 2.3F, 2, 4),
             {0.0, 0.28260869, 0.71739130, 1.0});
  // An output of one sample.
  CheckClose(Ramp(CoordinateTransform::kPytorchHalfPixel, 0.25F, 4, 1), {0.0});
  CheckClose(Ramp(CoordinateTransform::kHalfPixel, 0.25F, 4, 1), {1.5});
  CheckClose(Ramp(CoordinateTransform::kAlignCorners, 0.25F, 4, 1), {0.0});
}

std::vector<int64_t> Nearest(CoordinateTransform transform, NearestRounding rounding, float scale,
                             int64_t input, int64_t output) {
  ResizeLayer layer;
  layer.transform = transform;
  layer.rounding = rounding;
  return NearestIndices(layer, scale, input, output);
}

TEST_CASE("resize: nearest indices", "[kernels]") {
  using Indices = std::vector<int64_t>;
  const auto half = CoordinateTransform::kHalfPixel;
  const auto asymmetric = CoordinateTransform::kAsymmetric;
  const auto corners = CoordinateTransform::kAlignCorners;
  CHECK(Nearest(asymmetric, NearestRounding::kFloor, 2.0F, 3, 6) == Indices{0, 0, 1, 1, 2, 2});
  CHECK(Nearest(half, NearestRounding::kRoundPreferFloor, 2.0F, 3, 6) == Indices{0, 0, 1, 1, 2, 2});
  // ONNX's resize_upsample_sizes_nearest_{ceil_half_pixel, floor_align_corners,
  // round_prefer_ceil_asymmetric}: 4 → 8.
  CHECK(Nearest(half, NearestRounding::kCeil, 2.0F, 4, 8) == Indices{0, 1, 1, 2, 2, 3, 3, 3});
  CHECK(Nearest(corners, NearestRounding::kFloor, 2.0F, 4, 8) == Indices{0, 0, 0, 1, 1, 2, 2, 3});
  CHECK(Nearest(asymmetric, NearestRounding::kRoundPreferCeil, 2.0F, 4, 8) ==
        Indices{0, 1, 1, 2, 2, 3, 3, 3});
  CHECK(Nearest(asymmetric, NearestRounding::kRoundPreferFloor, 2.0F, 4, 8) ==
        Indices{0, 0, 1, 1, 2, 2, 3, 3});
  // resize_downsample_scales_nearest: 4 → 2 by 0.6.
  CHECK(Nearest(half, NearestRounding::kRoundPreferFloor, 0.6F, 4, 2) == Indices{0, 2});
}

TEST_CASE("linear resize agrees with its reference", "[kernels]") {
  Random random(1);
  for (const CoordinateTransform transform : kTransforms) {
    for (const int64_t channels : {1, 3, 17, 48}) {
      for (const float scale : {1.7F, 0.5F, 0.1F}) {
        ResizeLayer layer{ResizeMode::kLinear, transform, NearestRounding::kFloor, scale, scale};
        const Shape4 shape{1, std::max<int64_t>(1, static_cast<int64_t>(7 * scale)),
                           std::max<int64_t>(1, static_cast<int64_t>(10 * scale)), channels};
        const TensorSpec input_spec = FloatSpec({1, 7, 10, channels});
        const Tensor input = RandomTensor(input_spec, random);
        const Tensor actual = RunKernel(CreateResize(layer, input_spec, FloatSpec(shape)),
                                        {input.view}, FloatSpec(shape));
        CHECK(LargestError(actual, ResizeReference(layer, ToReal(input.view), shape)) <= 1e-6);
      }
    }
  }
  ResizeLayer layer;
  layer.mode = ResizeMode::kLinear;
  const TensorSpec quantized = Int8Spec({1, 4, 4, 3}, 1.0F, 0);
  CHECK(!CreateResize(layer, quantized, quantized).ok());
  layer.scale_height = NAN;
  CHECK(!CreateResize(layer, FloatSpec({1, 4, 4, 3}), FloatSpec({1, 4, 4, 3})).ok());
}

}  // namespace
}  // namespace brushwork::testing
