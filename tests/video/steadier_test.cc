#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "tests/video/moving_clip.h"
#include "video/frame_steadier.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

// Of whole pictures, without alpha; bytes squared.
double MeanSquare(const Image& a, const Image& b, int margin = 0, int shift = 0) {
  double sum = 0;
  int64_t count = 0;
  for (int y = margin; y < a.height() - margin; ++y) {
    for (int x = margin; x < a.width() - margin - shift; ++x) {
      for (int c = 0; c < 3; ++c, ++count) {
        const double apart = PixelAt(a, x, y)[c] - PixelAt(b, x + shift, y)[c];
        sum += apart * apart;
      }
    }
  }
  return sum / static_cast<double>(count);
}

// Keys' cubic, a = -0.65.
double Cubic(double distance) {
  const double d = std::abs(distance);
  if (d < 1) return 1.35 * d * d * d - 2.35 * d * d + 1;
  return d < 2 ? -0.65 * (d * d * d - 5 * d * d + 8 * d - 4) : 0;
}

double AtEdge(const Image& image, int x, int y, int channel) {
  return PixelAt(image, std::clamp(x, 0, image.width() - 1),
                 std::clamp(y, 0, image.height() - 1))[channel];
}

// The reference of one blended value: x, y in 16ths.
double Reference(const Image& shown, const Image& painted, const ColorRangeRow& range,
                 const MotionRow& motion, int x, int y, int channel) {
  if (channel == 3) return PixelAt(painted, x, y)[3];
  const double from_x = std::clamp(x + motion.x[x] / 16.0, 0.0, shown.width() - 1.0);
  const double from_y = std::clamp(y + motion.y[x] / 16.0, 0.0, shown.height() - 1.0);
  double value = 0;
  for (int i = -1; i <= 2; ++i) {
    for (int j = -1; j <= 2; ++j) {
      const int column = static_cast<int>(std::floor(from_x)) + j;
      const int row = static_cast<int>(std::floor(from_y)) + i;
      value += Cubic(from_x - column) * Cubic(from_y - row) * AtEdge(shown, column, row, channel);
    }
  }
  value =
      std::clamp(value, double(range.low[x * 4 + channel]), double(range.high[x * 4 + channel]));
  const double from = PixelAt(painted, x, y)[channel];
  return from + motion.share[x] * (value - from);
}

TEST_CASE("rows are blended as their reference says", "[video]") {
  const Image shown = MakeNoise(37, 21, 1, false);
  Image painted = MakeNoise(37, 21, 2, false);
  const Image before = painted;
  const History history = MakeHistory(shown.view());
  const ColorRange range(painted.view());
  ColorRangeRow range_row;
  History next(37, 21);
  Random random(3);
  for (int y = 0; y < 21; ++y) {
    MotionRow motion;
    for (int x = 0; x < 37; ++x) {
      const bool whole = random.Flip();
      motion.x.push_back(static_cast<int32_t>(random.Integer(-90, 90)) * (whole ? 16 : 1));
      motion.y.push_back(static_cast<int32_t>(random.Integer(-90, 90)) * (whole ? 16 : 1));
      motion.share.push_back(random.Flip() ? random.Uniform(0, 1) : 0.0F);
    }
    range.ReadRow(y, range_row);
    BlendRow(history, motion, range_row, y, painted.row(y), next.row(y));
    for (int i = 0; i < 37 * 4; ++i) {
      const double expected = Reference(shown, before, range_row, motion, i / 4, y, i % 4);
      INFO("row " << y << ", value " << i);
      CHECK(std::abs(painted.row(y)[i] - expected) < 0.52);
      CHECK(std::abs(next.row(y)[i] / 64.0 - expected) < 0.01);
    }
  }
}

