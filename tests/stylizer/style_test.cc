// Styles through the façade: in every way of painting, with plans that had another style before.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>

#include "stylizer.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/psnr.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

using GeneratorPointer = std::shared_ptr<const Generator>;
using StylePointer = std::shared_ptr<const StyleVector>;

Image RandomPhoto(int width, int height) {
  Image photo = std::move(Image::Create(width, height)).value();
  Random random(7);
  for (int64_t i = 0; i < photo.pixel_count() * 4; ++i) {
    photo.data()[i] = static_cast<uint8_t>(random.Integer(0, 255));
  }
  return photo;
}

GeneratorPointer Load(const std::vector<uint8_t>& onnx,
                      GeneratorPrecision precision = GeneratorPrecision::kAuto) {
  GeneratorOptions options;
  options.precision = precision;
  auto generator = Generator::Load(onnx, options);
  INFO(generator.status().message());
  REQUIRE(generator.ok());
  return *generator;
}

GeneratorPointer Conditional(const StyleVector& own) {
  return Load(ConditionalGenerator(own, {.thumbnail = 16}));
}

StylePointer Shared(StyleVector style) {
  return std::make_shared<const StyleVector>(std::move(style));
}

std::unique_ptr<Stylizer> MakeStylizer() {
  auto stylizer = Stylizer::Create({});
  REQUIRE(stylizer.ok());
  return std::move(stylizer).value();
}

void Finish(PaintingJob& job) {
  while (!job.done()) {
    const Status status = job.Step();
    INFO(status.message());
    REQUIRE(status.ok());
  }
}

std::vector<uint8_t> Paint(Stylizer& stylizer, const GeneratorPointer& generator,
                           const Image& photo, const StylizeOptions& options) {
  const auto painting = stylizer.Stylize(generator, photo, options);
  INFO(painting.status().message());
  REQUIRE(painting.ok());
  return {painting->bytes().begin(), painting->bytes().end()};
}

TEST_CASE("a style paints as a file that has it, whatever was painted before", "[style]") {
  const GeneratorPointer generator = Conditional(RandomStyle(1));
  CHECK(generator->style_size() == kConditionalStyleSize);
  const Image photo = RandomPhoto(41, 37);
  const auto stylizer = MakeStylizer();
  for (const StatisticsSource source : {StatisticsSource::kExact, StatisticsSource::kThumbnail}) {
    const StylizeOptions own{.statistics = source};
    const auto expected = [&](uint32_t seed) {
      return Paint(*MakeStylizer(), Conditional(RandomStyle(seed)), photo, own);
    };
    for (const uint32_t seed : {2, 0, 3, 2, 0, 0, 3}) {
      INFO("style " << seed);
      StylizeOptions options = own;
      if (seed > 0) options.style = Shared(RandomStyle(seed));
      CHECK(Paint(*stylizer, generator, photo, options) == expected(seed > 0 ? seed : 1));
    }
    REQUIRE(expected(1) != expected(2));
  }
}

TEST_CASE("two jobs of different styles at once do not disturb each other", "[style]") {
  const GeneratorPointer generator = Conditional(RandomStyle(1));
  const Image photo = RandomPhoto(40, 30);
  const auto stylizer = MakeStylizer();
  const StylizeOptions a{.style = Shared(RandomStyle(2))};
  const StylizeOptions b{.style = Shared(RandomStyle(3))};
  const std::vector<uint8_t> expected_a = Paint(*stylizer, generator, photo, a);
  const std::vector<uint8_t> expected_b = Paint(*stylizer, generator, photo, b);
  auto job_a = std::move(stylizer->Begin(generator, photo, a)).value();
  auto job_b = std::move(stylizer->Begin(generator, photo, b)).value();
  while (!job_a->done() || !job_b->done()) {
    REQUIRE(job_a->Step().ok());
    REQUIRE(job_b->Step().ok());
  }
  CHECK(std::ranges::equal(job_a->TakePainting().bytes(), expected_a));
  CHECK(std::ranges::equal(job_b->TakePainting().bytes(), expected_b));
}

TEST_CASE("measured and painted in segments by others, a style is the same", "[style]") {
  const GeneratorPointer generator = Conditional(RandomStyle(1));
  const Image photo = RandomPhoto(33, 50);
  StylizeOptions options{.statistics = StatisticsSource::kThumbnail,
                         .style = Shared(RandomStyle(2))};
  const std::vector<uint8_t> whole = Paint(*MakeStylizer(), generator, photo, options);
  const auto stylizer = MakeStylizer();
  auto measurement = std::move(stylizer->BeginMeasurement(generator, photo, options)).value();
  Finish(*measurement);
  options.statistics = StatisticsSource::kGiven;
  options.given = std::make_shared<const NormStatistics>(measurement->statistics());
  measurement.reset();
  CHECK(Paint(*stylizer, generator, photo, options) == whole);
  std::vector<uint8_t> pieces;
  for (const RowRange rows : {RowRange{0, 21}, RowRange{21, 50}}) {
    PictureSegment segment{.photo = photo, .first_row = 0, .height = photo.height(), .rows = rows};
    auto job = std::move(stylizer->BeginSegment(generator, std::move(segment), options)).value();
    Finish(*job);
    const Image painted = job->TakePainting();
    pieces.insert(pieces.end(), painted.bytes().begin(), painted.bytes().end());
  }
  CHECK(pieces == whole);
}

