// Whatever the height of the bands, the number of threads or the cut into segments: the same bytes.
#include <pthreadpool.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "stylizer.h"
#include "tests/support/files.h"
#include "tests/support/picture_builder.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr int kMostThreads = 1;  // this build has no threads
#else
constexpr int kMostThreads = 3;
#endif

Image Photo(int width, int height) {
  Image photo = std::move(Image::Create(width, height)).value();
  Random random(3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = photo.row(y) + 4 * x;
      pixel[0] = static_cast<uint8_t>((x * 255 / width + random.Integer(0, 30)) & 255);
      pixel[1] = static_cast<uint8_t>((y * 255 / height + random.Integer(0, 30)) & 255);
      pixel[2] = static_cast<uint8_t>((x / 16 + y / 16) % 2 * 180 + random.Integer(0, 30));
      pixel[3] = static_cast<uint8_t>(255 - x % 2);
    }
  }
  return photo;
}

std::shared_ptr<const Generator> OwnGenerator(
    GeneratorPrecision precision = GeneratorPrecision::kAuto) {
  GeneratorOptions options;
  options.precision = precision;
  auto generator = Generator::Load(ReadTestFile(SourceFolder() + "/models/painter.onnx"), options);
  INFO(generator.status().message());
  REQUIRE(generator.ok());
  return *generator;
}

struct Painted {
  Image painting;
  NormStatistics statistics;
  StatisticsSource source = StatisticsSource::kAuto;
};

Painted Paint(Stylizer& stylizer, const std::shared_ptr<const Generator>& generator,
              const Image& photo, const StylizeOptions& options) {
  auto job = stylizer.Begin(generator, photo, options);
  REQUIRE(job.ok());
  while (!(*job)->done()) {
    const Status status = (*job)->Step();
    INFO(status.message());
    REQUIRE(status.ok());
  }
  return {(*job)->TakePainting(), (*job)->statistics(), (*job)->statistics_source()};
}

std::unique_ptr<Stylizer> MakeStylizer(const StylizerOptions& options) {
  auto stylizer = Stylizer::Create(options);
  REQUIRE(stylizer.ok());
  return std::move(stylizer).value();
}

bool SameBytes(const Image& a, const Image& b) { return std::ranges::equal(a.bytes(), b.bytes()); }

void CheckBands(const std::shared_ptr<const Generator>& generator, StatisticsSource source,
                const std::vector<int64_t>& heights) {
  const Image photo = Photo(151, 183);
  StylizeOptions options;
  options.statistics = source;
  options.strength = 0.8F;
  const Painted whole = Paint(*MakeStylizer({.band_rows = 4096}), generator, photo, options);
  CHECK(whole.source == source);
  for (const int64_t band_rows : heights) {
    INFO("bands of " << band_rows << " rows");
    const auto stylizer = MakeStylizer({.band_rows = band_rows});
    CHECK(SameBytes(Paint(*stylizer, generator, photo, options).painting, whole.painting));
  }
  for (int threads = 2; threads <= kMostThreads; ++threads) {
    INFO(threads << " threads");
    const auto stylizer = MakeStylizer({.threads = threads});
    CHECK(SameBytes(Paint(*stylizer, generator, photo, options).painting, whole.painting));
  }
}

TEST_CASE("bands of any height and any number of threads paint the same bytes", "[strips]") {
  CheckBands(OwnGenerator(), StatisticsSource::kThumbnail, {1, 2, 3, 7, 8, 16, 50, 64});
  CheckBands(OwnGenerator(), StatisticsSource::kExact, {1, 6, 32});
}

TEST_CASE("bands paint the same bytes in float", "[strips]") {
  CheckBands(OwnGenerator(GeneratorPrecision::kFloat), StatisticsSource::kThumbnail, {2, 50});
}

