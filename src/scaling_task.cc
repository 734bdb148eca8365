#include "scaling_task.h"

#include <algorithm>
#include <utility>

#include "kernels/parallel_with_thread.h"
#include "time_slice.h"

namespace brushwork {
namespace {

// Rows that a thread scales at a time. Every strip reads the few source rows anew that it shares with
// the strip before.
constexpr int kStripRows = 16;

}  // namespace

ScalingTask::ScalingTask(RowScaler scaler, Image image, pthreadpool_t threadpool)
    : scaler_(std::move(scaler)), image_(std::move(image)), threadpool_(threadpool) {
  const size_t threads = pthreadpool_get_threads_count(threadpool);
  while (workspaces_.size() < threads) workspaces_.push_back(scaler_.MakeWorkspace());
}

StatusOr<ScalingTask> ScalingTask::Create(ImageView picture, ImageSize size,
                                          pthreadpool_t threadpool) {
  BRUSHWORK_ASSIGN_OR_RETURN(RowScaler scaler,
                             RowScaler::Create(picture, size.width, size.height));
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, Image::Create(size.width, size.height));
  return ScalingTask(std::move(scaler), std::move(image), threadpool);
}

void ScalingTask::Run(const RowCallback& on_row) {
  const TimeSlice slice;
  while (!done()) {
    const int first = next_row_;
    const int rows = std::min(kStripRows * static_cast<int>(workspaces_.size()),
                              image_.height() - first);
    const int strips = (rows + kStripRows - 1) / kStripRows;
    ParallelForWithThread(threadpool_, static_cast<size_t>(strips), [&](size_t thread, size_t i) {
      const int begin = first + static_cast<int>(i) * kStripRows;
      const int end = std::min(begin + kStripRows, image_.height());
      scaler_.Scale(begin, end, workspaces_[thread], image_.row(begin));
      if (!on_row) return;
      for (int y = begin; y < end; ++y) on_row(y, image_.row(y));
    });
    next_row_ += rows;
    if (slice.over()) return;
  }
}

}  // namespace brushwork