// Equalization multiplies channels behind normalizations; a style's have to be multiplied too.
TEST_CASE("float generators quantized on load take styles", "[style]") {
  const std::vector<uint8_t> onnx = ConditionalGenerator(RandomStyle(1), {.quantized = false});
  const GeneratorPointer in_float = Load(onnx, GeneratorPrecision::kFloat);
  const GeneratorPointer in_int8 = Load(onnx, GeneratorPrecision::kInt8);
  REQUIRE(in_int8->recipe() != nullptr);
  CHECK(in_int8->style_size() == kConditionalStyleSize);
  const auto factors = [](const LayerRecipe& layer) { return !layer.output_scale.empty(); };
  REQUIRE(std::ranges::any_of(in_int8->recipe()->layers, factors));
  const Image photo = RandomPhoto(64, 48);
  const auto stylizer = MakeStylizer();
  const StylizeOptions own{.style = Shared(RandomStyle(1))};
  CHECK(Paint(*stylizer, in_int8, photo, own) == Paint(*stylizer, in_int8, photo, {}));
  StyleVector weaker = RandomStyle(1);
  for (size_t i = 0; i < weaker.values.size(); i += 2) weaker.values[i] *= 0.3F;
  const StylizeOptions options{.style = Shared(weaker)};
  const auto as_floats = [](const std::vector<uint8_t>& bytes) {
    return std::vector<float>(bytes.begin(), bytes.end());
  };
  const ColorEncoding bytes{0.0F, 255.0F, ChannelOrder::kRgb};
  const std::vector<float> exact = as_floats(Paint(*stylizer, in_float, photo, options));
  CHECK(PaintingPsnr(as_floats(Paint(*stylizer, in_int8, photo, options)), exact, bytes) > 40.0);
  CHECK(PaintingPsnr(as_floats(Paint(*stylizer, in_float, photo, {})), exact, bytes) < 28.0);
}

TEST_CASE("styles that don't fit are refused before anything is painted", "[style]") {
  const GeneratorPointer generator = Conditional(RandomStyle(1));
  const auto stylizer = MakeStylizer();
  const Image photo = RandomPhoto(8, 8);
  StyleVector longer = RandomStyle(2);
  longer.values.push_back(1.0F);
  const StylizeOptions wrong{.style = Shared(longer)};
  const Status status = stylizer->Begin(generator, photo, wrong).status();
  CHECK(status.code() == StatusCode::kIncompatibleStyles);
  CHECK(status.message() == "style: got 81 values, needed 80");
  CHECK(stylizer->BeginMeasurement(generator, photo, wrong).status().code() ==
        StatusCode::kIncompatibleStyles);
  StylizeOptions given = wrong;
  given.statistics = StatisticsSource::kGiven;
  given.given = std::make_shared<const NormStatistics>();
  PictureSegment segment{.photo = photo, .first_row = 0, .height = 8, .rows = {0, 8}};
  const auto job = stylizer->BeginSegment(generator, std::move(segment), given);
  CHECK(job.status().code() == StatusCode::kIncompatibleStyles);
  StyleVector endless = RandomStyle(2);
  endless.values[5] = std::numeric_limits<float>::infinity();
  CHECK(stylizer->Begin(generator, photo, {.style = Shared(endless)}).status().code() ==
        StatusCode::kInvalidArgument);
  CHECK(stylizer->Stylize(generator, photo, {.style = Shared(RandomStyle(2))}).ok());
}

TEST_CASE("a generator that normalizes nothing takes no styles", "[style]") {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Node("Relu", {"x"}, {"y"}).Output("y");
  const GeneratorPointer generator = Load(builder.Build());
  CHECK(generator->style_size() == 0);
  CHECK(MakeStylizer()
            ->Begin(generator, RandomPhoto(4, 4), {.style = Shared(RandomStyle(1))})
            .status()
            .code() == StatusCode::kIncompatibleStyles);
}

TEST_CASE("a model of one fixed size takes styles too", "[style]") {
  const auto file = [](const StyleVector& style) {
    OnnxBuilder builder(17);
    builder.Input("x", {1, 3, 8, 8}).Ints("flat", {1, 3, 8, 8});
    builder.Floats("s", {3}, {style.values.begin(), style.values.begin() + 3});
    builder.Floats("t", {3}, {style.values.begin() + 3, style.values.begin() + 6});
    builder.Node("Reshape", {"x", "flat"}, {"a"});
    builder.Node("InstanceNormalization", {"a", "s", "t"}, {"y"}).Output("y");
    return builder.Build();
  };
  const GeneratorPointer generator = Load(file(RandomStyle(1)), GeneratorPrecision::kFloat);
  CHECK(generator->style_size() == 6);
  StyleVector other = RandomStyle(2);
  other.values.resize(6);
  const auto stylizer = MakeStylizer();
  const Image photo = RandomPhoto(21, 34);
  CHECK(Paint(*stylizer, generator, photo, {.style = Shared(other)}) ==
        Paint(*stylizer, Load(file(other), GeneratorPrecision::kFloat), photo, {}));
}

TEST_CASE("a generator paints three channels, or is none", "[stylizer]") {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Filled("w", {8, 3, 1, 1}, 0.25F);
  builder.Node("Conv", {"x", "w"}, {"wide"}).Output("wide", {1, 8, -1, -1});
  const Status status = Generator::Load(builder.Build(), {}).status();
  CHECK(status.code() == StatusCode::kUnsupportedModel);
  CHECK(status.message() ==
        "graph output 'wide' has shape [1, 8, 160, 160]; needed is [1, 3, height, width]");
  OnnxBuilder fixed(17);
  fixed.Input("x", {1, 3, 8, 8}).Filled("w", {4, 3, 1, 1}, 0.25F);
  fixed.Node("Conv", {"x", "w"}, {"four"}).Output("four", {1, 4, 8, 8});
  CHECK(Generator::Load(fixed.Build(), {}).status().message() ==
        "graph output 'four' has shape [1, 4, 8, 8]; needed is [1, 3, height, width]");
}

}  // namespace
}  // namespace brushwork
