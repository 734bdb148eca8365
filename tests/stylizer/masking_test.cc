// Masks and colour preservation through the façade: whole pictures, segments, models of one size.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "finishing.h"
#include "image/resize.h"
#include "stylizer.h"
#include "tests/support/painting.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

std::shared_ptr<const Mask> MaskOf(const Image& picture) {
  return std::make_shared<const Mask>(
      MakeMask(picture.view(), picture.width(), picture.height()).value());
}

// Black above, white below, with soft rows between.
Image HorizonMask(int width, int height) {
  return MakeImage(width, height, [height](int, int y) {
    const int value = (y - height / 2) * 64 + 128;
    const auto byte = static_cast<uint8_t>(std::clamp(value, 0, 255));
    return Rgba{byte, byte, byte, 255};
  });
}

Image Composed(const Image& photo, Image painting, const BlendOptions& options, const Mask* mask) {
  const PaintingBlend blend(options);
  for (int y = 0; y < photo.height(); ++y) {
    blend.BlendRow(photo.row(y), mask == nullptr ? nullptr : mask->row(y), photo.width(),
                   painting.row(y));
  }
  return painting;
}

TEST_CASE("paints only where the mask is bright", "[masking]") {
  const Image photo = MakeNoise(40, 30, 1, false);
  const auto mask = MaskOf(HorizonMask(40, 30));
  for (int threads = 1; threads <= kMostThreads; ++threads) {
    const auto stylizer = MakeStylizer(threads);
    const Image full = PaintAll(*stylizer, NegativeGenerator(), photo, {});
    const Image masked = PaintAll(*stylizer, NegativeGenerator(), photo, {.mask = mask});
    for (int y = 0; y < 30; ++y) {
      const bool is_photo = std::equal(masked.row(y), masked.row(y) + 160, photo.row(y));
      const bool is_painting = std::equal(masked.row(y), masked.row(y) + 160, full.row(y));
      CHECK(is_photo == (y < 14));
      CHECK(is_painting == (y > 16));
    }
    CHECK(SameImage(masked, Composed(photo, full, {}, mask.get())));
  }
}

TEST_CASE("a mask of another size is scaled to the photo's after max_pixels", "[masking]") {
  const auto stylizer = MakeStylizer();
  const Image photo = MakeNoise(80, 60, 2, false);
  const auto small = MaskOf(MakeNoise(13, 8, 3, true));
  const StylizeOptions options{.max_pixels = 1200, .mask = small};
  StylizeOptions at_size{.mask = *FitMask(small, 40, 30)};
  const Image scaled = std::move(ResizeImage(photo.view(), 40, 30)).value();
  const Image expected = PaintAll(*stylizer, NegativeGenerator(), scaled, at_size);
  CHECK(SameImage(PaintAll(*stylizer, NegativeGenerator(), photo, options), expected));
}

TEST_CASE("colour is preserved with every kind of statistics", "[masking]") {
  const auto stylizer = MakeStylizer(kMostThreads);
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(60, 70, 4, false);
  for (const auto source : {StatisticsSource::kExact, StatisticsSource::kThumbnail}) {
    const Image plain = PaintAll(*stylizer, generator, photo, {.statistics = source});
    const Image preserved =
        PaintAll(*stylizer, generator, photo,
                 {.strength = 0.7F, .statistics = source, .preserve_color = 0.8F});
    CHECK(SameImage(preserved, Composed(photo, plain, {0.7F, 0.8F}, nullptr)));
  }
}

TEST_CASE("a model of one size composes at the photo's size", "[masking]") {
  const auto stylizer = MakeStylizer(kMostThreads);
  const auto generator = FixedSizeGenerator();
  const Image photo = MakeNoise(33, 50, 5, false);
  const auto mask = MaskOf(MakeNoise(33, 50, 6, true));
  const Image plain = PaintAll(*stylizer, generator, photo, {});
  const Image composed = PaintAll(*stylizer, generator, photo,
                                  {.strength = 0.9F, .preserve_color = 0.4F, .mask = mask});
  CHECK(SameImage(composed, Composed(photo, plain, {0.9F, 0.4F}, mask.get())));
}

TEST_CASE("segments with the mask's rows make the whole painting", "[masking]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(50, 90, 7, false);
  const auto mask = MaskOf(MakeNoise(50, 90, 8, true));
  auto whole =
      stylizer->Begin(generator, photo, {.strength = 0.9F, .preserve_color = 0.5F, .mask = mask});
  REQUIRE(whole.ok());
  RunToEnd(**whole);
  const Image expected = (*whole)->TakePainting();
  StylizeOptions options{
      .strength = 0.9F, .statistics = StatisticsSource::kGiven, .preserve_color = 0.5F};
  options.given = std::make_shared<const NormStatistics>((*whole)->statistics());
  for (const RowRange rows : {RowRange{0, 37}, RowRange{37, 90}}) {
    const auto read = stylizer->SegmentRows(generator, 50, 90, rows);
    REQUIRE(read.ok());
    const auto count = static_cast<int>(read->size());
    PictureSegment segment{Image::Create(50, count).value(), read->begin, 90, rows};
    std::copy_n(photo.row(static_cast<int>(read->begin)), segment.photo.bytes().size(),
                segment.photo.data());
    options.mask = std::make_shared<const Mask>(
        Mask::Create({mask->row(read->begin), mask->row(read->end)}, 50, count).value());
    auto job = stylizer->BeginSegment(generator, std::move(segment), options);
    REQUIRE(job.ok());
    RunToEnd(**job);
    const Image painted = (*job)->TakePainting();
    CHECK(std::ranges::equal(painted.bytes(),
                             expected.bytes().subspan(static_cast<size_t>(rows.begin) * 200,
                                                      static_cast<size_t>(rows.size()) * 200)));
  }
}

TEST_CASE("what a segment can't be painted with is named", "[masking]") {
  const auto stylizer = MakeStylizer();
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(40, 40, 9, true);
  auto measured = stylizer->BeginMeasurement(generator, photo, {});
  REQUIRE(measured.ok());
  RunToEnd(**measured);
  StylizeOptions options{.statistics = StatisticsSource::kGiven};
  options.given = std::make_shared<const NormStatistics>((*measured)->statistics());
  const auto begin = [&] {
    return stylizer->BeginSegment(generator, {photo, 0, 40, {0, 40}}, options).status();
  };
  CHECK(begin().ok());
  options.mask = MaskOf(MakeNoise(40, 39, 10, true));
  CHECK(begin().message() == "mask: got 40×39 pixels, needed the photo's 40×40");
  options.mask = nullptr;
  options.brush = 0.5F;
  CHECK(begin().code() == StatusCode::kInvalidArgument);
  options.brush = 1.0F;
  options.preserve_color = 1.5F;
  CHECK(begin().message() == "preserve color: got 1.500000, needed 0 to 1");
}

}  // namespace
}  // namespace brushwork
