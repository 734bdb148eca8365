// Which input rows kernels name, and batches of more than one picture, which are never cut.
#include "kernels/rows.h"

#include <ostream>

#include "tests/kernels/kernel_testing.h"

namespace brushwork {

std::ostream& operator<<(std::ostream& stream, const RowRange& rows) {
  return stream << "[" << rows.begin << ", " << rows.end << ")";
}

namespace testing {
namespace {

TensorSpec OfHeight(int64_t height, int64_t channels = 1) {
  return FloatSpec({1, height, 4, channels});
}

// The rows of input `index` that output rows [begin, end) need.
RowRange Needed(const KernelOr& kernel, int64_t begin, int64_t end, size_t index = 0) {
  INFO(kernel.status().message());
  REQUIRE(kernel.ok());
  return (*kernel)->InputRows(index, {begin, end});
}

std::shared_ptr<Filter> FilterOfHeight(int64_t height) {
  auto filter = std::make_shared<Filter>();
  filter->output_channels = filter->input_channels = 1;
  filter->kernel_height = height;
  filter->values.assign(static_cast<size_t>(height), 1.0F);
  return filter;
}

KernelOr Convolution(int64_t kernel, int64_t stride, int64_t dilation, int64_t padding,
                     int64_t height) {
  ConvolutionLayer layer;
  layer.filter = FilterOfHeight(kernel);
  layer.bias = {0.0F};
  layer.stride_height = stride;
  layer.dilation_height = dilation;
  layer.padding.top = layer.padding.bottom = padding;
  const int64_t output = (height + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1;
  return CreateConvolution(layer, OfHeight(height), OfHeight(output), {});
}

TEST_CASE("rows that convolutions need", "[kernels]") {
  const KernelOr ordinary = Convolution(3, 1, 1, 1, 10);
  CHECK(Needed(ordinary, 0, 1) == RowRange{0, 2});
  CHECK(Needed(ordinary, 4, 6) == RowRange{3, 7});
  CHECK(Needed(ordinary, 9, 10) == RowRange{8, 10});
  CHECK(Needed(Convolution(3, 2, 1, 1, 9), 1, 2) == RowRange{1, 4});
  CHECK(Needed(Convolution(3, 1, 2, 2, 9), 5, 6) == RowRange{3, 8});
  // Rows that see only padding.
  const KernelOr bordered = Convolution(2, 1, 1, 4, 5);
  CHECK(Needed(bordered, 0, 3) == RowRange{0, 0});
  CHECK(Needed(bordered, 0, 4) == RowRange{0, 1});
  CHECK(Needed(bordered, 9, 10) == RowRange{5, 5});
}

KernelOr Transposed(int64_t kernel, int64_t stride, int64_t padding, int64_t output_padding,
                    int64_t height) {
  TransposedConvolutionLayer layer;
  layer.filter = FilterOfHeight(kernel);
  layer.bias = {0.0F};
  layer.stride_height = stride;
  layer.padding.top = layer.padding.bottom = padding;
  layer.output_padding_height = output_padding;
  const int64_t output = stride * (height - 1) + kernel + output_padding - 2 * padding;
  return CreateTransposedConvolution(layer, OfHeight(height), OfHeight(output), {});
}

TEST_CASE("rows that transposed convolutions need", "[kernels]") {
  const KernelOr three = Transposed(3, 2, 1, 1, 5);
  CHECK(Needed(three, 0, 1) == RowRange{0, 1});
  CHECK(Needed(three, 1, 2) == RowRange{0, 2});
  CHECK(Needed(three, 2, 3) == RowRange{1, 2});
  CHECK(Needed(three, 3, 6) == RowRange{1, 4});
  CHECK(Needed(three, 9, 10) == RowRange{4, 5});
  const KernelOr four = Transposed(4, 2, 1, 0, 5);
  CHECK(Needed(four, 0, 1) == RowRange{0, 1});
  CHECK(Needed(four, 2, 3) == RowRange{0, 2});
  CHECK(Needed(four, 4, 8) == RowRange{1, 5});
  CHECK(Needed(Transposed(9, 1, 4, 0, 12), 5, 6) == RowRange{1, 10});
  // Rows that no input reaches.
  CHECK(Needed(Transposed(1, 3, 0, 2, 4), 10, 12) == RowRange{3, 4});
  CHECK(Needed(Transposed(1, 3, 0, 2, 4), 9, 10) == RowRange{3, 4});
}

TEST_CASE("rows that borders need", "[kernels]") {
  const auto pad = [](PadMode mode) {
    return CreatePad({mode, {3, 0, 2, 0}, 0.0F}, OfHeight(6), OfHeight(11));
  };
  // Rows 3 2 1 | 0 1 2 3 4 5 | 4 3.
  const KernelOr reflect = pad(PadMode::kReflect);
  CHECK(Needed(reflect, 0, 1) == RowRange{0, 4});
  CHECK(Needed(reflect, 3, 4) == RowRange{0, 4});
  CHECK(Needed(reflect, 5, 6) == RowRange{2, 4});
  CHECK(Needed(reflect, 7, 8) == RowRange{3, 5});
  CHECK(Needed(reflect, 10, 11) == RowRange{3, 6});
  const KernelOr edge = pad(PadMode::kEdge);
  CHECK(Needed(edge, 0, 4) == RowRange{0, 1});
  CHECK(Needed(edge, 4, 6) == RowRange{1, 3});
  CHECK(Needed(edge, 9, 11) == RowRange{5, 6});
  const KernelOr constant = pad(PadMode::kConstant);
  CHECK(Needed(constant, 0, 3) == RowRange{0, 0});
  CHECK(Needed(constant, 2, 5) == RowRange{0, 2});
  CHECK(Needed(constant, 9, 11) == RowRange{6, 6});
}

TEST_CASE("rows that resizes, shuffles, slices and concatenations need", "[kernels]") {
  ResizeLayer resize;
  resize.scale_height = 2.0F;
  const KernelOr nearest = CreateResize(resize, OfHeight(4), OfHeight(8));
  CHECK(Needed(nearest, 3, 4) == RowRange{1, 2});
  CHECK(Needed(nearest, 3, 5) == RowRange{1, 3});
  resize.mode = ResizeMode::kLinear;
  resize.transform = CoordinateTransform::kHalfPixel;
  const KernelOr linear = CreateResize(resize, OfHeight(4), OfHeight(8));
  CHECK(Needed(linear, 3, 4) == RowRange{1, 3});
  CHECK(Needed(linear, 7, 8) == RowRange{3, 4});
  const KernelOr to_space = CreateDepthToSpace({2, ShuffleOrder::kDcr}, FloatSpec({1, 5, 2, 4}),
                                               FloatSpec({1, 10, 4, 1}));
  CHECK(Needed(to_space, 3, 4) == RowRange{1, 2});
  CHECK(Needed(to_space, 1, 4) == RowRange{0, 2});
  const KernelOr to_depth = CreateSpaceToDepth({2, ShuffleOrder::kDcr}, FloatSpec({1, 10, 4, 1}),
                                               FloatSpec({1, 5, 2, 4}));
  CHECK(Needed(to_depth, 1, 3) == RowRange{2, 6});
  SliceLayer slice;
  slice.begin[1] = 1;
  slice.step[1] = 2;
  CHECK(Needed(CreateSlice(slice, OfHeight(9), OfHeight(4)), 1, 3) == RowRange{3, 6});
  const std::vector<TensorSpec> parts = {OfHeight(4), OfHeight(3)};
  const KernelOr concat = CreateConcat({1}, parts, OfHeight(7));
  CHECK(Needed(concat, 2, 5, 0) == RowRange{2, 4});
  CHECK(Needed(concat, 2, 5, 1) == RowRange{0, 1});
  CHECK(Needed(concat, 0, 2, 1) == RowRange{0, 0});
  CHECK(Needed(concat, 5, 6, 0) == RowRange{4, 4});
}

TEST_CASE("rows that elementwise kernels and whole-picture kernels need", "[kernels]") {
  const TensorSpec row = FloatSpec({1, 1, 1, 1});
  const KernelOr sum = CreateBinary({}, OfHeight(6), row, OfHeight(6), {});
  CHECK(Needed(sum, 3, 5, 0) == RowRange{3, 5});
  CHECK(Needed(sum, 3, 5, 1) == RowRange{0, 1});
  CHECK(Needed(CreateActivation({}, OfHeight(6), OfHeight(6)), 3, 5) == RowRange{3, 5});
  const PoolLayer pool{PoolMode::kMax, 3, 1, 2, 1, 1, 1, {1, 0, 1, 0}, false};
  CHECK(Needed(CreatePool(pool, OfHeight(8), OfHeight(4)), 0, 1) == RowRange{0, 2});
  CHECK(Needed(CreatePool(pool, OfHeight(8), OfHeight(4)), 1, 2) == RowRange{1, 4});
  CHECK(Needed(CreateGlobalAveragePool(OfHeight(8), row), 0, 1) == RowRange{0, 8});
  const NormalizationLayer layer{1, {1.0F}, {0.0F}, 1e-5F, {}, {}};
  CHECK(Needed(CreateNormalization(layer, OfHeight(8), OfHeight(8), {}), 2, 3) == RowRange{0, 8});
  CHECK(Needed(CreateGivenNormalization(layer, OfHeight(8), OfHeight(8), {}), 2, 3) ==
        RowRange{2, 3});
}

// A batch of two pictures, whole, has the bytes of each.
template <typename Create>
void CheckBatch(const Create& create, const Shape4& from, const Shape4& to) {
  Random random(1);
  const auto batch = [](Shape4 shape, int64_t count) {
    shape.batch = count;
    return FloatSpec(shape);
  };
  const Tensor both = RandomTensor(batch(from, 2), random);
  const KernelOr kernel = create(batch(from, 2), batch(to, 2));
  CHECK(Needed(kernel, 1, 2) == RowRange{0, from.height});
  const Tensor expected = RunKernel(kernel, {both.view}, batch(to, 2));
  for (int64_t i = 0; i < 2; ++i) {
    TensorView one = both.view;
    one.shape.batch = 1;
    one.data = both.view.f32() + i * from.elements();
    const Tensor actual = RunKernel(create(batch(from, 1), batch(to, 1)), {one}, batch(to, 1));
    const float* part = expected.view.f32() + i * to.elements();
    CHECK(std::memcmp(actual.buffer.data(), part, actual.buffer.size()) == 0);
  }
}

TEST_CASE("batches are computed whole", "[kernels]") {
  const auto pad = [](const TensorSpec& from, const TensorSpec& to) {
    return CreatePad({PadMode::kReflect, {2, 1, 1, 0}, 0.0F}, from, to);
  };
  CheckBatch(pad, {1, 5, 4, 3}, {1, 8, 5, 3});
  for (const ResizeMode mode : {ResizeMode::kNearest, ResizeMode::kLinear}) {
    const auto resize = [&](const TensorSpec& from, const TensorSpec& to) {
      ResizeLayer layer;
      layer.mode = mode;
      layer.scale_height = layer.scale_width = 1.5F;
      return CreateResize(layer, from, to);
    };
    CheckBatch(resize, {1, 6, 4, 3}, {1, 9, 6, 3});
  }
  const auto shuffle = [](const TensorSpec& from, const TensorSpec& to) {
    return CreateDepthToSpace({2, ShuffleOrder::kCrd}, from, to);
  };
  CheckBatch(shuffle, {1, 3, 4, 8}, {1, 6, 8, 2});
  const auto unshuffle = [](const TensorSpec& from, const TensorSpec& to) {
    return CreateSpaceToDepth({2, ShuffleOrder::kDcr}, from, to);
  };
  CheckBatch(unshuffle, {1, 6, 8, 2}, {1, 3, 4, 8});
  const auto slice = [](const TensorSpec& from, const TensorSpec& to) {
    return CreateSlice({{0, 1, 2, 0}, {1, 2, 1, 1}}, from, to);
  };
  CheckBatch(slice, {1, 8, 5, 3}, {1, 4, 3, 2});
  const auto pool = [](const TensorSpec& from, const TensorSpec& to) {
    return CreatePool({PoolMode::kAverage, 3, 3, 2, 2, 1, 1, {1, 1, 1, 1}, false}, from, to);
  };
  CheckBatch(pool, {1, 7, 9, 5}, {1, 4, 5, 5});
  const auto tanh = [](const TensorSpec& from, const TensorSpec& to) {
    ActivationLayer layer;
    layer.activation = Activation::kTanh;
    return CreateActivation(layer, from, to);
  };
  CheckBatch(tanh, {1, 4, 5, 3}, {1, 4, 5, 3});
  const auto concat = [](const TensorSpec& from, const TensorSpec& to) {
    return CreateConcat({1}, {&from, 1}, to);
  };
  CheckBatch(concat, {1, 4, 5, 3}, {1, 4, 5, 3});
}

TEST_CASE("batches of convolutions are computed whole", "[kernels]") {
  const auto convolution = [](const TensorSpec& from, const TensorSpec& to) {
    ConvolutionLayer layer;
    layer.filter = FilterOfHeight(3);
    layer.bias = {0.5F};
    layer.padding.top = 1;
    return CreateConvolution(layer, from, to, {});
  };
  CheckBatch(convolution, {1, 6, 4, 1}, {1, 5, 4, 1});
  const auto transposed = [](const TensorSpec& from, const TensorSpec& to) {
    TransposedConvolutionLayer layer;
    layer.filter = FilterOfHeight(4);
    layer.bias = {0.5F};
    layer.stride_height = 2;
    layer.padding = {1, 0, 1, 0};
    return CreateTransposedConvolution(layer, from, to, {});
  };
  CheckBatch(transposed, {1, 6, 4, 1}, {1, 12, 4, 1});
}

}  // namespace
}  // namespace testing
}  // namespace brushwork
