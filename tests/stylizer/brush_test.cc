// Brushes of other sizes: a scaled copy is painted and brought back, in a job or by engines that
// share no memory.
#include "brush.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "finishing.h"
#include "image/resize.h"
#include "stylizer.h"
#include "tests/support/painting.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

std::shared_ptr<const Mask> Spots(int width, int height) {
  return std::make_shared<const Mask>(
      MakeMask(MakeNoise(width, height, 77, true).view(), width, height).value());
}

TEST_CASE("a brush paints a scaled copy and brings it back", "[brush]") {
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(90, 61, 1, false);
  for (int threads = 1; threads <= kMostThreads; ++threads) {
    const auto stylizer = MakeStylizer(threads);
    for (const float brush : {1.0F / 16, 0.3F, 0.5F, 0.98F, 1.7F, 4.0F}) {
      CAPTURE(threads, brush);
      const auto copy = BrushCopy(photo.view(), brush);
      REQUIRE(copy.ok());
      CHECK(copy->width() == std::lround(90 * brush));
      CHECK(copy->height() == std::lround(61 * brush));
      const Image painted = PaintAll(*stylizer, generator, *copy, {});
      Image expected = std::move(ResizeImage(painted.view(), 90, 61)).value();
      for (int64_t i = 3; i < photo.pixel_count() * 4; i += 4) {
        expected.data()[i] = photo.data()[i];
      }
      CHECK(SameImage(PaintAll(*stylizer, generator, photo, {.brush = brush}), expected));
    }
  }
}

TEST_CASE("a brush of size 1 changes nothing", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(50, 40, 2, false);
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, {.brush = 1.0F}),
                  PaintAll(*stylizer, generator, photo, {})));
}

TEST_CASE("pictures of a pixel and thin ones take any brush", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const ImageSize sizes[] = {{1, 1}, {2, 1}, {1, 7}, {3, 3}, {600, 2}};
  for (const ImageSize& size : sizes) {
    for (const float brush : {1.0F / 16, 0.5F, 4.0F}) {
      CAPTURE(size.width, size.height, brush);
      const Image photo = MakeNoise(size.width, size.height, 3, false);
      const Image painting = PaintAll(*stylizer, generator, photo, {.brush = brush});
      CHECK(painting.width() == size.width);
      CHECK(painting.height() == size.height);
    }
  }
}

TEST_CASE("strength, mask, colour and alpha are composed at the photo's size", "[brush]") {
  const auto stylizer = MakeStylizer(kMostThreads);
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(70, 85, 4, false);
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, {.strength = 0.0F, .brush = 0.4F}), photo));
  const StylizeOptions options{
      .strength = 0.8F, .preserve_color = 0.6F, .brush = 0.4F, .mask = Spots(70, 85)};
  const Image composed = PaintAll(*stylizer, generator, photo, options);
  Image expected = PaintAll(*stylizer, generator, photo, {.brush = 0.4F});
  const PaintingBlend blend({.strength = 0.8F, .preserve_color = 0.6F});
  for (int y = 0; y < 85; ++y) {
    blend.BlendRow(photo.row(y), options.mask->row(y), 70, expected.row(y));
  }
  CHECK(SameImage(composed, expected));
}

TEST_CASE("the brush is in times the size after max_pixels", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(120, 60, 5, true);
  const StylizeOptions both{
      .max_pixels = 1800, .preserve_color = 0.5F, .brush = 0.5F, .mask = Spots(17, 9)};
  StylizeOptions after = both;
  after.max_pixels = 0;
  const Image scaled = std::move(ResizeImage(photo.view(), 60, 30)).value();
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, both),
                  PaintAll(*stylizer, generator, scaled, after)));
}

TEST_CASE("a measurement with a brush is the copy's", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(200, 150, 6, true);
  auto with_brush = stylizer->BeginMeasurement(generator, photo, {.brush = 0.5F});
  REQUIRE(with_brush.ok());
  RunToEnd(**with_brush);
  auto of_copy = stylizer->BeginMeasurement(generator, *BrushCopy(photo.view(), 0.5F), {});
  REQUIRE(of_copy.ok());
  RunToEnd(**of_copy);
  CHECK((*with_brush)->statistics_source() == StatisticsSource::kThumbnail);
  CHECK(PackStatistics((*with_brush)->statistics()) == PackStatistics((*of_copy)->statistics()));
  CHECK((*with_brush)->TakePainting().pixel_count() == 0);
  // Given ones are used as they are.
  StylizeOptions options{.statistics = StatisticsSource::kGiven, .brush = 0.5F};
  options.given = std::make_shared<const NormStatistics>((*with_brush)->statistics());
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, options),
                  PaintAll(*stylizer, generator, photo, {.brush = 0.5F})));
}

Image SegmentOf(const Image& image, const RowRange& rows) {
  Image cut = Image::Create(image.width(), static_cast<int>(rows.size())).value();
  std::copy_n(image.row(static_cast<int>(rows.begin)), cut.bytes().size(), cut.data());
  return cut;
}

