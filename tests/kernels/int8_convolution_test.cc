#include "kernels/int8_convolution.h"

#include <array>
#include <string>

#include "kernels/int8_form.h"
#include "kernels/rounding.h"
#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

// ---- The reference: one value at a time, as the contract states it
// --------------------------------

// The pixel of the padded, enlarged picture in terms of the input; -1 for constant padding.
int64_t Source(int64_t index, int64_t size, int64_t upsampling, PadMode mode) {
  const int64_t enlarged = size * upsampling;
  if (mode == PadMode::kConstant && (index < 0 || index >= enlarged)) return -1;
  if (mode == PadMode::kEdge) index = std::clamp<int64_t>(index, 0, enlarged - 1);
  if (index < 0) index = -index;
  if (index >= enlarged) index = 2 * (enlarged - 1) - index;
  return index / upsampling;
}

// Sum of (input - zero point) * weight of one output value; constant padding adds nothing.
int64_t SumReference(const Int8ConvolutionSpec& spec, const TensorView& input, int64_t y, int64_t x,
                     int64_t o) {
  const ConvolutionLayer& layer = spec.layer;
  const Filter& filter = *layer.filter;
  const Shape4& shape = spec.input.shape;
  int64_t sum = 0;
  for (int64_t ky = 0; ky < filter.kernel_height; ++ky) {
    const int64_t row = Source(y * layer.stride_height + ky - layer.padding.top, shape.height,
                               spec.upsampling, spec.padding_mode);
    for (int64_t kx = 0; kx < filter.kernel_width; ++kx) {
      const int64_t column = Source(x * layer.stride_width + kx - layer.padding.left, shape.width,
                                    spec.upsampling, spec.padding_mode);
      if (row < 0 || column < 0) continue;
      for (int64_t c = 0; c < shape.channels; ++c) {
        const int64_t tap =
            ((o * filter.kernel_height + ky) * filter.kernel_width + kx) * shape.channels + c;
        const int64_t value = input.s8()[(row * shape.width + column) * shape.channels + c];
        sum += (value - spec.input.quantization.zero_point) *
               filter.quantized[static_cast<size_t>(tap)];
      }
    }
  }
  return sum;
}

// Integer sums, the requantization in the float operations that int8_requantization.h states.
Tensor Int8ConvolutionReference(const Int8ConvolutionSpec& spec,
                                const ChannelStatistics* statistics, const TensorView& input) {
  const Int8Requantization r = FoldRequantization(spec, statistics);
  Tensor output = MakeTensor(spec.output);
  const Shape4& shape = spec.output.shape;
  for (int64_t i = 0; i < shape.elements(); ++i) {
    const int64_t o = i % shape.channels;
    const int64_t x = i / shape.channels % shape.width;
    const int64_t y = i / shape.channels / shape.width;
    const size_t c = static_cast<size_t>(o);
    const int32_t sum = static_cast<int32_t>(SumReference(spec, input, y, x, o));
    const float value =
        Clamp(static_cast<float>(sum) * r.multiplier[c] + r.offset[c], r.low[c], r.high[c]);
    if (spec.output.type == DataType::kFloat32) {
      output.view.f32()[i] = value;
    } else {
      output.view.s8()[i] = static_cast<int8_t>(RoundHalfEven(value) + r.zero_point);
    }
  }
  return output;
}

// The same in real values from layer to layer, in double: what the requantization has to agree
// with.
RealPicture RealReference(const Int8ConvolutionSpec& spec, const ChannelStatistics* statistics,
                          const TensorView& input) {
  RealPicture output{spec.output.shape, {}};
  const auto clamp = [](double value, const OutputRange& range) {
    return std::clamp(value, static_cast<double>(range.minimum),
                      static_cast<double>(range.maximum));
  };
  for (int64_t i = 0; i < spec.output.shape.elements(); ++i) {
    const int64_t o = i % spec.output.shape.channels;
    const int64_t pixel = i / spec.output.shape.channels;
    const size_t c = static_cast<size_t>(o);
    const int64_t sum = SumReference(spec, input, pixel / spec.output.shape.width,
                                     pixel % spec.output.shape.width, o);
    double value = static_cast<double>(sum) * static_cast<double>(spec.input.quantization.scale) *
                       static_cast<double>(spec.layer.filter->scales[c]) +
                   static_cast<double>(spec.layer.bias[c]);
    value = clamp(value, spec.range);
    if (spec.normalization) {
      const NormalizationLayer& layer = *spec.normalization;
      if (!layer.input_scale.empty()) value *= static_cast<double>(layer.input_scale[c]);
      const double deviation = std::sqrt(static_cast<double>(statistics->variance[c]) +
                                         static_cast<double>(layer.epsilon));
      const double normalized =
          deviation > 0.0 ? (value - static_cast<double>(statistics->mean[c])) / deviation : 0.0;
      value =
          normalized * static_cast<double>(layer.scale[c]) + static_cast<double>(layer.shift[c]);
      value = clamp(value, spec.normalized_range);
    }
    output.values.push_back(value);
  }
  return output;
}

