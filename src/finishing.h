// The last stage of a painting that was not made at the photo's own size: brought back to it, and
// composed with the photo there.
#pragma once

#include <pthreadpool.h>

#include <memory>
#include <utility>
#include <vector>

#include "image/compose.h"
#include "image/mask.h"
#include "image/resize.h"

namespace brushwork {

// In slices of time, on all threads, for the steps of a job.
class FinishingTask {
 public:
  // Borrows the photo and the pool (null for one thread). The painting has any size, the mask the
  // photo's; null is none. Errors: ResizeImage's. May throw std::bad_alloc.
  static StatusOr<std::unique_ptr<FinishingTask>> Create(ImageView photo, Image painting,
                                                         const BlendOptions& options,
                                                         std::shared_ptr<const Mask> mask,
                                                         pthreadpool_t threadpool);

  // For one slice (time_slice.h).
  void Run();
  bool done() const { return next_row_ == photo_.height; }
  double fraction() const { return static_cast<double>(next_row_) / photo_.height; }

  // Once, when done().
  Image TakePainting() { return std::move(finished_); }

 private:
  FinishingTask(ImageView photo, Image painting, const BlendOptions& options,
                std::shared_ptr<const Mask> mask, pthreadpool_t threadpool);

  void FinishRows(int begin, int end, RowScaler::Workspace& workspace);

  ImageView photo_;
  Image painting_;
  PaintingBlend blend_;
  std::shared_ptr<const Mask> mask_;
  pthreadpool_t threadpool_;
  RowScaler scaler_;                              // of painting_
  std::vector<RowScaler::Workspace> workspaces_;  // of each thread
  Image finished_;
  int next_row_ = 0;
};

// The same at once, in the calling thread, for paintings whose parts other engines have painted; a
// mask of another size is scaled. Errors: also CheckBlend's. May throw std::bad_alloc.
StatusOr<Image> FinishPainting(ImageView photo, Image painting, const BlendOptions& options,
                               std::shared_ptr<const Mask> mask);

}  // namespace brushwork
