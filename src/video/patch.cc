#include "video/patch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace brushwork {
namespace {

// Four at a time: an operator of which the compiler makes the machine's own.
using Floats __attribute__((vector_size(16))) = float;

Floats Load(const float* from) {
  Floats values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

float Sum(Floats values) { return (values[0] + values[1]) + (values[2] + values[3]); }

// From which a patch with its gradients or with its interpolation still lies within the border.
float Within(float position, int side) {
  constexpr float kReach = Plane::kBorder - 2;
  return std::clamp(position, -kReach, static_cast<float>(side) + kReach - kPatchSide);
}

}  // namespace

Patch ReadPatch(const Plane& plane, int x, int y) {
  Patch patch;
  Floats sums[5] = {};
  for (int row = 0; row < kPatchSide; ++row) {
    const float* from = plane.row(y + row) + x;
    for (int i = 0; i < kPatchSide; i += 4) {
      const Floats across = (Load(from + i + 1) - Load(from + i - 1)) * 0.5F;
      const Floats down =
          (Load(from + i + plane.stride()) - Load(from + i - plane.stride())) * 0.5F;
      const int at = row * kPatchSide + i;
      std::memcpy(patch.value + at, from + i, sizeof(Floats));
      std::memcpy(patch.gradient_x + at, &across, sizeof across);
      std::memcpy(patch.gradient_y + at, &down, sizeof down);
      sums[0] += across;
      sums[1] += down;
      sums[2] += across * across;
      sums[3] += across * down;
      sums[4] += down * down;
    }
  }
  const float x_mean = Sum(sums[0]) / kPatchPixels;
  const float y_mean = Sum(sums[1]) / kPatchPixels;
  patch.xx = Sum(sums[2]) - x_mean * Sum(sums[0]);
  patch.xy = Sum(sums[3]) - x_mean * Sum(sums[1]);
  patch.yy = Sum(sums[4]) - y_mean * Sum(sums[1]);
  return patch;
}

void Subtract(const Plane& plane, const Patch& patch, float x, float y,
              float (&difference)[kPatchPixels]) {
  x = Within(x, plane.width());
  y = Within(y, plane.height());
  const float left = std::floor(x);
  const float top = std::floor(y);
  const float right_share = x - left;
  const float lower_share = y - top;
  const float* from = plane.row(static_cast<int>(top)) + static_cast<int>(left);
  const float share[4] = {(1.0F - right_share) * (1.0F - lower_share),
                          right_share * (1.0F - lower_share), (1.0F - right_share) * lower_share,
                          right_share * lower_share};
  for (int row = 0; row < kPatchSide; ++row, from += plane.stride()) {
    const float* below = from + plane.stride();
    for (int i = 0; i < kPatchSide; i += 4) {
      const int at = row * kPatchSide + i;
      const Floats value = (Load(from + i) * share[0] + Load(from + i + 1) * share[1]) +
                           (Load(below + i) * share[2] + Load(below + i + 1) * share[3]);
      const Floats minus = value - Load(patch.value + at);
      std::memcpy(difference + at, &minus, sizeof minus);
    }
  }
}

PatchMatch MatchPatch(const Patch& patch, const float (&difference)[kPatchPixels]) {
  Floats sums[6] = {};
  for (int i = 0; i < kPatchPixels; i += 4) {
    const Floats values = Load(difference + i);
    const Floats across = Load(patch.gradient_x + i);
    const Floats down = Load(patch.gradient_y + i);
    sums[0] += values;
    sums[1] += values * values;
    sums[2] += values * across;
    sums[3] += values * down;
    sums[4] += across;
    sums[5] += down;
  }
  const float mean = Sum(sums[0]) / kPatchPixels;
  return {std::max(0.0F, Sum(sums[1]) - mean * Sum(sums[0])), Sum(sums[2]) - mean * Sum(sums[4]),
          Sum(sums[3]) - mean * Sum(sums[5])};
}

}  // namespace brushwork
