#include "video/history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace brushwork {
namespace {

// The four channels of a pixel.
using Floats __attribute__((vector_size(16))) = float;
using Ints __attribute__((vector_size(16))) = int32_t;
using Shorts __attribute__((vector_size(8))) = int16_t;
using Bytes __attribute__((vector_size(4))) = uint8_t;

constexpr int kPhases = 16;
constexpr float kOne = 1 << History::kBits;

using Taps = std::array<float, 4>;

// Of Keys' cubics, the sharper the lower. A frame is resampled again and again, so what this filter
// amplifies must stay below what a frame loses: at -0.65 by 1.024, which FrameSteadier::kMostKept
// brings below 1. At -0.7 stripes would grow.
constexpr float kSharpness = -0.65F;

// The cubic, from 0 to 1 sample away and from there to 2.
constexpr float NearTap(float d) {
  return ((kSharpness + 2.0F) * d - (kSharpness + 3.0F)) * d * d + 1.0F;
}
constexpr float FarTap(float d) { return kSharpness * (((d - 5.0F) * d + 8.0F) * d - 4.0F); }

// For a position `phase` 16ths behind the second of four samples.
constexpr Taps CubicTaps(int phase) {
  const float t = static_cast<float>(phase) / kPhases;
  return {FarTap(1.0F + t), NearTap(t), NearTap(1.0F - t), FarTap(2.0F - t)};
}

constexpr std::array<Taps, kPhases> kTaps = [] {
  std::array<Taps, kPhases> taps{};
  for (int phase = 0; phase < kPhases; ++phase) taps[phase] = CubicTaps(phase);
  return taps;
}();

Floats Load(const int16_t* from) {
  Shorts values;
  std::memcpy(&values, from, sizeof values);
  return __builtin_convertvector(values, Floats);
}

Floats AcrossRow(const int16_t* from, const Taps& taps) {
  return (Load(from - 4) * taps[0] + Load(from) * taps[1]) +
         (Load(from + 4) * taps[2] + Load(from + 8) * taps[3]);
}

// x, y in 16ths of a pixel.
Floats Sample(const History& history, int32_t x, int32_t y) {
  const int16_t* from = history.row(y >> 4) + (x >> 4) * 4;
  const Taps& across = kTaps[x & (kPhases - 1)];
  const Taps& down = kTaps[y & (kPhases - 1)];
  if (((x | y) & (kPhases - 1)) == 0) return Load(from);
  const int stride = history.stride();
  return (AcrossRow(from - stride, across) * down[0] + AcrossRow(from, across) * down[1]) +
         (AcrossRow(from + stride, across) * down[2] +
          AcrossRow(from + 2 * stride, across) * down[3]);
}

Floats LoadBytes(const uint8_t* from) {
  Bytes values;
  std::memcpy(&values, from, sizeof values);
  return __builtin_convertvector(values, Floats) * kOne;
}

Floats LoadFloats(const float* from) {
  Floats values;
  std::memcpy(&values, from, sizeof values);
  return values * kOne;
}

Floats Clamp(Floats values, Floats low, Floats high) {
  for (int c = 0; c < 4; ++c) values[c] = std::min(std::max(values[c], low[c]), high[c]);
  return values;
}

}  // namespace

History::History(int width, int height)
    : width_(width),
      height_(height),
      values_(static_cast<size_t>(width + 2 * kBorder) * (height + 2 * kBorder) * 4) {}

void History::FillBorder() {
  for (int y = 0; y < height_; ++y) {
    int16_t* values = row(y);
    for (int x = 1; x <= kBorder; ++x) {
      std::copy_n(values, 4, values - x * 4);
      std::copy_n(values + (width_ - 1) * 4, 4, values + (width_ - 1 + x) * 4);
    }
  }
  for (int y = 1; y <= kBorder; ++y) {
    std::copy_n(row(0) - kBorder * 4, stride(), row(-y) - kBorder * 4);
    std::copy_n(row(height_ - 1) - kBorder * 4, stride(), row(height_ - 1 + y) - kBorder * 4);
  }
}

History MakeHistory(ImageView picture) {
  History history(picture.width, picture.height);
  for (int y = 0; y < picture.height; ++y) {
    const uint8_t* from = picture.row(y);
    int16_t* to = history.row(y);
    for (int i = 0; i < picture.width * 4; ++i) {
      to[i] = static_cast<int16_t>(from[i] << History::kBits);
    }
  }
  history.FillBorder();
  return history;
}

void ReadMotionRow(const Motion& motion, int y, int width, float steadiness, MotionRow& row) {
  row.x.resize(width);
  row.y.resize(width);
  row.share.resize(width);
  // Pixel centres: 3/4 of the nearer of two rows and columns, 1/4 of the other.
  const int near = y / 2;
  const int far = near + (y % 2 == 0 ? -1 : 1);
  const auto upscale = [&](const Plane& plane, float factor, auto write) {
    const float* a = plane.row(near);
    const float* b = plane.row(far);
    for (int x = 0; x < width; ++x) {
      const int i = x / 2;
      const int j = i + (x % 2 == 0 ? -1 : 1);
      const float here = 0.75F * a[i] + 0.25F * b[i];
      const float beside = 0.75F * a[j] + 0.25F * b[j];
      write(x, factor * (0.75F * here + 0.25F * beside));
    }
  };
  // Twice as many pixels at twice the size.
  constexpr float kScale = 2.0F * kPhases;
  upscale(motion.x, kScale,
          [&](int x, float value) { row.x[x] = static_cast<int32_t>(std::floor(value + 0.5F)); });
  upscale(motion.y, kScale,
          [&](int x, float value) { row.y[x] = static_cast<int32_t>(std::floor(value + 0.5F)); });
  upscale(motion.confidence, steadiness, [&](int x, float value) { row.share[x] = value; });
}

void BlendRow(const History& history, const MotionRow& motion, const ColorRangeRow& range, int y,
              uint8_t* painted, int16_t* next) {
  const int32_t right = (history.width() - 1) * kPhases;
  const int32_t bottom = (history.height() - 1) * kPhases;
  for (int x = 0; x < history.width(); ++x) {
    Floats value = LoadBytes(painted + x * 4);
    if (motion.share[x] > 0.0F) {
      const Floats moved = Sample(history, std::clamp(x * kPhases + motion.x[x], 0, right),
                                  std::clamp(y * kPhases + motion.y[x], 0, bottom));
      const Floats shown =
          Clamp(moved, LoadFloats(range.low.data() + x * 4), LoadFloats(range.high.data() + x * 4));
      const float share = motion.share[x];
      value += Floats{share, share, share, 0.0F} * (shown - value);
    }
    const Ints rounded = __builtin_convertvector(value + 0.5F, Ints);
    const Shorts kept = __builtin_convertvector(rounded, Shorts);
    std::memcpy(next + x * 4, &kept, sizeof kept);
    const Ints whole = (rounded + (1 << (History::kBits - 1))) >> History::kBits;
    const Bytes out = __builtin_convertvector(whole, Bytes);
    std::memcpy(painted + x * 4, &out, sizeof out);
  }
}

}  // namespace brushwork
