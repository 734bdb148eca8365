// The façade on small generators written here: sizes, strength, alpha, cancellation, bad arguments.
#include "stylizer.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <limits>

#include "image/resize.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr int kMostThreads = 1;  // this build has no threads
#else
constexpr int kMostThreads = 2;
#endif

Image RandomPhoto(int width, int height, uint32_t seed = 1) {
  Image photo = std::move(Image::Create(width, height)).value();
  Random random(seed);
  for (int64_t i = 0; i < photo.pixel_count() * 4; ++i) {
    photo.data()[i] = static_cast<uint8_t>(random.Integer(0, 255));
  }
  return photo;
}

// painting = 1 - picture.
std::vector<uint8_t> Negative() {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Float("one", 1.0F);
  builder.Node("Sub", {"one", "x"}, {"y"}).Output("y");
  return builder.Build();
}

// Halves and doubles the picture, so it takes even sizes only, behind a reflect padding of 5.
std::vector<uint8_t> Hourglass(const std::vector<int64_t>& input_dims = {1, 3, -1, -1}) {
  OnnxBuilder builder(17);
  Random random(4);
  builder.Input("x", input_dims).Ints("pads", {0, 0, 5, 5, 0, 0, 5, 5});
  builder.Floats("down", {4, 3, 2, 2}, random.Uniforms(48, -0.3F, 0.3F));
  builder.Floats("up", {4, 3, 2, 2}, random.Uniforms(48, -0.3F, 0.3F));
  builder.Ints("begin", {5, 5}).Ints("end", {-5, -5}).Ints("axes", {2, 3});
  builder.Node("Pad", {"x", "pads"}, {"padded"}, {{"mode", "reflect"}});
  builder.Node("Conv", {"padded", "down"}, {"small"}, {{"strides", {2, 2}}});
  builder.Node("ConvTranspose", {"small", "up"}, {"large"}, {{"strides", {2, 2}}});
  builder.Node("Slice", {"large", "begin", "end", "axes"}, {"y"});
  builder.Output("y");
  return builder.Build();
}

std::shared_ptr<const Generator> Load(const std::vector<uint8_t>& onnx) {
  auto generator = Generator::Load(onnx, {});
  INFO(generator.status().message());
  REQUIRE(generator.ok());
  return *generator;
}

std::unique_ptr<Stylizer> MakeStylizer(int threads = 1) {
  auto stylizer = Stylizer::Create({.threads = threads});
  REQUIRE(stylizer.ok());
  return std::move(stylizer).value();
}

TEST_CASE("a painting is the generator's output, with the photo's alpha", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const Image photo = RandomPhoto(13, 7);
  const auto painting = stylizer->Stylize(Load(Negative()), photo, {});
  REQUIRE(painting.ok());
  REQUIRE(painting->width() == 13);
  REQUIRE(painting->height() == 7);
  for (int64_t i = 0; i < photo.pixel_count() * 4; ++i) {
    const int expected = i % 4 == 3 ? photo.data()[i] : 255 - photo.data()[i];
    REQUIRE(painting->data()[i] == expected);
  }
}

TEST_CASE("strength goes from the photo to the painting", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const Image photo = RandomPhoto(8, 8);
  const auto none = stylizer->Stylize(Load(Negative()), photo, {.strength = 0.0F});
  REQUIRE(none.ok());
  CHECK(std::ranges::equal(none->bytes(), photo.bytes()));
  const auto half = stylizer->Stylize(Load(Negative()), photo, {.strength = 0.5F});
  REQUIRE(half.ok());
  for (int64_t i = 0; i < photo.pixel_count() * 4; ++i) {
    if (i % 4 != 3) REQUIRE(std::abs(half->data()[i] - 127.5) <= 0.5);
  }
}

TEST_CASE("every size is painted, however odd, small or thin", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const auto generator = Load(Hourglass());
  const ImageSize sizes[] = {{1, 1}, {2, 1}, {3, 5}, {17, 16}, {31, 33}, {20000, 2}, {2, 3000}};
  for (const ImageSize& size : sizes) {
    CAPTURE(size.width, size.height);
    const auto painting = stylizer->Stylize(generator, RandomPhoto(size.width, size.height), {});
    INFO(painting.status().message());
    REQUIRE(painting.ok());
    CHECK(painting->width() == size.width);
    CHECK(painting->height() == size.height);
  }
}

TEST_CASE("a size that fits is not extended: its right border is the picture's own", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const auto generator = Load(Hourglass());
  Image even = RandomPhoto(24, 24);
  const auto painting = stylizer->Stylize(generator, even, {});
  // The same picture with one more column and row, cut back: all but the new border's surroundings
  // agree.
  REQUIRE(painting.ok());
  Image odd = std::move(Image::Create(23, 23)).value();
  for (int y = 0; y < 23; ++y) std::copy_n(even.row(y), 23 * 4, odd.row(y));
  const auto cropped = stylizer->Stylize(generator, odd, {});
  REQUIRE(cropped.ok());
  for (int y = 0; y < 20; ++y) {
    REQUIRE(std::equal(painting->row(y), painting->row(y) + 20 * 4, cropped->row(y)));
  }
}

