// The last stage of a painting that was not made at the photo's own size: brought back to it, and
// composed with the photo there.
#pragma once

#include <memory>

#include "image/compose.h"
#include "image/mask.h"
#include "scaling_task.h"

namespace brushwork {

// In slices of time, for the steps of a job.
class FinishingTask {
 public:
  // Borrows the photo and the pool (null for one thread). The painting has any size, the mask the
  // photo's; null is none. Errors: ResizeImage's, kInvalidArgument for a mask of another size. May
  // throw std::bad_alloc.
  static StatusOr<FinishingTask> Create(ImageView photo, Image painting,
                                        const BlendOptions& options,
                                        std::shared_ptr<const Mask> mask,
                                        pthreadpool_t threadpool);

  void Run();
  bool done() const { return scaling_.done(); }
  double fraction() const { return scaling_.fraction(); }

  // Once, when done().
  Image TakePainting() { return scaling_.TakeImage(); }

 private:
  FinishingTask(ImageView photo, Image painting, const BlendOptions& options,
                std::shared_ptr<const Mask> mask, ScalingTask scaling);

  ImageView photo_;
  Image painting_;  // what scaling_ reads
  PaintingBlend blend_;
  std::shared_ptr<const Mask> mask_;
  ScalingTask scaling_;
};

// The same at once, in the calling thread, for paintings whose parts other engines have painted; a
// mask of another size is scaled. Errors: also CheckBlend's. May throw std::bad_alloc.
StatusOr<Image> FinishPainting(ImageView photo, Image painting, const BlendOptions& options,
                               std::shared_ptr<const Mask> mask);

}  // namespace brushwork
