#include "finishing.h"

#include <utility>

namespace brushwork {

FinishingTask::FinishingTask(ImageView photo, Image painting, const BlendOptions& options,
                             std::shared_ptr<const Mask> mask, ScalingTask scaling)
    : photo_(photo),
      painting_(std::move(painting)),
      blend_(options),
      mask_(std::move(mask)),
      scaling_(std::move(scaling)) {}

StatusOr<FinishingTask> FinishingTask::Create(ImageView photo, Image painting,
                                              const BlendOptions& options,
                                              std::shared_ptr<const Mask> mask,
                                              pthreadpool_t threadpool) {
  if (mask != nullptr) {
    BRUSHWORK_RETURN_IF_ERROR(CheckMaskSize(*mask, photo.width, photo.height));
  }
  BRUSHWORK_ASSIGN_OR_RETURN(
      ScalingTask scaling,
      ScalingTask::Create(painting.view(), {photo.width, photo.height}, threadpool));
  // Moving the painting leaves its pixels where they are.
  return FinishingTask(photo, std::move(painting), options, std::move(mask), std::move(scaling));
}

void FinishingTask::Run() {
  scaling_.Run([this](int y, uint8_t* row) {
    const uint8_t* mask = mask_ == nullptr ? nullptr : mask_->row(y);
    blend_.BlendRow(photo_.row(y), mask, photo_.width, row);
  });
}

StatusOr<Image> FinishPainting(ImageView photo, Image painting, const BlendOptions& options,
                               std::shared_ptr<const Mask> mask) {
  BRUSHWORK_RETURN_IF_ERROR(CheckBlend(options));
  BRUSHWORK_ASSIGN_OR_RETURN(mask, FitMask(std::move(mask), photo.width, photo.height));
  BRUSHWORK_ASSIGN_OR_RETURN(FinishingTask task,
                             FinishingTask::Create(photo, std::move(painting), options,
                                                   std::move(mask), /*threadpool=*/nullptr));
  while (!task.done()) task.Run();
  return task.TakePainting();
}

}  // namespace brushwork
