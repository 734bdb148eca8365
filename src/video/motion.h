// Where each point of a frame was in the frame before, and how sure that is.
//
// Patches are searched from coarse to fine by Gauss-Newton steps on their own gradients, and their
// displacements averaged: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV
// 2016.
#pragma once

#include "video/plane.h"

namespace brushwork {

// At half the frame's size, as MakePyramid's finest plane.
struct Motion {
  // From the frame to the one before, in pixels of this size.
  Plane x;
  Plane y;
  // 0 to 1: whether the frame before looks the same there, and what is around moves along. With its
  // border filled, like the others.
  Plane confidence;
  // Mean of how far the frame before looks the same.
  float mean_confidence = 0.0F;
};

// Both of one size.
Motion EstimateMotion(const Pyramid& frame, const Pyramid& before);

}  // namespace brushwork