// ---- Cases
// ----------------------------------------------------------------------------------------

struct Geometry {
  int64_t height, width, inputs, outputs;
  int64_t kernel_height, kernel_width, stride_height, stride_width;
  Padding2d padding;
  PadMode mode;
  int64_t upsampling;
};

std::shared_ptr<Filter> RandomFilter(const Geometry& g, Random& random) {
  auto filter = std::make_shared<Filter>();
  filter->output_channels = g.outputs;
  filter->kernel_height = g.kernel_height;
  filter->kernel_width = g.kernel_width;
  filter->input_channels = g.inputs;
  const int64_t taps = g.kernel_height * g.kernel_width * g.inputs;
  for (int64_t o = 0; o < g.outputs; ++o) {
    filter->scales.push_back(RandomFloat(random, 0.5F, 2.0F) /
                             (73.0F * std::sqrt(static_cast<float>(taps))));
    for (int64_t i = 0; i < taps; ++i) {
      filter->quantized.push_back(static_cast<int8_t>(RandomInteger(random, -127, 127)));
    }
  }
  for (size_t i = 0; i < filter->quantized.size(); ++i) {
    filter->values.push_back(filter->quantized[i] * filter->scales[i / static_cast<size_t>(taps)]);
  }
  return filter;
}

// Input values within about ±2, so sums are too, and so is what an int8 output can show.
Int8ConvolutionSpec MakeSpec(const Geometry& g, Random& random) {
  Int8ConvolutionSpec spec;
  spec.layer.filter = RandomFilter(g, random);
  spec.layer.bias = RandomFloats(random, g.outputs, -0.5F, 0.5F);
  spec.layer.stride_height = g.stride_height;
  spec.layer.stride_width = g.stride_width;
  spec.layer.padding = g.padding;
  spec.padding_mode = g.mode;
  spec.upsampling = g.upsampling;
  const auto size = [&](int64_t input, int64_t before, int64_t after, int64_t kernel,
                        int64_t stride) {
    return (input * g.upsampling + before + after - kernel) / stride + 1;
  };
  const Shape4 output{
      1, size(g.height, g.padding.top, g.padding.bottom, g.kernel_height, g.stride_height),
      size(g.width, g.padding.left, g.padding.right, g.kernel_width, g.stride_width), g.outputs};
  const std::array<int32_t, 4> zero_points = {0, -128, 127, -7};
  spec.input = Int8Spec({1, g.height, g.width, g.inputs}, 2.0F / 128.0F,
                        zero_points[static_cast<size_t>(RandomInteger(random, 0, 3))]);
  spec.output =
      Int8Spec(output, 5.0F / 128.0F, static_cast<int32_t>(RandomInteger(random, -100, 100)));
  return spec;
}

Geometry RandomGeometry(Random& random) {
  const auto pick = [&](std::initializer_list<int64_t> values) {
    return values.begin()[RandomInteger(random, 0, static_cast<int64_t>(values.size()) - 1)];
  };
  Geometry g{};
  g.upsampling = pick({1, 1, 2});
  g.kernel_height = pick({1, 3, 3, 3, 3, 5, 7, 9});
  g.kernel_width = pick({g.kernel_height, g.kernel_height, g.kernel_height, 3, 4});
  g.stride_height = pick({1, 1, 1, 2});
  g.stride_width = pick({g.stride_height, g.stride_height, g.stride_height, 1});
  g.mode = std::array{PadMode::kConstant, PadMode::kReflect,
                      PadMode::kEdge}[static_cast<size_t>(RandomInteger(random, 0, 2))];
  g.inputs = pick({1, 3, 5, 12, 16, 33, 48, 64});
  g.outputs = pick({1, 3, 5, 12, 16, 33, 48, 64});
  const int64_t h = g.kernel_height / 2;
  const int64_t w = g.kernel_width / 2;
  g.padding = {h, w, h, w};
  if (RandomInteger(random, 0, 4) == 0) {
    g.padding = {pick({0, h, 2}), pick({0, w, 3}), pick({0, h, 1}), pick({0, w, 1})};
  }
  const int64_t kernel = std::max(g.kernel_height, g.kernel_width);
  const int64_t most = 60000 / (kernel * kernel * g.inputs * g.outputs / 16 + 1) + 3;
  g.width = RandomInteger(random, 1, std::min<int64_t>(70, std::max<int64_t>(most, 7)));
  g.height = RandomInteger(random, 1, 14);
  // Reflection and the kernel need that much.
  g.width = std::max({g.width, kernel, int64_t{4}});
  g.height = std::max({g.height, kernel, int64_t{4}});
  return g;
}