TEST_CASE("segments painted by engines of their own make the whole painting", "[strips]") {
  const auto generator = OwnGenerator();
  const Image photo = Photo(150, 211);
  const auto stylizer = MakeStylizer({});
  StylizeOptions options;
  options.statistics = StatisticsSource::kThumbnail;
  const Painted whole = Paint(*stylizer, generator, photo, options);
  options.statistics = StatisticsSource::kGiven;
  options.given = std::make_shared<NormStatistics>(whole.statistics);
  for (const int64_t cut : {1, 40, 97, 160, 210}) {
    for (const RowRange rows : {RowRange{0, cut}, RowRange{cut, photo.height()}}) {
      INFO("rows " << rows.begin << " to " << rows.end);
      const auto needed = stylizer->SegmentRows(generator, photo.width(), photo.height(), rows);
      REQUIRE(needed.ok());
      REQUIRE(needed->size() > 0);
      PictureSegment segment;
      segment.photo =
          std::move(Image::Create(photo.width(), static_cast<int>(needed->size()))).value();
      std::memcpy(segment.photo.data(), photo.row(static_cast<int>(needed->begin)),
                  segment.photo.bytes().size());
      segment.first_row = needed->begin;
      segment.height = photo.height();
      segment.rows = rows;
      const auto other = MakeStylizer({});
      auto job = other->BeginSegment(generator, std::move(segment), options);
      REQUIRE(job.ok());
      while (!(*job)->done()) REQUIRE((*job)->Step().ok());
      const Image painted = (*job)->TakePainting();
      REQUIRE(painted.height() == rows.size());
      CHECK(std::memcmp(painted.data(), whole.painting.row(static_cast<int>(rows.begin)),
                        painted.bytes().size()) == 0);
    }
  }
}

TEST_CASE("the memory of a painting does not grow with its height", "[strips]") {
  const auto generator = OwnGenerator();
  const auto stylizer = MakeStylizer({.band_rows = 32});
  StylizeOptions options;
  options.statistics = StatisticsSource::kGiven;
  options.given = std::make_shared<NormStatistics>(
      Paint(*MakeStylizer({}), generator, Photo(64, 64), {}).statistics);
  Paint(*stylizer, generator, Photo(64, 1024), options);
  const size_t tall = stylizer->memory_bytes();
  Paint(*stylizer, generator, Photo(64, 4096), options);
  CHECK(stylizer->memory_bytes() == tall);
}

// Whole activations of it would not fit in a 32-bit address space.
TEST_CASE("a plan for a hundred megapixels takes some megabytes", "[strips]") {
  const auto frame = OwnGenerator()->MakeFrame(10000, 10000);
  REQUIRE(frame.ok());
  const auto plan = Plan::Create(frame->network, {.statistics_given = true});
  INFO(plan.status().message());
  REQUIRE(plan.ok());
  CHECK((*plan)->memory_bytes() < size_t{64} << 20);
}

TEST_CASE("statistics can be kept and given", "[strips]") {
  const auto generator = OwnGenerator();
  const auto stylizer = MakeStylizer({});
  const Image photo = Photo(180, 170);
  StylizeOptions options;
  options.statistics = StatisticsSource::kThumbnail;
  const Painted first = Paint(*stylizer, generator, photo, options);
  CHECK(first.source == StatisticsSource::kThumbnail);
  REQUIRE_FALSE(first.statistics.layers.empty());

  options.statistics = StatisticsSource::kGiven;
  options.given = std::make_shared<NormStatistics>(first.statistics);
  const Painted again = Paint(*stylizer, generator, photo, options);
  CHECK(again.source == StatisticsSource::kGiven);
  CHECK(SameBytes(again.painting, first.painting));

  NormStatistics other = first.statistics;
  for (float& mean : other.layers.front().mean) mean += 0.5F;
  options.given = std::make_shared<NormStatistics>(other);
  CHECK_FALSE(SameBytes(Paint(*stylizer, generator, photo, options).painting, first.painting));

  other.layers.pop_back();
  options.given = std::make_shared<NormStatistics>(other);
  auto job = stylizer->Begin(generator, photo, options);
  REQUIRE(job.ok());
  Status status;
  while (status.ok() && !(*job)->done()) status = (*job)->Step();
  CHECK(status.code() == StatusCode::kInvalidArgument);
  job->reset();
  options.given = std::make_shared<NormStatistics>(first.statistics);
  CHECK(SameBytes(Paint(*stylizer, generator, photo, options).painting, first.painting));
}

}  // namespace
}  // namespace brushwork
