// Painting with a brush of another size: a scaled copy is painted by a job of its own, and the result
// is brought back and composed with the photo.
#include <new>
#include <optional>
#include <utility>

#include "brush.h"
#include "finishing.h"
#include "painting_job.h"
#include "scaling_task.h"

namespace brushwork {
namespace {

// What a pixel costs, for progress: to be scaled once, and to be painted.
constexpr double kScalingCost = 1.0;
constexpr double kPaintingCost = 5.0;

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
      return MemoryRefused(request_);
    }
    return Internal("a painting job in no known stage");
  }

  bool done() const override { return stage_ == JobStage::kDone; }

  Progress progress() const override {
    if (done()) return {Stage::kPaint, 1.0};
    const double scaling = kScalingCost * static_cast<double>(request_.photo.pixel_count());
    const double painting = kPaintingCost * static_cast<double>(copy_pixels_);
    const double total = scaling + painting + (request_.measure_only ? 0.0 : scaling);
    switch (stage_) {
      case JobStage::kCopy:
        return {Stage::kMeasure, 0.99 * copying_->fraction() * scaling / total};
      case JobStage::kPaint: {
        const Progress inner = painting_->progress();
        return {inner.stage, 0.99 * (scaling + inner.fraction * painting) / total};
      }
      case JobStage::kFinish:
        return {Stage::kPaint,
                0.99 * (scaling + painting + finishing_->fraction() * scaling) / total};
      default:
        return {Stage::kMeasure, 0.0};
    }
  }

  Image TakePainting() override { return std::move(finished_); }
  const NormStatistics& statistics() const override { return statistics_; }
  StatisticsSource statistics_source() const override { return source_; }

 private:
  enum class JobStage { kPrepare, kCopy, kPaint, kFinish, kDone };

  Status Prepare() {
    BRUSHWORK_RETURN_IF_ERROR(FitRequest(request_));
    const ImageView photo = request_.photo.view();
    BRUSHWORK_ASSIGN_OR_RETURN(const ImageSize size,
                               BrushSize(photo.width, photo.height, request_.options.brush));
    copy_pixels_ = int64_t{size.width} * size.height;
    BRUSHWORK_ASSIGN_OR_RETURN(copying_,
                               ScalingTask::Create(photo, size, environment_.threadpool));
    stage_ = JobStage::kCopy;
    return OkStatus();
  }

  Status Copy() {
    copying_->Run();
    if (!copying_->done()) return OkStatus();
    Image copy = copying_->TakeImage();
    copying_.reset();
    // Statistics and style are the request's, all else happens to the photo.
    StylizeOptions options = request_.options;
    options.strength = 1.0F;
    options.preserve_color = 0.0F;
    options.mask = nullptr;
    options.max_pixels = 0;
    options.brush = 1.0F;
    const int64_t height = copy.height();
    painting_ = MakePaintingJob(
        environment_, {request_.generator, std::move(copy), 0, height, {0, height},
                       std::move(options), request_.measure_only});
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
                                          BlendOf(options), options.mask,
                                          environment_.threadpool));
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
  int64_t copy_pixels_ = 0;
  std::optional<ScalingTask> copying_;
  std::unique_ptr<PaintingJob> painting_;  // the copy's
  std::optional<FinishingTask> finishing_;
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