NormalizationLayer RandomNormalization(int64_t channels, Random& random) {
  NormalizationLayer layer;
  layer.groups = channels;
  layer.scale = RandomFloats(random, channels, -2.0F, 2.0F);
  layer.shift = RandomFloats(random, channels, -1.0F, 1.0F);
  layer.scale[static_cast<size_t>(RandomInteger(random, 0, channels - 1))] = 0.0F;
  if (RandomInteger(random, 0, 1) == 0) layer.epsilon = 0.0F;
  if (RandomInteger(random, 0, 1) == 0) {
    layer.input_scale = RandomFloats(random, channels, 0.5F, 2.0F);
  }
  return layer;
}

ChannelStatistics RandomStatistics(int64_t channels, Random& random) {
  ChannelStatistics statistics{RandomFloats(random, channels, -1.0F, 1.0F),
                               RandomFloats(random, channels, 0.2F, 2.0F)};
  statistics.variance[static_cast<size_t>(RandomInteger(random, 0, channels - 1))] = 0.0F;
  return statistics;
}

std::string Describe(const Int8ConvolutionSpec& spec) {
  const Filter& filter = *spec.layer.filter;
  const Padding2d& p = spec.layer.padding;
  std::string text = std::to_string(filter.kernel_height) + "x" +
                     std::to_string(filter.kernel_width) + " stride " +
                     std::to_string(spec.layer.stride_height) + "," +
                     std::to_string(spec.layer.stride_width) + " " + spec.input.shape.ToString() +
                     " → " + spec.output.shape.ToString() + " padding";
  for (const int64_t side : {p.top, p.left, p.bottom, p.right}) text += " " + std::to_string(side);
  return text + " mode " + std::to_string(static_cast<int>(spec.padding_mode)) + " upsampling " +
         std::to_string(spec.upsampling);
}

// ---- Checks
// ---------------------------------------------------------------------------------------

pthreadpool_t Threads(size_t count) {
  static const pthreadpool_t kThree = pthreadpool_create(3);
  return count == 1 ? nullptr : kThree;
}

// Runs `rows` with nothing but the input rows they depend on, surrounded by garbage, and copies
// them into `whole`.
void RunCut(Kernel& kernel, const Int8ConvolutionSpec& spec, const Tensor& input, RowRange rows,
            size_t threads, Tensor& whole) {
  const RowRange needed = kernel.InputRows(0, rows);
  REQUIRE((needed.begin >= 0 && needed.end <= spec.input.shape.height));
  const auto part = [](const TensorSpec& spec_of, RowRange range) {
    TensorSpec spec_of_part = spec_of;
    spec_of_part.shape.height = range.size();
    Tensor tensor = MakeTensor(spec_of_part);
    tensor.view.shape = spec_of.shape;
    tensor.view.first_row = range.begin;
    return tensor;
  };
  const Tensor some = part(spec.input, needed);
  std::memcpy(some.view.data, input.view.row<int8_t>(needed.begin),
              static_cast<size_t>(needed.size()) * input.view.row_bytes());
  const Tensor result = part(spec.output, rows);
  auto workspace = AlignedBuffer::Create(kernel.workspace_bytes(threads));
  REQUIRE(workspace.ok());
  std::memset(workspace->data(), 0x55, workspace->size());
  const std::array<TensorView, 1> inputs = {some.view};
  const Status status =
      kernel.RunRows(inputs, result.view, rows, {Threads(threads), workspace->data()});
  INFO(status.message());
  REQUIRE(status.ok());
  const size_t bytes = result.buffer.size();
  for (size_t i = 0; i < kTensorPadding; ++i) REQUIRE(result.buffer.data()[bytes + i] == kGarbage);
  std::memcpy(whole.view.row<uint8_t>(rows.begin), result.view.data, bytes);
}

bool SameBytes(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.buffer.data(), b.buffer.data(), a.buffer.size()) == 0;
}

