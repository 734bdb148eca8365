// Painting, with everything that a painting can be asked for.
#include <catch2/catch_test_macros.hpp>

#include "finishing.h"
#include "tests/faults/faulty_engine.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/painting.h"
#include "tests/support/picture_builder.h"

namespace brushwork::faults {
namespace {

using testing::FixedSizeGenerator;
using testing::kMostThreads;
using testing::MakeNoise;
using GeneratorPointer = std::shared_ptr<const Generator>;

// Paintings by one stylizer, which keeps its plans as it would for a user.
struct Painter {
  std::unique_ptr<Stylizer> stylizer = testing::MakeStylizer();
  Image photo = MakeNoise(24, 40, 7, true);

  void Try(const std::string& name, const GeneratorPointer& generator,
           const StylizeOptions& options, std::optional<Bytes> alternative = std::nullopt) const {
    RefuseEveryRequest(
        {.name = name,
         .operation = [&] { return BytesOf(stylizer->Stylize(generator, Copy(photo), options)); },
         .alternative = std::move(alternative)});
  }
};

GeneratorPointer Conditional(int thumbnail = 16) {
  return Required(
      Generator::Load(ConditionalGenerator(RandomStyle(1), {.thumbnail = thumbnail}), {}));
}

std::shared_ptr<const Mask> SmallMask() {
  return std::make_shared<const Mask>(Required(MakeMask(MakeNoise(9, 9, 8, true).view(), 9, 9)));
}

TEST_CASE("a stylizer without memory", "[faults]") {
  const auto try_threads = [](const std::string& name, int threads) {
    RefuseEveryRequest({.name = name, .operation = [threads]() -> StatusOr<Bytes> {
                          const auto stylizer = Stylizer::Create({.threads = threads});
                          if (!stylizer.ok()) return StatusOf(stylizer);
                          const int count = (*stylizer)->threads();
                          return BytesOf(std::span<const int>(&count, 1));
                        }});
  };
  try_threads("make a stylizer", 1);
  if (kMostThreads > 1) try_threads("make a stylizer of three threads", kMostThreads);
}

// pthreadpool itself would wait for those that don't come.
TEST_CASE("a stylizer of more threads than the system has", "[faults]") {
  if (kMostThreads == 1) return;
  for (int limit = 0; limit < kMostThreads; ++limit) {
    LimitThreads(limit);
    const auto stylizer = Stylizer::Create({.threads = kMostThreads});
    LimitThreads(-1);
    INFO(limit << " threads beside the first");
    const bool enough = limit >= kMostThreads - 1;
    CHECK(stylizer.status().code() == (enough ? StatusCode::kOk : StatusCode::kOutOfMemory));
  }
}

TEST_CASE("painting without memory", "[faults]") {
  const Painter painter;
  const auto generator = Conditional();
  painter.Try("paint, statistics of a thumbnail", generator, {});
  painter.Try("paint, exact statistics", generator, {.statistics = StatisticsSource::kExact});
  painter.Try("paint in another style", generator,
              {.style = std::make_shared<const StyleVector>(RandomStyle(9))});
  painter.Try("paint through a mask, weaker, in the photo's hues", generator,
              {.strength = 0.6F, .preserve_color = 0.4F, .mask = SmallMask()});
  painter.Try("paint a smaller copy", generator, {.max_pixels = 300});
  painter.Try("paint with a broad brush", generator, {.brush = 0.5F, .mask = SmallMask()});
  painter.Try("paint at one fixed size", FixedSizeGenerator(), {.mask = SmallMask()});
}

// Third-party generators take the whole picture's statistics where there is memory for them.
TEST_CASE("painting by a generator of one's own without memory", "[faults]") {
  const Painter painter;
  const auto generator = Conditional(/*thumbnail=*/0);
  const auto small = painter.stylizer->Stylize(generator, painter.photo,
                                               {.statistics = StatisticsSource::kThumbnail});
  painter.Try("paint by a generator of one's own", generator, {}, *BytesOf(small));
}

// A new plan each time.
TEST_CASE("painting for the first time without memory", "[faults]") {
  const auto generator = Conditional();
  const Image photo = MakeNoise(24, 40, 7, true);
  RefuseEveryRequest({.name = "make a stylizer and paint", .operation = [&]() -> StatusOr<Bytes> {
                        const auto stylizer = Stylizer::Create({});
                        if (!stylizer.ok()) return StatusOf(stylizer);
                        return BytesOf((*stylizer)->Stylize(generator, Copy(photo), {}));
                      }});
  const auto own = Required(Generator::Load(SmallFloatGenerator(), {}));
  RefuseEveryRequest(
      {.name = "paint a quantized generator of one's own", .operation = [&]() -> StatusOr<Bytes> {
         const auto stylizer = Stylizer::Create({});
         if (!stylizer.ok()) return StatusOf(stylizer);
         return BytesOf(
             (*stylizer)->Stylize(own, Copy(photo), {.statistics = StatisticsSource::kExact}));
       }});
}

// Few of the requests are made while the threads work, and each run waits for them many times.
TEST_CASE("painting with threads without memory", "[faults]") {
  if (kMostThreads == 1) return;
  const auto stylizer = testing::MakeStylizer(2);
  const auto generator = Conditional();
  const Image photo = MakeNoise(24, 40, 7, true);
  const auto try_painting = [&](const std::string& name, const StylizeOptions& options) {
    RefuseEveryRequest(
        {.name = name,
         .operation = [&] { return BytesOf(stylizer->Stylize(generator, Copy(photo), options)); },
         .dense = 20,
         .stride = 7});
  };
  try_painting("paint with threads", {.mask = SmallMask()});
  try_painting("paint with threads and a broad brush", {.brush = 0.5F});
}

TEST_CASE("painting a segment without memory", "[faults]") {
  const auto stylizer = testing::MakeStylizer();
  const auto generator = Conditional();
  const Image photo = MakeNoise(24, 40, 7, true);
  const auto job_bytes = [](StatusOr<std::unique_ptr<PaintingJob>> job,
                            const auto& result) -> StatusOr<Bytes> {
    if (!job.ok()) return StatusOf(job);
    while (!(*job)->done()) {
      const Status status = (*job)->Step();
      if (!status.ok()) return status;
    }
    return result(**job);
  };
  const auto statistics_of = [](PaintingJob& job) {
    const Pause pause;
    return BytesOf(std::span<const float>(PackStatistics(job.statistics())));
  };
  RefuseEveryRequest({.name = "measure", .operation = [&] {
                        return job_bytes(stylizer->BeginMeasurement(generator, Copy(photo), {}),
                                         statistics_of);
                      }});
  const auto measurement = Required(stylizer->BeginMeasurement(generator, photo, {}));
  testing::RunToEnd(*measurement);
  StylizeOptions options;
  options.statistics = StatisticsSource::kGiven;
  options.given = std::make_shared<const NormStatistics>(measurement->statistics());
  const auto painting_of = [](PaintingJob& job) {
    return BytesOf(StatusOr<Image>(job.TakePainting()));
  };
  RefuseEveryRequest(
      {.name = "paint a segment", .operation = [&] {
         return job_bytes(stylizer->BeginSegment(generator, {Copy(photo), 0, 40, {8, 24}}, options),
                          painting_of);
       }});
  RefuseEveryRequest({.name = "ask what a segment reads", .operation = [&]() -> StatusOr<Bytes> {
                        const auto rows = stylizer->SegmentRows(generator, 24, 40, {8, 24});
                        if (!rows.ok()) return StatusOf(rows);
                        return BytesOf(std::span<const RowRange>(&*rows, 1));
                      }});
  const Image small = MakeNoise(12, 20, 9, true);
  const auto mask = SmallMask();
  RefuseEveryRequest(
      {.name = "finish a painting",
       .operation =
           [&] {
             return BytesOf(FinishPainting(photo.view(), Copy(small), {.strength = 0.5F}, mask));
           },
       .may_throw = true});
}

}  // namespace
}  // namespace brushwork::faults
