#include "stylizer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/memory_refused.h"
#include "brush.h"
#include "painting_job.h"
#include "thread_pool.h"

namespace brushwork {
namespace {

Status CheckStyle(const StyleVector& style, const Generator& generator) {
  BRUSHWORK_RETURN_IF_ERROR(CheckStyleSize(style.values.size(), generator.style_size()));
  if (std::ranges::all_of(style.values, [](float value) { return std::isfinite(value); })) {
    return OkStatus();
  }
  return InvalidArgument("style: got values that are not finite");
}

Status CheckOptions(const std::shared_ptr<const Generator>& generator,
                    const StylizeOptions& options) {
  if (generator == nullptr) return InvalidArgument("generator: got none");
  BRUSHWORK_RETURN_IF_ERROR(CheckBlend(BlendOf(options)));
  BRUSHWORK_RETURN_IF_ERROR(CheckBrush(options.brush));
  if (options.max_pixels < 0) {
    return InvalidArgument("max pixels: got " + std::to_string(options.max_pixels) +
                           ", needed at least 1, or 0 for no limit");
  }
  if (options.statistics == StatisticsSource::kGiven && options.given == nullptr) {
    return InvalidArgument("statistics: got none, needed those to be used");
  }
  return options.style == nullptr ? OkStatus() : CheckStyle(*options.style, *generator);
}

Status CheckSegment(const std::shared_ptr<const Generator>& generator,
                    const PictureSegment& segment, const StylizeOptions& options) {
  BRUSHWORK_RETURN_IF_ERROR(CheckOptions(generator, options));
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(segment.photo.width(), segment.height));
  if (options.statistics != StatisticsSource::kGiven || options.max_pixels != 0 ||
      options.brush != 1.0F) {
    return InvalidArgument("a segment needs given statistics and no scaling");
  }
  if (options.mask != nullptr) {
    BRUSHWORK_RETURN_IF_ERROR(
        CheckMaskSize(*options.mask, segment.photo.width(), segment.photo.height()));
  }
  const RowRange there{segment.first_row, segment.first_row + segment.photo.height()};
  const RowRange& rows = segment.rows;
  if (there.begin < 0 || there.end > segment.height || rows.begin < there.begin ||
      rows.begin >= rows.end || rows.end > there.end) {
    return InvalidArgument("segment: got rows " + std::to_string(there.begin) + " to " +
                           std::to_string(there.end) + " of a photo of height " +
                           std::to_string(segment.height) + " to paint rows " +
                           std::to_string(rows.begin) + " to " + std::to_string(rows.end));
  }
  return OkStatus();
}

}  // namespace

struct Stylizer::State {
  ThreadPool threadpool;  // null for one thread
  JobEnvironment environment;
};

Stylizer::Stylizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stylizer::~Stylizer() = default;

int Stylizer::threads() const { return state_->environment.options.threads; }

std::vector<StepProfile> Stylizer::profile() const {
  std::vector<StepProfile> profile;
  const Plan* plan = state_->environment.cache.painting.plan.get();
  if (plan == nullptr) return profile;
  for (size_t i = 0; i < plan->milliseconds().size(); ++i) {
    profile.push_back({plan->steps()[i], plan->milliseconds()[i]});
  }
  return profile;
}

size_t Stylizer::memory_bytes() const {
  size_t bytes = 0;
  const PlanCache& cache = state_->environment.cache;
  for (const PreparedPlan* prepared : {&cache.painting, &cache.thumbnail}) {
    if (prepared->plan != nullptr) bytes += prepared->plan->memory_bytes();
  }
  return bytes;
}