TEST_CASE("a motion row is linear between the motion's pixels", "[video]") {
  Motion motion{Plane(5, 4), Plane(5, 4), Plane(5, 4), 1};
  Random random(4);
  for (Plane* plane : {&motion.x, &motion.y, &motion.confidence}) {
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 5; ++x) plane->row(y)[x] = random.Uniform(0, 1);
    }
    plane->FillBorder();
  }
  const auto expected = [](const Plane& plane, int x, int y) {
    const double u = (x + 0.5) / 2 - 0.5;
    const double v = (y + 0.5) / 2 - 0.5;
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 5; ++j) {
        const double fit = std::max(0.0, 1 - std::abs(std::clamp(u, 0.0, 4.0) - j)) *
                           std::max(0.0, 1 - std::abs(std::clamp(v, 0.0, 3.0) - i));
        sum += fit * plane.row(i)[j];
      }
    }
    return sum;
  };
  MotionRow row;
  for (int y = 0; y < 7; ++y) {
    ReadMotionRow(motion, y, 9, 0.5F, row);
    for (int x = 0; x < 9; ++x) {
      CHECK(std::abs(row.x[x] - 32 * expected(motion.x, x, y)) < 0.51);
      CHECK(std::abs(row.y[x] - 32 * expected(motion.y, x, y)) < 0.51);
      CHECK(std::abs(row.share[x] - 0.5 * expected(motion.confidence, x, y)) < 1e-5);
    }
  }
}

// The least and the largest of a channel over a tile of 8×8 pixels and its neighbours.
struct Extremes {
  double low = 255;
  double high = 0;
};

Extremes AroundTile(const Image& picture, int column, int row, int channel) {
  Extremes found;
  for (int y = std::max(0, row * 8 - 8); y < std::min(picture.height(), row * 8 + 16); ++y) {
    for (int x = std::max(0, column * 8 - 8); x < std::min(picture.width(), column * 8 + 16); ++x) {
      found.low = std::min<double>(found.low, PixelAt(picture, x, y)[channel]);
      found.high = std::max<double>(found.high, PixelAt(picture, x, y)[channel]);
    }
  }
  return found;
}

// Linear between the tiles' centres; beyond the outermost as there.
Extremes ReferenceRange(const Image& picture, int x, int y, int channel) {
  const int columns = (picture.width() + 7) / 8;
  const int rows = (picture.height() + 7) / 8;
  const double u = std::clamp((x + 0.5) / 8 - 0.5, 0.0, columns - 1.0);
  const double v = std::clamp((y + 0.5) / 8 - 0.5, 0.0, rows - 1.0);
  Extremes sum{0, 0};
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const double share =
          std::max(0.0, 1 - std::abs(u - column)) * std::max(0.0, 1 - std::abs(v - row));
      const Extremes tile = AroundTile(picture, column, row, channel);
      sum.low += share * tile.low;
      sum.high += share * tile.high;
    }
  }
  return sum;
}

TEST_CASE("colours range over tiles and their neighbours, linear in between", "[video]") {
  using Size = std::pair<int, int>;
  for (const auto& [width, height] :
       {Size{45, 26}, Size{8, 8}, Size{3, 1}, Size{16, 5}, Size{1, 20}}) {
    // Each tile of colours near one of its own.
    const Image colors = MakeNoise((width + 7) / 8, (height + 7) / 8, 5, false);
    Image picture = MakeNoise(width, height, 6, false);
    for (int y = 0; y < height; ++y) {
      for (int i = 0; i < width * 4; ++i) {
        uint8_t& value = picture.row(y)[i];
        value = static_cast<uint8_t>(value / 16 + PixelAt(colors, i / 32, y / 8)[i % 4] * 15 / 16);
      }
    }
    const ColorRange range(picture.view());
    ColorRangeRow row;
    for (int y = 0; y < height; ++y) {
      range.ReadRow(y, row);
      REQUIRE(row.low.size() == static_cast<size_t>(width) * 4);
      for (int i = 0; i < width * 4; ++i) {
        const Extremes expected = ReferenceRange(picture, i / 4, y, i % 4);
        CHECK(std::abs(row.low[i] - expected.low) < 1e-3);
        CHECK(std::abs(row.high[i] - expected.high) < 1e-3);
        CHECK(row.low[i] <= picture.row(y)[i]);
        CHECK(row.high[i] >= picture.row(y)[i]);
      }
    }
  }
}

// Frames of a moving scene, each painted with noise of its own; what is shown of them.
std::vector<Image> Show(float steadiness, int step) {
  FrameSteadier steadier(steadiness);
  std::vector<Image> shown;
  for (int i = 0; i < 6; ++i) {
    const Image frame = SceneFrom(160, 120, i * step, 0);
    REQUIRE(steadier.Observe(frame.view()).ok());
    Image painted = WithNoise(frame, 40, 100 + i);
    REQUIRE(steadier.Steady(painted).ok());
    shown.push_back(std::move(painted));
  }
  return shown;
}