// The whole output at once, then in cuts of `step` rows.
void CheckRuns(Kernel& kernel, const Int8ConvolutionSpec& spec, const Tensor& input,
               const Tensor& expected, int64_t step) {
  const int64_t height = spec.output.shape.height;
  Tensor whole = MakeTensor(spec.output);
  RunCut(kernel, spec, input, {0, height}, 1, whole);
  CHECK(SameBytes(whole, expected));
  Tensor cut = MakeTensor(spec.output);
  for (int64_t begin = 0; begin < height; begin += step) {
    RunCut(kernel, spec, input, {begin, std::min(begin + step, height)}, 3, cut);
  }
  CHECK(SameBytes(cut, expected));
}

void CheckInputRows(const Kernel& kernel, int64_t height) {
  RowRange before{0, 0};
  for (int64_t y = 0; y < height; ++y) {
    const RowRange rows = kernel.InputRows(0, {y, y + 1});
    CHECK((rows.begin >= before.begin && rows.end >= before.end));
    CHECK(kernel.InputRows(0, {0, y + 1}) == RowRange{kernel.InputRows(0, {0, 1}).begin, rows.end});
    before = rows;
  }
}

// Every form and instruction set, against the reference.
void CheckSpec(const Int8ConvolutionSpec& spec, const ChannelStatistics* statistics,
               const Tensor& input, Random& random) {
  INFO(Describe(spec));
  REQUIRE(SupportsInt8Convolution(spec));
  const Tensor expected = Int8ConvolutionReference(spec, statistics, input.view);
  const double error = LargestError(expected, RealReference(spec, statistics, input.view));
  CHECK(error <= (spec.output.type == DataType::kInt8 ? 1.0 : 1e-4));
  for (const Int8Form form : Int8FormsFor(spec)) {
    for (const Int8InstructionSet& instructions : Int8InstructionSets()) {
      INFO("form " << static_cast<int>(form) << ", " << instructions.name);
      auto kernel = CreateInt8ConvolutionAs(spec, form, instructions);
      INFO(kernel.status().message());
      REQUIRE(kernel.ok());
      if (statistics != nullptr) {
        REQUIRE((*kernel)->normalization()->SetStatistics(*statistics).ok());
      }
      CheckInputRows(**kernel, spec.output.shape.height);
      CheckRuns(**kernel, spec, input, expected, RandomInteger(random, 1, 6));
    }
  }
}

TEST_CASE("int8 convolution agrees with its reference in every form", "[kernels]") {
  Random random(1);
  for (int i = 0; i < 96; ++i) {
    const Geometry geometry = RandomGeometry(random);
    Int8ConvolutionSpec spec = MakeSpec(geometry, random);
    if (i % 3 == 1) spec.range = {0.0F, INFINITY};
    if (i % 5 == 1) spec.range = {-0.7F, 1.1F};
    if (i % 4 == 3) spec.output.type = DataType::kFloat32;
    ChannelStatistics statistics;
    const bool normalized = i % 2 == 1;
    if (normalized) {
      spec.normalization = RandomNormalization(geometry.outputs, random);
      statistics = RandomStatistics(geometry.outputs, random);
      if (i % 3 == 0) spec.normalized_range = {0.0F, 1.5F};
    }
    const Tensor input = RandomTensor(spec.input, random);
    CheckSpec(spec, normalized ? &statistics : nullptr, input, random);
  }
}

// 3x3 kernels over all widths, where tiles end in every way.
TEST_CASE("int8 convolution of every width", "[kernels]") {
  Random random(2);
  for (int64_t width = 1; width <= 70; width += width < 20 ? 1 : 7) {
    for (const int64_t upsampling : {1, 2}) {
      const PadMode mode = width > 1 && width % 2 == 0 ? PadMode::kReflect : PadMode::kEdge;
      const Int8ConvolutionSpec spec =
          MakeSpec({5, width, 4, 9, 3, 3, 1, 1, {1, 1, 1, 1}, mode, upsampling}, random);
      CheckSpec(spec, nullptr, RandomTensor(spec.input, random), random);
    }
  }
}

