// Kernels that move values without computing: pad, nearest resize, pixel shuffles, concat, slice.
#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

// Float, and int8 with a quantization that would show if values were converted.
std::vector<TensorSpec> BothTypes(const Shape4& shape) {
  return {FloatSpec(shape), Int8Spec(shape, 0.25F, -9)};
}

TensorSpec WithShape(TensorSpec spec, const Shape4& shape) {
  spec.shape = shape;
  return spec;
}

TEST_CASE("pad agrees with its reference", "[kernels]") {
  Random random(1);
  for (const int64_t channels : {1, 3, 17, 48}) {
    for (const PadMode mode : {PadMode::kConstant, PadMode::kEdge, PadMode::kReflect}) {
      for (const Padding2d& padding :
           {Padding2d{1, 1, 1, 1}, Padding2d{4, 3, 0, 2}, Padding2d{0, 0, 0, 0}}) {
        const PadLayer layer{mode, padding, 1.25F};
        for (const TensorSpec& input_spec : BothTypes({1, 5, 4, channels})) {
          const TensorSpec output_spec = WithShape(
              input_spec,
              {1, 5 + padding.top + padding.bottom, 4 + padding.left + padding.right, channels});
          const Tensor input = RandomTensor(input_spec, random);
          const Tensor actual =
              RunKernel(CreatePad(layer, input_spec, output_spec), {input.view}, output_spec);
          CHECK(LargestError(actual, PadReference(layer, ToReal(input.view), 1.25)) == 0.0);
        }
      }
    }
  }
}

TEST_CASE("pad refuses more reflection than there is", "[kernels]") {
  const PadLayer layer{PadMode::kReflect, {5, 0, 0, 0}, 0.0F};
  CHECK(!CreatePad(layer, FloatSpec({1, 5, 4, 3}), FloatSpec({1, 10, 4, 3})).ok());
  CHECK(CreatePad(layer, FloatSpec({1, 6, 4, 3}), FloatSpec({1, 11, 4, 3})).ok());
}

TEST_CASE("nearest resize agrees with its reference", "[kernels]") {
  Random random(2);
  for (const int64_t channels : {1, 3, 5, 16, 17, 24, 32, 48, 64}) {
    for (const float scale : {2.0F, 1.5F, 0.5F}) {
      ResizeLayer layer;
      layer.scale_height = layer.scale_width = scale;
      const Shape4 shape{1, static_cast<int64_t>(7 * scale), static_cast<int64_t>(6 * scale),
                         channels};
      for (const TensorSpec& input_spec : BothTypes({1, 7, 6, channels})) {
        const TensorSpec output_spec = WithShape(input_spec, shape);
        const Tensor input = RandomTensor(input_spec, random);
        const Tensor actual =
            RunKernel(CreateResize(layer, input_spec, output_spec), {input.view}, output_spec);
        CHECK(LargestError(actual, ResizeReference(layer, ToReal(input.view), shape)) == 0.0);
      }
    }
  }
}

TEST_CASE("pixel shuffles agree with their references and undo each other", "[kernels]") {
  Random random(3);
  for (const int64_t channels : {1, 3, 16}) {
    for (const int64_t block : {1, 2, 3}) {
      for (const ShuffleOrder order : {ShuffleOrder::kDcr, ShuffleOrder::kCrd}) {
        for (const TensorSpec& deep : BothTypes({1, 3, 5, channels * block * block})) {
          const TensorSpec shallow = WithShape(deep, {1, 3 * block, 5 * block, channels});
          const DepthToSpaceLayer to_space{block, order};
          const SpaceToDepthLayer to_depth{block, order};
          const Tensor input = RandomTensor(deep, random);
          const Tensor spread =
              RunKernel(CreateDepthToSpace(to_space, deep, shallow), {input.view}, shallow);
          CHECK(LargestError(spread, DepthToSpaceReference(to_space, ToReal(input.view))) == 0.0);
          const Tensor back =
              RunKernel(CreateSpaceToDepth(to_depth, shallow, deep), {spread.view}, deep);
          CHECK(LargestError(back, ToReal(input.view)) == 0.0);
          CHECK(LargestError(back, SpaceToDepthReference(to_depth, ToReal(spread.view))) == 0.0);
        }
      }
    }
  }
  CHECK(
      !CreateDepthToSpace({2, ShuffleOrder::kDcr}, FloatSpec({1, 2, 2, 6}), FloatSpec({1, 4, 4, 1}))
           .ok());
}

TEST_CASE("concat joins along every axis", "[kernels]") {
  Random random(4);
  for (int axis = 1; axis <= 3; ++axis) {
    for (const TensorSpec& first_spec : BothTypes({1, 4, 5, 3})) {
      Shape4 second = first_spec.shape;
      Shape4 whole = first_spec.shape;
      int64_t& along_second = axis == 1   ? second.height
                              : axis == 2 ? second.width
                                          : second.channels;
      int64_t& along_whole = axis == 1 ? whole.height : axis == 2 ? whole.width : whole.channels;
      const int64_t split = along_whole;
      along_second = 7;
      along_whole += 7;
      const std::vector<TensorSpec> specs = {first_spec, WithShape(first_spec, second)};
      const TensorSpec output_spec = WithShape(first_spec, whole);
      const Tensor a = RandomTensor(specs[0], random);
      const Tensor b = RandomTensor(specs[1], random);
      const Tensor actual =
          RunKernel(CreateConcat({axis}, specs, output_spec), {a.view, b.view}, output_spec);
      // Slices give the parts back.
      SliceLayer slice;
      slice.begin[static_cast<size_t>(axis)] = split;
      const Tensor back =
          RunKernel(CreateSlice(slice, output_spec, specs[1]), {actual.view}, specs[1]);
      CHECK(LargestError(back, ToReal(b.view)) == 0.0);
      const Tensor front =
          RunKernel(CreateSlice({}, output_spec, specs[0]), {actual.view}, specs[0]);
      CHECK(LargestError(front, ToReal(a.view)) == 0.0);
    }
  }
}

TEST_CASE("slice takes steps", "[kernels]") {
  Random random(5);
  SliceLayer layer;
  layer.begin = {0, 1, 2, 1};
  layer.step = {1, 2, 3, 2};
  for (const TensorSpec& input_spec : BothTypes({1, 8, 12, 6})) {
    const TensorSpec output_spec = WithShape(input_spec, {1, 4, 4, 3});
    const Tensor input = RandomTensor(input_spec, random);
    const Tensor actual =
        RunKernel(CreateSlice(layer, input_spec, output_spec), {input.view}, output_spec);
    const RealPicture from = ToReal(input.view);
    const RealPicture to = ToReal(actual.view);
    for (int64_t y = 0; y < 4; ++y)
      for (int64_t x = 0; x < 4; ++x)
        for (int64_t c = 0; c < 3; ++c) {
          CHECK(to.at(y, x, c) == from.at(1 + 2 * y, 2 + 3 * x, 1 + 2 * c));
        }
    CHECK(!CreateSlice(layer, input_spec, WithShape(input_spec, {1, 5, 4, 3})).ok());
  }
}

}  // namespace
}  // namespace brushwork::testing
