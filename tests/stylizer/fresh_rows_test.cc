// Rows of a painting that is not done: what those who watch are given.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "brush.h"
#include "stylizer.h"
#include "tests/support/painting.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

struct Watched {
  Image seen;  // put together of the rows that came
  int reports = 0;
};

// Steps the job to its end. Rows must come in order and without gaps, beginning with the first.
Watched WatchToEnd(PaintingJob& job) {
  Watched watched;
  int64_t next = 0;
  while (!job.done()) {
    REQUIRE(job.Step().ok());
    const auto [painting, rows] = job.TakeFreshRows();
    if (rows.size() == 0) continue;
    if (watched.reports++ == 0) {
      watched.seen = std::move(Image::Create(painting.width, painting.height)).value();
    }
    REQUIRE(rows.begin == next);
    REQUIRE(rows.end <= painting.height);
    next = rows.end;
    const uint8_t* from = painting.row(static_cast<int>(rows.begin));
    std::copy(from, from + rows.size() * painting.width * 4,
              watched.seen.row(static_cast<int>(rows.begin)));
  }
  CHECK(job.TakeFreshRows().rows.size() == 0);
  CHECK(next == watched.seen.height());
  return watched;
}

std::unique_ptr<PaintingJob> Begin(Stylizer& stylizer,
                                   const std::shared_ptr<const Generator>& generator,
                                   const Image& photo, const StylizeOptions& options) {
  auto job = stylizer.Begin(generator, photo, options);
  REQUIRE(job.ok());
  return std::move(*job);
}

TEST_CASE("rows of a painting are final as they come", "[fresh]") {
  const Image photo = MakeNoise(640, 900, 3, true);
  const auto mask =
      std::make_shared<const Mask>(MakeMask(MakeNoise(31, 45, 5, true).view(), 31, 45).value());
  for (int threads = 1; threads <= kMostThreads; ++threads) {
    const auto stylizer = MakeStylizer(threads);
    for (const auto source : {StatisticsSource::kThumbnail, StatisticsSource::kExact}) {
      const StylizeOptions options{
          .strength = 0.7F, .statistics = source, .preserve_color = 0.4F, .mask = mask};
      const auto job = Begin(*stylizer, ThumbnailGenerator(), photo, options);
      const Watched watched = WatchToEnd(*job);
      CHECK(watched.reports > 1);
      CHECK(SameImage(watched.seen, job->TakePainting()));
      CHECK(job->TakeFreshRows().rows.size() == 0);
    }
  }
}

TEST_CASE("rows of another brush are the copy's", "[fresh]") {
  const auto stylizer = MakeStylizer();
  const Image photo = MakeNoise(1400, 1800, 1, false);
  const Image copy = std::move(BrushCopy(photo.view(), 0.5F)).value();
  const auto job = Begin(*stylizer, ThumbnailGenerator(), photo, {.strength = 0.2F, .brush = 0.5F});
  bool painted = false;
  while (!job->done()) {
    REQUIRE(job->Step().ok());
    const auto [painting, rows] = job->TakeFreshRows();
    if (rows.size() == 0) continue;
    painted = true;
    CHECK(painting.width == copy.width());
    CHECK(painting.height == copy.height());
  }
  CHECK(painted);
}

TEST_CASE("a measurement has no rows", "[fresh]") {
  const auto stylizer = MakeStylizer();
  auto job = stylizer->BeginMeasurement(ThumbnailGenerator(), MakeNoise(90, 61, 1, false), {});
  REQUIRE(job.ok());
  while (!(*job)->done()) {
    REQUIRE((*job)->Step().ok());
    CHECK((*job)->TakeFreshRows().rows.size() == 0);
  }
}

}  // namespace
}  // namespace brushwork
