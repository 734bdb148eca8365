// A patch of one plane and where it is found in another: the inner loops of motion estimation.
#pragma once

#include "video/plane.h"

namespace brushwork {

// Pixels to a side.
inline constexpr int kPatchSide = 8;
inline constexpr int kPatchPixels = kPatchSide * kPatchSide;

// In pixels of a plane.
struct Displacement {
  float x = 0.0F;
  float y = 0.0F;
};

// 8×8 values of a plane with their gradients.
struct Patch {
  float value[kPatchPixels];
  float gradient_x[kPatchPixels];  // half the difference of the neighbours
  float gradient_y[kPatchPixels];
  // Of the gradients, their means taken out: [[xx, xy], [xy, yy]].
  float xx = 0.0F;
  float xy = 0.0F;
  float yy = 0.0F;
};

// Whose upper left pixel is at (x, y), each at least 0 and at most the plane's side.
Patch ReadPatch(const Plane& plane, int x, int y);

// What a patch differs by from another plane's values.
struct PatchMatch {
  // Sum of squared differences, their mean taken out: brighter or darker is no motion.
  float cost = 0.0F;
  // Sums of the differences times the gradients, likewise.
  float x = 0.0F;
  float y = 0.0F;
};

// `difference`: the plane at (x, y) plus `displacement`, interpolated linearly, minus the patch.
// Beyond its border the plane is taken to go on as it ends.
void Subtract(const Plane& plane, const Patch& patch, float x, float y,
              float (&difference)[kPatchPixels]);

PatchMatch MatchPatch(const Patch& patch, const float (&difference)[kPatchPixels]);

}  // namespace brushwork