TEST_CASE("painted frames flicker without steadiness, and much less with it", "[video]") {
  for (const int step : {0, 3}) {
    const std::vector<Image> single = Show(0.0F, step);
    const std::vector<Image> steady = Show(0.9F, step);
    // A pixel of the first is `step` further left in the second.
    const double flicker = MeanSquare(single[5], single[4], 16, 0);
    CHECK(MeanSquare(steady[4], steady[5], 16, 0) < flicker);
    const auto warped = [&](const std::vector<Image>& frames) {
      return MeanSquare(frames[5], frames[4], 16, step);
    };
    CHECK(warped(steady) < 0.1 * warped(single));
    // They still show the scene: nothing lags behind it.
    CHECK(MeanSquare(steady[5], SceneFrom(160, 120, 5 * step, 0), 16) <
          0.5 * MeanSquare(single[5], SceneFrom(160, 120, 5 * step, 0), 16));
  }
}

TEST_CASE("without steadiness every frame stays as it is painted", "[video]") {
  const std::vector<Image> single = Show(0.0F, 2);
  for (int i = 0; i < 6; ++i) {
    CHECK(SameImage(single[i], WithNoise(SceneFrom(160, 120, i * 2, 0), 40, 100 + i)));
  }
}

TEST_CASE("a cut, a first frame and another size begin anew", "[video]") {
  FrameSteadier steadier(0.9F);
  const auto observe = [&](const Image& frame) {
    const auto relation = steadier.Observe(frame.view());
    REQUIRE(relation.ok());
    Image painted = WithNoise(frame, 30, 9);
    const Image before = painted;
    REQUIRE(steadier.Steady(painted).ok());
    CHECK(SameImage(painted, before) == (*relation != FrameRelation::kContinues));
    return *relation;
  };
  const Image scene = SceneFrom(96, 64, 0, 0);
  CHECK(observe(scene) == FrameRelation::kFirst);
  CHECK(observe(SceneFrom(96, 64, 1, 0)) == FrameRelation::kContinues);
  CHECK(observe(MakeNoise(96, 64, 10, true)) == FrameRelation::kCut);
  CHECK(observe(SceneFrom(64, 96, 0, 0)) == FrameRelation::kFirst);
}

TEST_CASE("light that changes slowly is followed, even at the steadiest", "[video]") {
  FrameSteadier steadier(1.0F);
  Image painted;
  double painted_light = 0;
  for (int i = 0; i < 200; ++i) {
    painted_light = std::min(40.0, i * 1.0);
    painted = SceneFrom(64, 48, 0, 0, painted_light);
    REQUIRE(steadier.Observe(painted.view()).ok());
    REQUIRE(steadier.Steady(painted).ok());
  }
  // Within a byte: what is kept is finer than bytes, so the last steps are made, too.
  CHECK(MeanSquare(painted, SceneFrom(64, 48, 0, 0, painted_light)) < 1.0);
}

TEST_CASE("a frame that was not painted is forgotten", "[video]") {
  FrameSteadier steadier(0.9F);
  const Image scene = SceneFrom(96, 64, 0, 0);
  Image painted = WithNoise(scene, 20, 1);
  REQUIRE(steadier.Observe(scene.view()).ok());
  REQUIRE(steadier.Steady(painted).ok());
  REQUIRE(*steadier.Observe(MakeNoise(96, 64, 2, true).view()) == FrameRelation::kCut);
  CHECK(*steadier.Observe(scene.view()) == FrameRelation::kContinues);
}

TEST_CASE("a painting without its frame is refused", "[video]") {
  FrameSteadier steadier(0.9F);
  Image painted = SceneFrom(32, 24, 0, 0);
  CHECK(steadier.Steady(painted).code() == StatusCode::kInvalidArgument);
  REQUIRE(steadier.Observe(SceneFrom(24, 32, 0, 0).view()).ok());
  const Status status = steadier.Steady(painted);
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message().find("32×24") != std::string::npos);
  CHECK(status.message().find("24×32") != std::string::npos);
}

}  // namespace
}  // namespace brushwork
