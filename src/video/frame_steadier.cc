#include "video/frame_steadier.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "base/memory_refused.h"

namespace brushwork {
namespace {

// Mean confidence below which a frame is the first of another scene: of frames that belong together
// it is 0.85 and more, of two photos 0.25 and less.
constexpr float kCutConfidence = 0.4F;

}  // namespace

FrameSteadier::FrameSteadier(float steadiness)
    : steadiness_(std::clamp(steadiness, 0.0F, kMostKept)) {}

StatusOr<FrameRelation> FrameSteadier::Observe(ImageView frame) {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(frame.width, frame.height));
  try {
    observed_ = MakePyramid(frame);
    width_ = frame.width;
    height_ = frame.height;
    relation_ = FrameRelation::kFirst;
    if (before_.empty() || history_.width() != width_ || history_.height() != height_) {
      return relation_;
    }
    motion_ = EstimateMotion(observed_, before_);
  } catch (const std::bad_alloc&) {
    return MemoryRefused("the motion of a frame");
  }
  relation_ =
      motion_.mean_confidence < kCutConfidence ? FrameRelation::kCut : FrameRelation::kContinues;
  return relation_;
}

Status FrameSteadier::Steady(Image& painted) {
  if (observed_.empty() || painted.width() != width_ || painted.height() != height_) {
    return InvalidArgument("got a painting of " + std::to_string(painted.width()) + "×" +
                           std::to_string(painted.height()) + " pixels, needed the frame's " +
                           std::to_string(width_) + "×" + std::to_string(height_));
  }
  try {
    if (relation_ == FrameRelation::kContinues) {
      if (next_.width() != width_ || next_.height() != height_) next_ = History(width_, height_);
      const ColorRange range(painted.view());
      MotionRow motion_row;
      ColorRangeRow range_row;
      for (int y = 0; y < height_; ++y) {
        ReadMotionRow(motion_, y, width_, steadiness_, motion_row);
        range.ReadRow(y, range_row);
        BlendRow(history_, motion_row, range_row, y, painted.row(y), next_.row(y));
      }
      next_.FillBorder();
      std::swap(history_, next_);
    } else {
      history_ = MakeHistory(painted.view());
    }
  } catch (const std::bad_alloc&) {
    return MemoryRefused("what is kept of a frame");
  }
  before_ = std::exchange(observed_, {});
  return OkStatus();
}

}  // namespace brushwork