TEST_CASE("segments of the copy, finished, are the job's bytes", "[brush]") {
  const auto generator = ThumbnailGenerator();
  const auto stylizer = MakeStylizer();
  const Image photo = MakeNoise(100, 140, 7, false);
  const auto mask = Spots(31, 45);  // not the photo's size
  for (const float brush : {0.6F, 2.5F}) {
    CAPTURE(brush);
    const StylizeOptions whole{
        .strength = 0.9F, .preserve_color = 0.3F, .brush = brush, .mask = mask};
    auto job = stylizer->Begin(generator, photo, whole);
    REQUIRE(job.ok());
    RunToEnd(**job);
    StylizeOptions options{.statistics = StatisticsSource::kGiven};
    options.given = std::make_shared<const NormStatistics>((*job)->statistics());
    const Image copy = std::move(BrushCopy(photo.view(), brush)).value();
    Image painting = Image::Create(copy.width(), copy.height()).value();
    const int64_t cut = copy.height() / 3;
    for (const RowRange rows : {RowRange{0, cut}, RowRange{cut, copy.height()}}) {
      const auto read = stylizer->SegmentRows(generator, copy.width(), copy.height(), rows);
      REQUIRE(read.ok());
      auto part = stylizer->BeginSegment(
          generator, {SegmentOf(copy, *read), read->begin, copy.height(), rows}, options);
      REQUIRE(part.ok());
      RunToEnd(**part);
      const Image painted = (*part)->TakePainting();
      std::copy_n(painted.data(), painted.bytes().size(),
                  painting.row(static_cast<int>(rows.begin)));
    }
    const auto finished = FinishPainting(photo.view(), std::move(painting), {0.9F, 0.3F}, mask);
    REQUIRE(finished.ok());
    CHECK(SameImage(*finished, (*job)->TakePainting()));
  }
}

TEST_CASE("a painting of the photo's size is finished without scaling", "[brush]") {
  const Image photo = MakeNoise(30, 20, 8, false);
  const Image painting = MakeNoise(30, 20, 9, true);
  const auto finished = FinishPainting(photo.view(), painting, {}, nullptr);
  REQUIRE(finished.ok());
  for (int64_t i = 0; i < photo.pixel_count() * 4; ++i) {
    REQUIRE(finished->data()[i] == (i % 4 == 3 ? photo : painting).data()[i]);
  }
  CHECK(FinishPainting(photo.view(), painting, {1.5F, 0.0F}, nullptr).status().code() ==
        StatusCode::kInvalidArgument);
  CHECK(FinishPainting(photo.view(), Image(), {}, nullptr).status().code() ==
        StatusCode::kInvalidArgument);
}

TEST_CASE("progress with a brush never decreases and ends at 1", "[brush]") {
  const auto stylizer = MakeStylizer(kMostThreads);
  const auto generator = ThumbnailGenerator();
  for (const float brush : {0.25F, 2.0F}) {
    double last = 0.0;
    bool painting = false;
    const auto painted = stylizer->Stylize(generator, MakeNoise(500, 400, 10, true),
                                           {.brush = brush}, [&](const Progress& progress) {
                                             CHECK(progress.fraction >= last);
                                             CHECK((!painting || progress.stage == Stage::kPaint));
                                             last = progress.fraction;
                                             painting = progress.stage == Stage::kPaint;
                                             return true;
                                           });
    REQUIRE(painted.ok());
    CHECK(last == 1.0);
  }
}

TEST_CASE("a painting with a brush cancelled at any step leaves the stylizer usable", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(300, 200, 11, true);
  const StylizeOptions options{.max_pixels = 50000, .brush = 0.5F, .mask = Spots(5, 5)};
  const Image expected = PaintAll(*stylizer, generator, photo, options);
  int steps = 0;
  for (bool finished = false; !finished; ++steps) {
    int left = steps;
    const auto stopped =
        stylizer->Stylize(generator, photo, options, [&](const Progress&) { return left-- > 0; });
    finished = stopped.ok();
    CHECK((finished || stopped.status().code() == StatusCode::kAborted));
    CHECK(SameImage(PaintAll(*stylizer, generator, photo, options), expected));
  }
  // To prepare, to copy, to paint and to finish take a step each, at least.
  CHECK(steps > 4);
}

TEST_CASE("brushes that can't be say so, and the next picture is painted", "[brush]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(40, 40, 12, true);
  const Image expected = PaintAll(*stylizer, generator, photo, {.brush = 0.5F});
  for (const float brush : {0.0F, -1.0F, 0.06F, 4.01F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()}) {
    const auto job = stylizer->Begin(generator, photo, {.brush = brush});
    CHECK(job.status().code() == StatusCode::kInvalidArgument);
    CHECK(BrushSize(40, 40, brush).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(CheckBrush(0.0F).message() == "brush: got 0.000000, needed 1/16 to 4");
  CHECK(BrushSize(5001, 5000, 4.0F).status().message() ==
        "brush: got a picture of 20004×20000 pixels, needed at most 100 megapixels");
  CHECK(BrushSize(20000, 1, 4.0F).status().code() == StatusCode::kImageTooLarge);
  const Image long_photo = MakeConstant(20000, 1, {1, 2, 3, 255});
  const auto painted = stylizer->Stylize(generator, long_photo, {.brush = 4.0F});
  CHECK(painted.status().code() == StatusCode::kImageTooLarge);
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, {.brush = 0.5F}), expected));
}

TEST_CASE("a model of one size takes brushes too", "[brush]") {
  const auto stylizer = MakeStylizer();
  const Image photo = MakeNoise(21, 34, 13, false);
  const Image copy = std::move(BrushCopy(photo.view(), 0.5F)).value();
  const Image painted = PaintAll(*stylizer, FixedSizeGenerator(), copy, {});
  const auto finished = FinishPainting(photo.view(), painted, {}, nullptr);
  REQUIRE(finished.ok());
  CHECK(SameImage(PaintAll(*stylizer, FixedSizeGenerator(), photo, {.brush = 0.5F}), *finished));
}

}  // namespace
}  // namespace brushwork
