// Painting with a brush of another size: a scaled copy is painted by a job of its own, and the
// result is brought back and composed with the photo.
#include <new>
#include <utility>

#include "base/memory_refused.h"
#include "brush.h"
#include "finishing.h"
#include "painting_job.h"

namespace brushwork {
namespace {

// What it costs to paint a pixel, in the cost of finishing one: for progress.
constexpr double kPaintingCost = 4.0;

class BrushJob final : public PaintingJob {
 public:
  BrushJob(JobEnvironment& environment, JobRequest request)
      : environment_(environment), request_(std::move(request)) {}

  Status Step() override {
    try {
      switch (stage_) {
        case JobStage::kPrepare:
          return Prepare();
        case JobStage::kCopy:
          return Copy();
        case JobStage::kPaint:
          return Paint();
        case JobStage::kFinish:
          return Finish();
        case JobStage::kDone:
          return OkStatus();
      }
    } catch (const std::bad_alloc&) {
      return MemoryRefused("painting a picture", request_.photo.width(), request_.height);
    }
    return Internal("a painting job in no known stage");
  }

  bool done() const override { return stage_ == JobStage::kDone; }

  Progress progress() const override {
    if (done()) return {Stage::kPaint, 1.0};
    if (stage_ < JobStage::kPaint) return {Stage::kMeasure, 0.0};
    const double painting =
        kPaintingCost * static_cast<double>(copy_size_.width) * copy_size_.height;
    const double finishing =
        request_.measure_only ? 0.0 : static_cast<double>(request_.photo.pixel_count());
    const double share = 0.99 * painting / (painting + finishing);
    if (stage_ == JobStage::kFinish) {
      return {Stage::kPaint, share + (0.99 - share) * finishing_->fraction()};
    }
    const Progress inner = painting_->progress();
    return {inner.stage, share * inner.fraction};
  }

  FreshRows TakeFreshRows() override {
    return painting_ == nullptr ? FreshRows{} : painting_->TakeFreshRows();
  }
  Image TakePainting() override { return std::move(finished_); }
  const NormStatistics& statistics() const override { return statistics_; }
  StatisticsSource statistics_source() const override { return source_; }

 private:
  enum class JobStage { kPrepare, kCopy, kPaint, kFinish, kDone };

  Status Prepare() {
    BRUSHWORK_RETURN_IF_ERROR(FitRequest(request_));
    const Image& photo = request_.photo;
    BRUSHWORK_ASSIGN_OR_RETURN(copy_size_,
                               BrushSize(photo.width(), photo.height(), request_.options.brush));
    stage_ = JobStage::kCopy;
    return OkStatus();
  }

  Status Copy() {
    BRUSHWORK_ASSIGN_OR_RETURN(
        Image copy, ResizeImage(request_.photo.view(), copy_size_.width, copy_size_.height));
    // Statistics and style are the request's, all else happens to the photo.
    StylizeOptions options = request_.options;
    options.strength = 1.0F;
    options.preserve_color = 0.0F;
    options.mask = nullptr;
    options.max_pixels = 0;
    options.brush = 1.0F;
    const int64_t height = copy_size_.height;
    painting_ = MakePaintingJob(environment_, {request_.generator,
                                               std::move(copy),
                                               0,
                                               height,
                                               {0, height},
                                               std::move(options),
                                               request_.measure_only});
    stage_ = JobStage::kPaint;
    return OkStatus();
  }

  Status Paint() {
    BRUSHWORK_RETURN_IF_ERROR(painting_->Step());
    if (!painting_->done()) return OkStatus();
    statistics_ = painting_->statistics();
    source_ = painting_->statistics_source();
    Image painting = painting_->TakePainting();
    painting_.reset();
    if (!request_.measure_only) return BeginFinishing(std::move(painting));
    stage_ = JobStage::kDone;
    return OkStatus();
  }

  Status BeginFinishing(Image painting) {
    const StylizeOptions& options = request_.options;
    BRUSHWORK_ASSIGN_OR_RETURN(
        finishing_, FinishingTask::Create(request_.photo.view(), std::move(painting),
                                          BlendOf(options), options.mask, environment_.threadpool));
    stage_ = JobStage::kFinish;
    return OkStatus();
  }

  Status Finish() {
    finishing_->Run();
    if (!finishing_->done()) return OkStatus();
    finished_ = finishing_->TakePainting();
    finishing_.reset();
    request_.photo = {};
    stage_ = JobStage::kDone;
    return OkStatus();
  }

  JobEnvironment& environment_;
  JobRequest request_;
  ImageSize copy_size_;
  std::unique_ptr<PaintingJob> painting_;  // the copy's
  std::unique_ptr<FinishingTask> finishing_;
  Image finished_;
  NormStatistics statistics_;
  StatisticsSource source_ = StatisticsSource::kGiven;
  JobStage stage_ = JobStage::kPrepare;
};

}  // namespace

std::unique_ptr<PaintingJob> MakeBrushJob(JobEnvironment& environment, JobRequest request) {
  return std::make_unique<BrushJob>(environment, std::move(request));
}

}  // namespace brushwork
