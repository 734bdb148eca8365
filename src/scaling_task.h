// Scaling in slices of time, on all threads, for the steps of a job.
#pragma once

#include <pthreadpool.h>

#include <functional>
#include <vector>

#include "image/resize.h"

namespace brushwork {

class ScalingTask {
 public:
  // Called for each row as soon as it is scaled, from any thread.
  using RowCallback = std::function<void(int y, uint8_t* row)>;

  // Borrows the picture and the pool (null for one thread). Errors: ResizeImage's. May throw
  // std::bad_alloc.
  static StatusOr<ScalingTask> Create(ImageView picture, ImageSize size, pthreadpool_t threadpool);

  // Scales for one slice of time (time_slice.h).
  void Run(const RowCallback& on_row = nullptr);
  bool done() const { return next_row_ == image_.height(); }
  double fraction() const { return static_cast<double>(next_row_) / image_.height(); }

  // The scaled picture, once, when done().
  Image TakeImage() { return std::move(image_); }

 private:
  ScalingTask(RowScaler scaler, Image image, pthreadpool_t threadpool);

  RowScaler scaler_;
  Image image_;
  pthreadpool_t threadpool_;
  std::vector<RowScaler::Workspace> workspaces_;  // of each thread
  int next_row_ = 0;
};

}  // namespace brushwork