TEST_CASE("int8 convolution of extreme values is exact", "[kernels]") {
  Random random(3);
  for (const int64_t upsampling : {1, 2}) {
    for (const int64_t kernel : {3, 9}) {
      const int64_t padding = kernel / 2;
      Int8ConvolutionSpec spec = MakeSpec({9,
                                           9,
                                           64,
                                           8,
                                           kernel,
                                           kernel,
                                           1,
                                           1,
                                           {padding, padding, padding, padding},
                                           PadMode::kReflect,
                                           upsampling},
                                          random);
      spec.output.type = DataType::kFloat32;
      spec.layer.bias.assign(8, 0.0F);
      auto filter = std::make_shared<Filter>(*spec.layer.filter);
      for (size_t i = 0; i < filter->quantized.size(); ++i) {
        const size_t o = i / (filter->quantized.size() / 8);
        const bool high = o == 0 || (o >= 3 && RandomInteger(random, 0, 1) == 0);
        filter->quantized[i] = high ? 127 : -128;
      }
      spec.layer.filter = filter;
      Tensor input = MakeTensor(spec.input);
      for (const int pattern : {0, 1, 2}) {
        for (int64_t i = 0; i < spec.input.shape.elements(); ++i) {
          const bool high = pattern == 0 || (pattern == 2 && RandomInteger(random, 0, 1) == 0);
          input.view.s8()[i] = high ? 127 : -128;
        }
        for (const int32_t zero_point : {-128, 0, 127}) {
          spec.input.quantization.zero_point = zero_point;
          input.view.quantization = spec.input.quantization;
          INFO(Describe(spec));
          const Tensor expected = Int8ConvolutionReference(spec, nullptr, input.view);
          for (const Int8Form form : Int8FormsFor(spec)) {
            for (const Int8InstructionSet& instructions : Int8InstructionSets()) {
              const auto tested = CreateInt8ConvolutionAs(spec, form, instructions);
              REQUIRE(tested.ok());
              CheckRuns(**tested, spec, input, expected, 5);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("int8 convolution knows what it supports", "[kernels]") {
  Random random(4);
  const Geometry geometry{8, 8, 4, 4, 3, 3, 1, 1, {1, 1, 1, 1}, PadMode::kConstant, 1};
  const Int8ConvolutionSpec good = MakeSpec(geometry, random);
  CHECK(SupportsInt8Convolution(good));
  Int8ConvolutionSpec spec = good;
  spec.layer.groups = 2;
  CHECK_FALSE(SupportsInt8Convolution(spec));
  spec = good;
  spec.layer.dilation_width = 2;
  CHECK_FALSE(SupportsInt8Convolution(spec));
  spec = good;
  spec.input.type = DataType::kFloat32;
  CHECK_FALSE(SupportsInt8Convolution(spec));
  spec = good;
  auto filter = std::make_shared<Filter>(*good.layer.filter);
  filter->quantized.clear();
  spec.layer.filter = filter;
  CHECK_FALSE(SupportsInt8Convolution(spec));
  spec = good;
  spec.output.shape.width += 1;
  CHECK(CreateInt8Convolution(spec).status().code() == StatusCode::kInternal);
  spec = good;
  spec.padding_mode = PadMode::kReflect;
  spec.layer.padding.left = 8;
  spec.output.shape.width += 7;
  CHECK(CreateInt8Convolution(spec).status().code() == StatusCode::kInternal);
}

TEST_CASE("int8 convolution needs statistics for its normalization", "[kernels]") {
  Random random(5);
  Int8ConvolutionSpec spec =
      MakeSpec({8, 8, 4, 4, 3, 3, 1, 1, {1, 1, 1, 1}, PadMode::kConstant, 1}, random);
  CHECK(CreateInt8Convolution(spec).value()->normalization() == nullptr);
  spec.normalization = RandomNormalization(4, random);
  const auto kernel = CreateInt8Convolution(spec);
  REQUIRE(kernel.ok());
  const Tensor input = RandomTensor(spec.input, random);
  const Tensor output = MakeTensor(spec.output);
  auto workspace = AlignedBuffer::Create((*kernel)->workspace_bytes(1));
  const std::array<TensorView, 1> inputs = {input.view};
  const auto run = [&] {
    return (*kernel)->Run(inputs, output.view, {nullptr, workspace->data()}).code();
  };
  CHECK(run() == StatusCode::kInternal);
  NormalizationStage* stage = (*kernel)->normalization();
  REQUIRE(stage != nullptr);
  CHECK_FALSE(stage->measures());
  CHECK(stage->channels() == 4);
  const StatusCode refused = stage->SetStatistics(RandomStatistics(5, random)).code();
  CHECK(refused == StatusCode::kInvalidArgument);
  const ChannelStatistics statistics = RandomStatistics(4, random);
  REQUIRE(stage->SetStatistics(statistics).ok());
  CHECK(stage->statistics().mean == statistics.mean);
  CHECK(run() == StatusCode::kOk);
}

}  // namespace
}  // namespace brushwork::testing
