// Painted frames of a video without flicker. A generator amplifies noise and motions of less than a
// pixel, so what it paints of two frames differs by more than they do. Each painted frame is
// therefore blended with what was shown before, moved along with the picture.
//
//   FrameSteadier steadier(0.9F);
//   for (each frame) {
//     auto seen = steadier.Observe(frame.view());   // *seen: a cut, nothing before it is of use
//     Image painted = ...;
//     steadier.Steady(painted);
//   }
#pragma once

#include "base/status.h"
#include "image/image.h"
#include "video/history.h"
#include "video/motion.h"

namespace brushwork {

// What a frame has to do with the one before.
enum class FrameRelation {
  kFirst,  // there is none, or it had another size
  kCut,    // most of the picture is not there
  kContinues,
};

class FrameSteadier {
 public:
  // `steadiness`: 0, frames stay as they are painted, to 1, the steadiest. At most this much of
  // what was shown is kept, so that nothing stays for ever.
  static constexpr float kMostKept = 31.0F / 32.0F;
  explicit FrameSteadier(float steadiness);

  // The unpainted frame, before or after it is painted. A frame that is not followed by Steady is
  // forgotten. kOutOfMemory.
  StatusOr<FrameRelation> Observe(ImageView frame);

  // The painting of the frame observed last, and of its size: kInvalidArgument else.
  // kOutOfMemory.
  Status Steady(Image& painted);

 private:
  float steadiness_;
  Pyramid before_;    // of the frame that `history_` is the painting of
  Pyramid observed_;  // of the frame that is being painted
  int width_ = 0;     // of that frame
  int height_ = 0;
  FrameRelation relation_ = FrameRelation::kFirst;
  Motion motion_;
  History history_;
  History next_;
};

}  // namespace brushwork