TEST_CASE("a model of one size paints pictures of any size by scaling", "[stylizer]") {
  // Reshape with constant sizes ties the model to 8 × 8.
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, 8, 8}).Ints("six", {1, 3, 4, 2, 4, 2}).Ints("four", {1, 12, 4, 4});
  builder.Node("Reshape", {"x", "six"}, {"a"});
  builder.Node("Transpose", {"a"}, {"b"}, {{"perm", {0, 1, 3, 5, 2, 4}}});
  builder.Node("Reshape", {"b", "four"}, {"c"});
  builder.Node("DepthToSpace", {"c"}, {"y"}, {{"blocksize", 2}, {"mode", "CRD"}});
  builder.Output("y");
  const auto stylizer = MakeStylizer();
  const auto painting = stylizer->Stylize(Load(builder.Build()), RandomPhoto(21, 34), {});
  INFO(painting.status().message());
  REQUIRE(painting.ok());
  CHECK(painting->width() == 21);
  CHECK(painting->height() == 34);
}

TEST_CASE("max_pixels scales the photo down first", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const auto painting =
      stylizer->Stylize(Load(Negative()), RandomPhoto(200, 100), {.max_pixels = 5000});
  REQUIRE(painting.ok());
  CHECK(painting->width() == 100);
  CHECK(painting->height() == 50);
}

TEST_CASE("progress never decreases and ends at 1", "[stylizer]") {
  const auto stylizer = MakeStylizer(kMostThreads);
  double last = 0.0;
  const auto painting =
      stylizer->Stylize(Load(Hourglass()), RandomPhoto(64, 64), {}, [&](const Progress& progress) {
        CHECK(progress.fraction >= last);
        last = progress.fraction;
        return true;
      });
  REQUIRE(painting.ok());
  CHECK(last == 1.0);
}

TEST_CASE("a painting cancelled at any step leaves the stylizer usable", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const auto generator = Load(Hourglass());
  const Image photo = RandomPhoto(400, 300);
  const auto expected = stylizer->Stylize(generator, photo, {});
  REQUIRE(expected.ok());
  // Every step there is: how many depends on the machine, but preparing is one of its own.
  int steps = 0;
  for (bool finished = false; !finished; ++steps) {
    int left = steps;
    const auto stopped =
        stylizer->Stylize(generator, photo, {}, [&](const Progress&) { return left-- > 0; });
    finished = stopped.ok();
    CHECK((finished || stopped.status().code() == StatusCode::kAborted));
    const auto again = stylizer->Stylize(generator, photo, {});
    REQUIRE(again.ok());
    CHECK(std::ranges::equal(again->bytes(), expected->bytes()));
  }
  CHECK(steps > 2);
}

TEST_CASE("two jobs at once do not disturb each other", "[stylizer]") {
  const auto stylizer = MakeStylizer();
  const auto generator = Load(Hourglass());
  const Image a = RandomPhoto(40, 30, 1);
  const Image b = RandomPhoto(40, 30, 2);
  const auto expected_a = stylizer->Stylize(generator, a, {});
  const auto expected_b = stylizer->Stylize(generator, b, {});
  auto job_a = std::move(stylizer->Begin(generator, a, {})).value();
  auto job_b = std::move(stylizer->Begin(generator, b, {})).value();
  while (!job_a->done() || !job_b->done()) {
    REQUIRE(job_a->Step().ok());
    REQUIRE(job_b->Step().ok());
  }
  CHECK(std::ranges::equal(job_a->TakePainting().bytes(), expected_a->bytes()));
  CHECK(std::ranges::equal(job_b->TakePainting().bytes(), expected_b->bytes()));
}

TEST_CASE("threads that can't be had are an error", "[stylizer]") {
  const auto stylizer = Stylizer::Create({.threads = 2});
  CHECK(stylizer.ok() == (kMostThreads > 1));
  if (!stylizer.ok()) CHECK(stylizer.status().code() == StatusCode::kOutOfMemory);
}

TEST_CASE("bad arguments are named", "[stylizer]") {
  CHECK(Stylizer::Create({.threads = 0}).status().message() == "threads: got 0, needed 1 to 256");
  const auto stylizer = MakeStylizer();
  const auto generator = Load(Negative());
  const auto fails = [&](const StylizeOptions& options) {
    const auto job = stylizer->Begin(generator, RandomPhoto(4, 4), options);
    return job.ok() ? StatusCode::kOk : job.status().code();
  };
  CHECK(fails({.strength = 1.5F}) == StatusCode::kInvalidArgument);
  CHECK(fails({.strength = -0.1F}) == StatusCode::kInvalidArgument);
  CHECK(fails({.strength = std::numeric_limits<float>::quiet_NaN()}) ==
        StatusCode::kInvalidArgument);
  CHECK(fails({.max_pixels = -1}) == StatusCode::kInvalidArgument);
  CHECK(stylizer->Begin(nullptr, RandomPhoto(4, 4), {}).status().code() ==
        StatusCode::kInvalidArgument);
  CHECK(stylizer->Begin(generator, Image(), {}).status().code() == StatusCode::kInvalidArgument);
  GeneratorOptions upside_down;
  upside_down.input.high = -1.0F;
  CHECK(Generator::Load(Negative(), upside_down).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("a model that never fits a picture says why", "[stylizer]") {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Filled("w", {3, 3, 2, 2}, 0.1F);
  builder.Node("Conv", {"x", "w"}, {"y"}, {{"strides", {2, 2}}}).Output("y");
  const auto stylizer = MakeStylizer();
  const auto painting = stylizer->Stylize(Load(builder.Build()), RandomPhoto(32, 32), {});
  REQUIRE_FALSE(painting.ok());
  CHECK(painting.status().code() == StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace brushwork
