#include "finishing.h"

#include <algorithm>
#include <utility>

#include "kernels/parallel_with_thread.h"
#include "time_slice.h"

namespace brushwork {
namespace {

// Rows that a thread finishes at a time. Every strip scales the few rows of the painting anew that
// it shares with the strip before.
constexpr int kStripRows = 16;

}  // namespace

FinishingTask::FinishingTask(ImageView photo, Image painting, const BlendOptions& options,
                             std::shared_ptr<const Mask> mask, pthreadpool_t threadpool)
    : photo_(photo),
      painting_(std::move(painting)),
      blend_(options),
      mask_(std::move(mask)),
      threadpool_(threadpool),
      scaler_(painting_.view(), photo.width, photo.height),
      workspaces_(pthreadpool_get_threads_count(threadpool), scaler_.MakeWorkspace()) {}

StatusOr<std::unique_ptr<FinishingTask>> FinishingTask::Create(ImageView photo, Image painting,
                                                               const BlendOptions& options,
                                                               std::shared_ptr<const Mask> mask,
                                                               pthreadpool_t threadpool) {
  BRUSHWORK_RETURN_IF_ERROR(CheckScaling(painting.view(), photo.width, photo.height));
  std::unique_ptr<FinishingTask> task(
      new FinishingTask(photo, std::move(painting), options, std::move(mask), threadpool));
  BRUSHWORK_ASSIGN_OR_RETURN(task->finished_, Image::Create(photo.width, photo.height));
  return task;
}

void FinishingTask::Run() {
  const TimeSlice slice;
  while (!done() && !slice.over()) {
    const int first = next_row_;
    const int most = kStripRows * static_cast<int>(workspaces_.size());
    next_row_ = std::min(first + most, photo_.height);
    const int strips = (next_row_ - first + kStripRows - 1) / kStripRows;
    ParallelForWithThread(threadpool_, static_cast<size_t>(strips), [&](size_t thread, size_t i) {
      const int begin = first + static_cast<int>(i) * kStripRows;
      FinishRows(begin, std::min(begin + kStripRows, photo_.height), workspaces_[thread]);
    });
  }
}

void FinishingTask::FinishRows(int begin, int end, RowScaler::Workspace& workspace) {
  scaler_.Scale(begin, end, workspace, finished_.row(begin));
  for (int y = begin; y < end; ++y) {
    const uint8_t* mask = mask_ == nullptr ? nullptr : mask_->row(y);
    blend_.BlendRow(photo_.row(y), mask, photo_.width, finished_.row(y));
  }
}

StatusOr<Image> FinishPainting(ImageView photo, Image painting, const BlendOptions& options,
                               std::shared_ptr<const Mask> mask) {
  BRUSHWORK_RETURN_IF_ERROR(CheckBlend(options));
  BRUSHWORK_ASSIGN_OR_RETURN(mask, FitMask(std::move(mask), photo.width, photo.height));
  BRUSHWORK_ASSIGN_OR_RETURN(
      const auto task, FinishingTask::Create(photo, std::move(painting), options, std::move(mask),
                                             /*threadpool=*/nullptr));
  while (!task->done()) task->Run();
  return task->TakePainting();
}

}  // namespace brushwork
