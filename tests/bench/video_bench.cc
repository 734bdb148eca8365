// What a frame of a video costs beside its painting.
#include <catch2/benchmark/catch_benchmark.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/video/moving_clip.h"
#include "video/frame_steadier.h"

namespace brushwork::testing {
namespace {

TEST_CASE("frames of a video", "[bench]") {
  for (const auto& [width, height] : {std::pair{512, 512}, {1280, 720}}) {
    const std::string size = std::to_string(width) + "×" + std::to_string(height);
    const Image frame = WithNoise(SceneFrom(width, height, 5.3, -2.6), 3, 1);
    const Image other = WithNoise(SceneFrom(width, height, 0, 0), 3, 2);
    const Pyramid after = MakePyramid(frame.view());
    const Pyramid before = MakePyramid(other.view());
    BENCHMARK("pyramid, " + size) { return MakePyramid(frame.view()).size(); };
    BENCHMARK("motion, " + size) { return EstimateMotion(after, before).mean_confidence; };
    FrameSteadier steadier(0.9F);
    Image painted = frame;
    BENCHMARK("all, " + size) {
      return steadier.Observe(frame.view()).ok() && steadier.Steady(painted).ok();
    };
  }
}

}  // namespace
}  // namespace brushwork::testing
