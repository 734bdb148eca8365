#include "painting_job.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <string>
#include <utility>

#include "base/memory_refused.h"
#include "finishing.h"
#include "image/mask.h"
#include "image/resize.h"
#include "kernels/parallel.h"
#include "thumbnail.h"
#include "time_slice.h"

namespace brushwork {
namespace {

// Activations of exact statistics that `kAuto` takes for third-party generators: a few megapixels.
constexpr size_t kExactMemory = size_t{192} << 20;

class StripJob final : public PaintingJob {
 public:
  StripJob(JobEnvironment& environment, JobRequest request)
      : environment_(environment),
        request_(std::move(request)),
        source_(StatisticsSource::kGiven) {}
  ~StripJob() override {
    GiveBack(painting_plan_, environment_.cache.painting);
    GiveBack(thumbnail_plan_, environment_.cache.thumbnail);
  }

  Status Step() override {
    try {
      switch (stage_) {
        case JobStage::kPrepare:
          return Prepare();
        case JobStage::kMeasure:
          return Measure();
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
    if (stage_ == JobStage::kPrepare) return {Stage::kMeasure, 0.0};
    const double measure = thumbnail_plan_.plan != nullptr ? thumbnail_plan_.plan->cost() : 0.0;
    const double paint = painting_plan_.plan != nullptr ? painting_plan_.plan->cost() : 0.0;
    const double total = std::max(measure + paint, 1.0);
    if (stage_ == JobStage::kMeasure) {
      return {Stage::kMeasure, 0.99 * thumbnail_plan_.plan->fraction() * measure / total};
    }
    return {Stage::kPaint, 0.99 * (measure + painting_plan_.plan->fraction() * paint) / total};
  }

  FreshRows TakeFreshRows() override {
    return {painting_.view(), std::exchange(fresh_, {fresh_.end, fresh_.end})};
  }
  Image TakePainting() override {
    fresh_ = {};
    return std::move(painting_);
  }
  const NormStatistics& statistics() const override { return statistics_; }
  StatisticsSource statistics_source() const override { return source_; }

 private:
  enum class JobStage { kPrepare, kMeasure, kPaint, kFinish, kDone };

  Status Prepare() {
    BRUSHWORK_RETURN_IF_ERROR(FitRequest(request_));
    source_ = request_.options.statistics;
    if (source_ == StatisticsSource::kGiven) {
      if (request_.options.given == nullptr) return InvalidArgument("statistics: got none");
      statistics_ = *request_.options.given;
    }
    BRUSHWORK_RETURN_IF_ERROR(ChooseStatistics());
    if (source_ == StatisticsSource::kThumbnail) return BeginMeasuring();
    return BeginPainting();
  }

  // Settles kAuto, and thumbnails that would not be smaller than the picture.
  Status ChooseStatistics() {
    const Image& photo = request_.photo;
    const ImageSize size = ThumbnailSize(photo.width(), photo.height(), *request_.generator);
    const bool is_small = size.width == photo.width() && size.height == photo.height();
    const bool trained = request_.generator->thumbnail_side() > 0;
    if (source_ == StatisticsSource::kThumbnail && is_small) source_ = StatisticsSource::kExact;
    if (source_ == StatisticsSource::kAuto && trained) {
      source_ = is_small ? StatisticsSource::kExact : StatisticsSource::kThumbnail;
    }
    if (source_ != StatisticsSource::kAuto) return OkStatus();
    const Status status = PreparePainting(/*statistics_given=*/false, kExactMemory);
    source_ = status.ok() || is_small ? StatisticsSource::kExact : StatisticsSource::kThumbnail;
    const bool too_large = status.code() == StatusCode::kOutOfMemory;
    return status.ok() || too_large ? OkStatus() : status;
  }

  Status BeginMeasuring() {
    const Image& photo = request_.photo;
    const ImageSize size = ThumbnailSize(photo.width(), photo.height(), *request_.generator);
    BRUSHWORK_ASSIGN_OR_RETURN(thumbnail_, MakeThumbnail(photo, size));
    thumbnail_plan_ = std::exchange(environment_.cache.thumbnail, {});
    BRUSHWORK_RETURN_IF_ERROR(Prepare(thumbnail_plan_, size.width, size.height, {0, size.height},
                                      /*statistics_given=*/false,
                                      /*memory_limit=*/0));
    if (thumbnail_plan_.fit == FrameFit::kScale) {
      source_ = StatisticsSource::kExact;
      return BeginPainting();
    }
    // Planned now, so that progress knows how much there is to do.
    if (!request_.measure_only) {
      BRUSHWORK_RETURN_IF_ERROR(PreparePainting(/*statistics_given=*/true, /*memory_limit=*/0));
    }
    BRUSHWORK_RETURN_IF_ERROR(
        Begin(thumbnail_plan_, {thumbnail_.view(), 0, size.height}, [](RowRange, const auto&) {
          return OkStatus();  // of this painting only the statistics are wanted
        }));
    stage_ = JobStage::kMeasure;
    return OkStatus();
  }

  Status Measure() {
    BRUSHWORK_RETURN_IF_ERROR(RunSlice(*thumbnail_plan_.plan));
    if (!thumbnail_plan_.plan->done()) return OkStatus();
    statistics_ = thumbnail_plan_.plan->statistics();
    thumbnail_ = {};
    if (!request_.measure_only) return BeginPainting();
    stage_ = JobStage::kDone;
    return OkStatus();
  }

  Status BeginPainting() {
    const bool given = source_ != StatisticsSource::kExact;
    BRUSHWORK_RETURN_IF_ERROR(PreparePainting(given, /*memory_limit=*/0));
    if (given) BRUSHWORK_RETURN_IF_ERROR(painting_plan_.plan->SetStatistics(statistics_));
    stage_ = JobStage::kPaint;
    return painting_plan_.fit == FrameFit::kScale ? BeginScaled() : BeginBands();
  }

  // Straight from the photo's rows to the painting's.
  Status BeginBands() {
    const RowRange rows = request_.rows;
    BRUSHWORK_ASSIGN_OR_RETURN(
        painting_, Image::Create(request_.photo.width(), static_cast<int>(rows.size())));
    BRUSHWORK_ASSIGN_OR_RETURN(const PictureWriter writer, Writer());
    const auto sink = [this, writer, rows](RowRange band, const TensorView& view) {
      const PaintingBlend blend(BlendOf(request_.options));
      const Mask* mask = request_.options.mask.get();
      const int64_t begin = std::max(band.begin, rows.begin);
      const int64_t count = std::max<int64_t>(0, std::min(band.end, rows.end) - begin);
      ParallelFor(environment_.threadpool, static_cast<size_t>(count), [&](size_t i) {
        const int64_t y = begin + static_cast<int64_t>(i);
        uint8_t* row = painting_.row(static_cast<int>(y - rows.begin));
        writer.WriteRow(view, y, painting_.width(), row);
        const int64_t photo_y = y - request_.first_row;
        blend.BlendRow(request_.photo.row(static_cast<int>(photo_y)),
                       mask == nullptr ? nullptr : mask->row(photo_y), painting_.width(), row);
      });
      fresh_.end = std::max(fresh_.end, std::min(band.end, rows.end) - rows.begin);
      return OkStatus();
    };
    return Begin(painting_plan_, {request_.photo.view(), request_.first_row, request_.height},
                 sink);
  }

  // Models of one fixed size paint a scaled copy, which is scaled back in the end.
  Status BeginScaled() {
    const Shape4& in = painting_plan_.plan->input().shape;
    const Shape4& out = painting_plan_.plan->output().shape;
    BRUSHWORK_ASSIGN_OR_RETURN(scaled_,
                               ResizeImage(request_.photo.view(), static_cast<int>(in.width),
                                           static_cast<int>(in.height)));
    BRUSHWORK_ASSIGN_OR_RETURN(
        painting_, Image::Create(static_cast<int>(out.width), static_cast<int>(out.height)));
    BRUSHWORK_ASSIGN_OR_RETURN(const PictureWriter writer, Writer());
    const auto sink = [this, writer](RowRange band, const TensorView& view) {
      for (int64_t y = band.begin; y < band.end; ++y) {
        writer.WriteRow(view, y, painting_.width(), painting_.row(static_cast<int>(y)));
      }
      fresh_.end = band.end;
      return OkStatus();
    };
    return Begin(painting_plan_, {scaled_.view(), 0, scaled_.height()}, sink);
  }

  Status Paint() {
    BRUSHWORK_RETURN_IF_ERROR(RunSlice(*painting_plan_.plan));
    if (!painting_plan_.plan->done()) return OkStatus();
    if (source_ == StatisticsSource::kExact) statistics_ = painting_plan_.plan->statistics();
    if (painting_plan_.fit == FrameFit::kScale) return BeginFinishing();
    request_.photo = {};
    stage_ = JobStage::kDone;
    return OkStatus();
  }

  Status BeginFinishing() {
    const StylizeOptions& options = request_.options;
    fresh_ = {};
    BRUSHWORK_ASSIGN_OR_RETURN(
        finishing_, FinishingTask::Create(request_.photo.view(), std::move(painting_),
                                          BlendOf(options), options.mask, environment_.threadpool));
    stage_ = JobStage::kFinish;
    return OkStatus();
  }

  Status Finish() {
    finishing_->Run();
    if (!finishing_->done()) return OkStatus();
    painting_ = finishing_->TakePainting();
    finishing_.reset();
    request_.photo = {};
    stage_ = JobStage::kDone;
    return OkStatus();
  }

  Status RunSlice(Plan& plan) {
    const TimeSlice slice;
    while (!plan.done()) {
      BRUSHWORK_RETURN_IF_ERROR(plan.RunTask(environment_.threadpool));
      if (slice.over()) break;
    }
    return OkStatus();
  }

  Status Begin(PreparedPlan& prepared, const PictureRows& picture, Plan::RowCallback sink) {
    const TensorSpec& input = prepared.plan->input();
    BRUSHWORK_ASSIGN_OR_RETURN(
        const PictureReader reader,
        PictureReader::Create(request_.generator->options().input, input.type, input.quantization));
    prepared.plan->Begin(
        [reader, picture, pool = environment_.threadpool](RowRange rows, const TensorView& view) {
          std::atomic<bool> failed = false;
          ParallelFor(pool, static_cast<size_t>(rows.size()), [&](size_t i) {
            const int64_t y = rows.begin + static_cast<int64_t>(i);
            if (!reader.Read(picture, {y, y + 1}, view).ok()) failed = true;
          });
          return failed ? reader.Read(picture, rows, view) : OkStatus();
        },
        std::move(sink));
    return OkStatus();
  }

  StatusOr<PictureWriter> Writer() const {
    const TensorSpec& output = painting_plan_.plan->output();
    return PictureWriter::Create(request_.generator->options().output, output.type,
                                 output.quantization);
  }

  Status PreparePainting(bool statistics_given, size_t memory_limit) {
    if (painting_plan_.plan == nullptr) {
      painting_plan_ = std::exchange(environment_.cache.painting, {});
    }
    return Prepare(painting_plan_, request_.photo.width(), request_.height, request_.rows,
                   statistics_given, memory_limit);
  }

  // Keeps a plan that fits.
  Status Prepare(PreparedPlan& prepared, int64_t width, int64_t height, RowRange rows,
                 bool statistics_given, size_t memory_limit) {
    if (prepared.plan != nullptr && prepared.generator == request_.generator &&
        prepared.width == width && prepared.height == height && prepared.rows == rows &&
        prepared.statistics_given == statistics_given) {
      return SetStyle(*prepared.plan);
    }
    prepared = {};  // frees the old plan before the new one takes its memory
    BRUSHWORK_ASSIGN_OR_RETURN(prepared, PreparePlan(environment_, request_.generator, width,
                                                     height, rows, statistics_given, memory_limit));
    return SetStyle(*prepared.plan);
  }

  // A kept plan may have the last job's style.
  Status SetStyle(Plan& plan) const {
    if (request_.options.style != nullptr) return plan.SetStyle(*request_.options.style);
    plan.ResetStyle();
    return OkStatus();
  }

  static void GiveBack(PreparedPlan& prepared, PreparedPlan& cache) {
    if (prepared.plan == nullptr) return;
    prepared.plan->End();
    cache = std::exchange(prepared, {});
  }

  JobEnvironment& environment_;
  JobRequest request_;
  PreparedPlan painting_plan_;
  PreparedPlan thumbnail_plan_;
  Image thumbnail_;
  Image scaled_;
  Image painting_;
  RowRange fresh_;  // of painting_, that nobody has asked for
  std::unique_ptr<FinishingTask> finishing_;
  NormStatistics statistics_;
  StatisticsSource source_;
  JobStage stage_ = JobStage::kPrepare;
};

}  // namespace

std::unique_ptr<PaintingJob> MakePaintingJob(JobEnvironment& environment, JobRequest request) {
  if (request.options.brush != 1.0F) return MakeBrushJob(environment, std::move(request));
  return std::make_unique<StripJob>(environment, std::move(request));
}

Status FitRequest(JobRequest& request) {
  Image& photo = request.photo;
  StylizeOptions& options = request.options;
  if (options.max_pixels > 0 && photo.pixel_count() > options.max_pixels) {
    const ImageSize size = FitPixels(photo.width(), photo.height(), options.max_pixels);
    BRUSHWORK_ASSIGN_OR_RETURN(photo, ResizeImage(photo.view(), size.width, size.height));
    request.height = size.height;
    request.rows = {0, size.height};
  }
  BRUSHWORK_ASSIGN_OR_RETURN(options.mask,
                             FitMask(std::move(options.mask), photo.width(), photo.height()));
  return OkStatus();
}

BlendOptions BlendOf(const StylizeOptions& options) {
  return {options.strength, options.preserve_color};
}

StatusOr<PreparedPlan> PreparePlan(const JobEnvironment& environment,
                                   std::shared_ptr<const Generator> generator, int64_t width,
                                   int64_t height, RowRange rows, bool statistics_given,
                                   size_t memory_limit) {
  BRUSHWORK_ASSIGN_OR_RETURN(
      const Frame frame, generator->MakeFrame(static_cast<int>(width), static_cast<int>(height)));
  PlanOptions options;
  if (generator->options().precision == GeneratorPrecision::kFloat) {
    options.precision = Precision::kFloat;
  }
  options.statistics_given = statistics_given;
  if (frame.fit == FrameFit::kExtend) options.rows = rows;
  options.threads = static_cast<size_t>(environment.options.threads);
  options.band_rows = environment.options.band_rows;
  options.memory_limit = memory_limit;
  options.profile = environment.options.profile;
  PreparedPlan prepared{std::move(generator), width,     height, rows,
                        statistics_given,     frame.fit, nullptr};
  BRUSHWORK_ASSIGN_OR_RETURN(prepared.plan, Plan::Create(frame.network, options));
  return prepared;
}

}  // namespace brushwork
