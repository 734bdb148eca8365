#include "video/motion.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "image/luma.h"
#include "tests/video/moving_clip.h"
#include "video/patch.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

Plane RandomPlane(int width, int height, uint32_t seed) {
  Random random(seed);
  Plane plane(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) plane.row(y)[x] = random.Uniform(0, 255);
  }
  plane.FillBorder();
  return plane;
}

double At(const Plane& plane, int x, int y) {
  return plane.row(std::clamp(y, 0, plane.height() - 1))[std::clamp(x, 0, plane.width() - 1)];
}

// The reference: linear interpolation of a plane that goes on as it ends.
double Interpolated(const Plane& plane, double x, double y) {
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const double u = x - left;
  const double v = y - top;
  return (1 - v) * ((1 - u) * At(plane, left, top) + u * At(plane, left + 1, top)) +
         v * ((1 - u) * At(plane, left, top + 1) + u * At(plane, left + 1, top + 1));
}

double MedianOf(const Plane& plane, int margin) {
  std::vector<float> values;
  for (int y = margin; y < plane.height() - margin; ++y) {
    values.insert(values.end(), plane.row(y) + margin, plane.row(y) + plane.width() - margin);
  }
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

Motion MotionBetween(const Image& frame, const Image& before) {
  return EstimateMotion(MakePyramid(frame.view()), MakePyramid(before.view()));
}

TEST_CASE("half the luma is the mean of 2×2 pixels, sides odd or even", "[video]") {
  for (const auto& [width, height] : {std::pair{6, 4}, {7, 5}, {1, 1}, {2, 9}}) {
    const Image picture = MakeNoise(width, height, 1, true);
    const Plane half = HalfLuma(picture.view());
    REQUIRE(half.width() == (width + 1) / 2);
    REQUIRE(half.height() == (height + 1) / 2);
    for (int y = 0; y < half.height(); ++y) {
      for (int x = 0; x < half.width(); ++x) {
        double sum = 0;
        for (int i = 0; i < 4; ++i) {
          const Rgba rgba = PixelAt(picture, std::min(2 * x + i % 2, width - 1),
                                    std::min(2 * y + i / 2, height - 1));
          sum += LumaSum(rgba[0], rgba[1], rgba[2]) / 65536.0;
        }
        CHECK(std::abs(half.row(y)[x] - sum / 4) < 1e-3);
      }
    }
    CHECK(half.row(-3)[-2] == half.row(0)[0]);
    CHECK(half.row(half.height() + 5)[half.width() + 5] ==
          half.row(half.height() - 1)[half.width() - 1]);
  }
}

TEST_CASE("a plane is halved as pictures are", "[video]") {
  const Plane plane = RandomPlane(9, 7, 2);
  const Plane half = Halve(plane);
  for (int y = 0; y < half.height(); ++y) {
    for (int x = 0; x < half.width(); ++x) {
      const double mean = (At(plane, 2 * x, 2 * y) + At(plane, 2 * x + 1, 2 * y) +
                           At(plane, 2 * x, 2 * y + 1) + At(plane, 2 * x + 1, 2 * y + 1)) /
                          4;
      CHECK(std::abs(half.row(y)[x] - mean) < 1e-3);
    }
  }
}

TEST_CASE("patches are subtracted and matched as their reference says", "[video]") {
  const Plane frame = RandomPlane(24, 20, 3);
  const Plane before = RandomPlane(24, 20, 4);
  const Patch patch = ReadPatch(frame, 5, 7);
  for (const auto& [dx, dy] :
       {std::pair{0.0F, 0.0F}, {0.25F, -0.75F}, {-9.5F, 3.0F}, {6.3F, 8.1F}}) {
    float difference[kPatchPixels];
    Subtract(before, patch, 5 + dx, 7 + dy, difference);
    double sums[6] = {};
    for (int i = 0; i < kPatchPixels; ++i) {
      const int x = 5 + i % kPatchSide;
      const int y = 7 + i / kPatchSide;
      const double expected = Interpolated(before, x + dx, y + dy) - At(frame, x, y);
      CHECK(std::abs(difference[i] - expected) < 1e-2);
      const double across = (At(frame, x + 1, y) - At(frame, x - 1, y)) / 2;
      const double down = (At(frame, x, y + 1) - At(frame, x, y - 1)) / 2;
      const double terms[6] = {
          expected, expected * expected, expected * across, expected * down, across, down};
      for (int k = 0; k < 6; ++k) sums[k] += terms[k];
    }
    const PatchMatch match = MatchPatch(patch, difference);
    const double mean = sums[0] / kPatchPixels;
    CHECK(std::abs(match.cost / (sums[1] - mean * sums[0]) - 1) < 1e-4);
    CHECK(std::abs(match.x - (sums[2] - mean * sums[4])) < 1e-4 * sums[1]);
    CHECK(std::abs(match.y - (sums[3] - mean * sums[5])) < 1e-4 * sums[1]);
  }
}

TEST_CASE("beyond the border a plane goes on as it ends", "[video]") {
  const Plane plane = RandomPlane(16, 16, 5);
  const Patch patch = ReadPatch(plane, 4, 4);
  float difference[kPatchPixels];
  Subtract(plane, patch, 400.0F, 4.0F, difference);
  for (int i = 0; i < kPatchPixels; ++i) {
    CHECK(std::abs(difference[i] + patch.value[i] - At(plane, 400, 4 + i / kPatchSide)) < 1e-3);
  }
}

TEST_CASE("motions are found, of parts of a pixel and of many", "[video]") {
  for (const auto& [dx, dy] : {std::pair{2.0, 0.0}, {0.6, -1.3}, {-17.0, 9.0}}) {
    INFO("motion " << dx << ", " << dy);
    const Motion motion = MotionBetween(WithNoise(SceneFrom(192, 160, dx, dy), 2, 6),
                                        WithNoise(SceneFrom(192, 160, 0, 0), 2, 7));
    // At half the size.
    CHECK(std::abs(MedianOf(motion.x, 8) - dx / 2) < 0.1);
    CHECK(std::abs(MedianOf(motion.y, 8) - dy / 2) < 0.1);
    CHECK(motion.mean_confidence > 0.5F);
  }
}

TEST_CASE("what stands still does not move, whatever its noise", "[video]") {
  const Image scene = SceneFrom(128, 96, 0, 0);
  const Motion motion = MotionBetween(WithNoise(scene, 6, 8), WithNoise(scene, 6, 9));
  CHECK(MedianOf(motion.x, 0) == 0);
  CHECK(MedianOf(motion.y, 0) == 0);
  CHECK(motion.mean_confidence > 0.9F);
}

TEST_CASE("nothing is sure of another scene, nor of another light", "[video]") {
  CHECK(MotionBetween(MakeNoise(128, 96, 10, true), SceneFrom(128, 96, 0, 0)).mean_confidence <
        0.4F);
  CHECK(MotionBetween(SceneFrom(128, 96, 0, 0, 60), SceneFrom(128, 96, 0, 0)).mean_confidence <
        0.4F);
}

TEST_CASE("pictures of any size have a motion", "[video]") {
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 40}, {17, 9}, {65, 33}}) {
    const Motion motion =
        MotionBetween(SceneFrom(width, height, 0, 0), SceneFrom(width, height, 0, 0));
    CHECK(motion.x.width() == (width + 1) / 2);
    CHECK(motion.mean_confidence == 1.0F);
  }
}

// Faint, so that it looks nearly the same everywhere; its left half moves up, its right one down.
Image PartingScene(int width, int height, int step) {
  return MakeImage(width, height, [&](int x, int y) {
    const int from = x < width / 2 ? y + step : y - step;
    const auto value = static_cast<uint8_t>(128 + 0.1 * SceneAt(x, from));
    return Rgba{value, value, value, 255};
  });
}

TEST_CASE("where the motion is torn it is not trusted, though it looks the same", "[video]") {
  const Motion motion = MotionBetween(PartingScene(256, 128, 12), PartingScene(256, 128, 0));
  REQUIRE(std::abs(motion.y.row(32)[30] - motion.y.row(32)[98]) > 11.0F);
  CHECK(motion.mean_confidence > 0.9F);
  for (int y = 16; y < 48; ++y) {
    const float* confidence = motion.confidence.row(y);
    CHECK(*std::min_element(confidence + 56, confidence + 72) < 0.1F);
    CHECK(confidence[30] > 0.9F);
    CHECK(confidence[98] > 0.9F);
  }
}

}  // namespace
}  // namespace brushwork
