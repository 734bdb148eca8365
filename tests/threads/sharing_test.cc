// What threads of the caller's own may do at the same time, and one after the other. The thread
// sanitizer watches (preset tsan).
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "image/decode.h"
#include "image/encode.h"
#include "style_encoder.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/files.h"
#include "tests/support/painting.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using testing::kMostThreads;
using testing::MakeNoise;
using testing::MakeStylizer;
using testing::PaintAll;
using testing::SameImage;
using testing::ThumbnailGenerator;

// Runs `work(i)` in as many threads, all of them at once.
template <typename Work>
void InThreads(int count, const Work& work) {
  std::atomic<int> waiting = count;
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

StylizeOptions Styled() {
  StylizeOptions options;
  options.style = std::make_shared<const StyleVector>(RandomStyle(3));
  options.preserve_color = 0.3F;
  options.mask = std::make_shared<const Mask>(
      std::move(MakeMask(MakeNoise(9, 9, 8, true).view(), 9, 9)).value());
  return options;
}

TEST_CASE("stylizers paint at the same time with one generator and one style", "[threads]") {
  const auto generator = ThumbnailGenerator();
  const StylizeOptions options = Styled();
  const Image photo = MakeNoise(40, 60, 1, true);
  const Image expected = PaintAll(*MakeStylizer(), generator, photo, options);
  std::vector<Image> paintings(3);
  InThreads(3, [&](int i) {
    const auto stylizer = MakeStylizer(1 + i % 2);
    for (int repeat = 0; repeat < 3; ++repeat) {
      paintings[static_cast<size_t>(i)] = PaintAll(*stylizer, generator, photo, options);
    }
  });
  for (const Image& painting : paintings) CHECK(SameImage(painting, expected));
}

// The very first use of the kernels, too, where this test runs alone.
TEST_CASE("generators are loaded and calibrated at the same time", "[threads]") {
  const auto onnx = ConditionalGenerator(RandomStyle(1), {.quantized = false});
  std::vector<std::shared_ptr<const Generator>> generators(2);
  InThreads(2, [&](int i) {
    auto generator = Generator::Load(onnx, {});
    if (generator.ok()) generators[static_cast<size_t>(i)] = *generator;
  });
  const Image photo = MakeNoise(20, 30, 2, true);
  const auto stylizer = MakeStylizer();
  REQUIRE((generators[0] != nullptr && generators[1] != nullptr));
  CHECK(SameImage(PaintAll(*stylizer, generators[0], photo, {}),
                  PaintAll(*stylizer, generators[1], photo, {})));
}

TEST_CASE("a stylizer goes from one thread to another", "[threads]") {
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(40, 60, 4, true);
  const auto stylizer = MakeStylizer(kMostThreads);
  const Image expected = PaintAll(*stylizer, generator, photo, {});
  for (int i = 0; i < 3; ++i) {
    Image painting;
    std::thread([&] { painting = PaintAll(*stylizer, generator, photo, {}); }).join();
    CHECK(SameImage(painting, expected));
  }
}

TEST_CASE("a job begun in one thread is stepped in another and dropped in a third", "[threads]") {
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(40, 60, 5, true);
  const auto stylizer = MakeStylizer(2);
  const Image expected = PaintAll(*stylizer, generator, photo, {});
  auto job = std::move(stylizer->Begin(generator, photo, {})).value();
  Status status;
  std::thread([&] { status = job->Step(); }).join();
  CHECK(status.ok());
  std::thread([&] { job.reset(); }).join();
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, {}), expected));
}

TEST_CASE("a painting is stopped by another thread", "[threads]") {
  const auto generator = ThumbnailGenerator();
  const Image photo = MakeNoise(64, 96, 6, true);
  const auto stylizer = MakeStylizer(2);
  const Image expected = PaintAll(*stylizer, generator, photo, {});
  std::atomic<bool> begun = false;
  std::atomic<bool> stopped = false;
  std::thread stopper([&] {
    while (!begun) std::this_thread::yield();
    stopped = true;
  });
  const auto painting = stylizer->Stylize(generator, photo, {}, [&](const Progress&) {
    begun = true;
    while (!stopped) std::this_thread::yield();
    return false;
  });
  stopper.join();
  CHECK(painting.status().code() == StatusCode::kAborted);
  CHECK(SameImage(PaintAll(*stylizer, generator, photo, {}), expected));
}

TEST_CASE("pictures are decoded and encoded at the same time", "[threads]") {
  std::vector<Image> photos;
  for (uint32_t i = 0; i < 3; ++i) photos.push_back(MakeNoise(30, 20, i, true));
  std::vector<uint8_t> is_same(photos.size());
  InThreads(3, [&](int i) {
    const size_t index = static_cast<size_t>(i);
    const auto png = EncodePng(photos[index].view());
    const auto jpeg = EncodeJpeg(photos[index].view(), 80);
    if (!png.ok() || !jpeg.ok() || !DecodeImage(*jpeg).ok()) return;
    const auto decoded = DecodeImage(*png);
    is_same[index] = decoded.ok() && SameImage(*decoded, photos[index]) ? 1 : 0;
  });
  CHECK(is_same == std::vector<uint8_t>{1, 1, 1});
}

TEST_CASE("styles are taken of pictures at the same time by one encoder", "[threads]") {
  const auto loaded =
      StyleEncoder::Load(ReadTestFile(SourceFolder() + "/models/painter-encoder.onnx"));
  REQUIRE(loaded.ok());
  const Image picture = MakeNoise(64, 64, 7, true);
  std::vector<std::vector<float>> styles(2);
  InThreads(2, [&](int i) {
    auto style = (*loaded)->Encode(picture.view());
    if (style.ok()) styles[static_cast<size_t>(i)] = std::move(style->values);
  });
  CHECK(!styles[0].empty());
  CHECK(styles[0] == styles[1]);
}

}  // namespace
}  // namespace brushwork