StatusOr<std::unique_ptr<Stylizer>> Stylizer::Create(const StylizerOptions& options) {
  constexpr int kMaxThreads = 256;
  if (options.threads < 1 || options.threads > kMaxThreads) {
    return InvalidArgument("threads: got " + std::to_string(options.threads) + ", needed 1 to " +
                           std::to_string(kMaxThreads));
  }
  return WithinMemory("a stylizer", [&]() -> StatusOr<std::unique_ptr<Stylizer>> {
    auto state = std::make_unique<State>();
    state->environment.options = options;
    if (options.threads > 1) {
      state->threadpool = StartThreads(options.threads);
      if (state->threadpool == nullptr) return MemoryRefused("threads");
      state->environment.threadpool = state->threadpool.get();
    }
    return std::unique_ptr<Stylizer>(new Stylizer(std::move(state)));
  });
}

StatusOr<std::unique_ptr<PaintingJob>> Stylizer::Begin(std::shared_ptr<const Generator> generator,
                                                       Image photo, const StylizeOptions& options) {
  return BeginWhole(std::move(generator), std::move(photo), options, /*measure_only=*/false);
}

StatusOr<std::unique_ptr<PaintingJob>> Stylizer::BeginMeasurement(
    std::shared_ptr<const Generator> generator, Image photo, const StylizeOptions& options) {
  return BeginWhole(std::move(generator), std::move(photo), options, /*measure_only=*/true);
}

StatusOr<std::unique_ptr<PaintingJob>> Stylizer::BeginWhole(
    std::shared_ptr<const Generator> generator, Image photo, const StylizeOptions& options,
    bool measure_only) {
  return WithinMemory("a painting", [&]() -> StatusOr<std::unique_ptr<PaintingJob>> {
    BRUSHWORK_RETURN_IF_ERROR(CheckOptions(generator, options));
    BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(photo.width(), photo.height()));
    const int64_t height = photo.height();
    return MakePaintingJob(
        state_->environment,
        {std::move(generator), std::move(photo), 0, height, {0, height}, options, measure_only});
  });
}

StatusOr<std::unique_ptr<PaintingJob>> Stylizer::BeginSegment(
    std::shared_ptr<const Generator> generator, PictureSegment segment,
    const StylizeOptions& options) {
  return WithinMemory("a painting", [&]() -> StatusOr<std::unique_ptr<PaintingJob>> {
    BRUSHWORK_RETURN_IF_ERROR(CheckSegment(generator, segment, options));
    return MakePaintingJob(state_->environment,
                           {std::move(generator), std::move(segment.photo), segment.first_row,
                            segment.height, segment.rows, options});
  });
}

StatusOr<RowRange> Stylizer::SegmentRows(const std::shared_ptr<const Generator>& generator,
                                         int width, int height, RowRange rows) {
  return WithinMemory("a painting", [&]() -> StatusOr<RowRange> {
    if (generator == nullptr) return InvalidArgument("generator: got none");
    BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(width, height));
    BRUSHWORK_ASSIGN_OR_RETURN(const PreparedPlan prepared,
                               PreparePlan(state_->environment, generator, width, height, rows,
                                           /*statistics_given=*/true, /*memory_limit=*/0));
    if (prepared.fit == FrameFit::kScale) {
      return InvalidArgument("a model of one fixed size paints no segments");
    }
    // Rows of the frame beyond the picture mirror its last ones.
    const RowRange needed = prepared.plan->input_rows();
    const int64_t beyond = std::max<int64_t>(0, needed.end - height);
    return RowRange{std::max<int64_t>(0, std::min(needed.begin, height - 1 - beyond)),
                    std::min<int64_t>(needed.end, height)};
  });
}

StatusOr<Image> Stylizer::Stylize(std::shared_ptr<const Generator> generator, Image photo,
                                  const StylizeOptions& options,
                                  const std::function<bool(const Progress&)>& on_progress) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::unique_ptr<PaintingJob> job,
                             Begin(std::move(generator), std::move(photo), options));
  while (!job->done()) {
    if (on_progress && !on_progress(job->progress())) return Aborted();
    BRUSHWORK_RETURN_IF_ERROR(job->Step());
  }
  if (on_progress) on_progress(job->progress());
  return job->TakePainting();
}

}  // namespace brushwork
