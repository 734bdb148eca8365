#include "stylizer.h"

#include <pthreadpool.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "image/compose.h"
#include "image/resize.h"
#include "plan/frame.h"

namespace brushwork {

StatusOr<std::shared_ptr<const Generator>> Generator::Load(std::span<const uint8_t> onnx,
                                                           const GeneratorOptions& options) {
  for (const ColorEncoding& encoding : {options.input, options.output}) {
    if (encoding.high > encoding.low) continue;
    return InvalidArgument("a colour range needs its second value above its first, got [" +
                           std::to_string(encoding.low) + ", " + std::to_string(encoding.high) +
                           "]");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(Model model, Model::Read(onnx));
  return std::shared_ptr<const Generator>(new Generator(std::move(model), options));
}

namespace {

struct ThreadPoolDeleter {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};
using ThreadPool = std::unique_ptr<pthreadpool, ThreadPoolDeleter>;

// A plan for pictures of one size, kept because the next picture is often as large as the last.
struct PreparedPlan {
  std::shared_ptr<const Generator> generator;
  int width = 0;
  int height = 0;
  FrameFit fit = FrameFit::kExtend;
  std::unique_ptr<Plan> plan;
};

// Relative cost of a step: an int8 multiply-add is about four times cheaper than a float one, and
// layers without any cost about as much as they write.
double StepCost(const StepInfo& info) {
  const double arithmetic = static_cast<double>(info.multiply_adds);
  const double cost = info.type == DataType::kInt8 ? arithmetic / 4.0 : arithmetic;
  return cost + 16.0 * static_cast<double>(info.output.elements());
}

}  // namespace

struct Stylizer::State {
  ThreadPool threadpool;  // null for one thread
  int threads = 1;
  PreparedPlan prepared;  // without a plan while a job has it
};

namespace {

StatusOr<PreparedPlan> Prepare(std::shared_ptr<const Generator> generator, int width, int height) {
  BRUSHWORK_ASSIGN_OR_RETURN(Frame frame, FitFrame(generator->model(), width, height));
  PreparedPlan prepared{std::move(generator), width, height, frame.fit, nullptr};
  BRUSHWORK_ASSIGN_OR_RETURN(prepared.plan,
                             Plan::Create(frame.network, prepared.generator->options().precision));
  return prepared;
}

// Slices: prepare, read the picture, one for each step of the plan, write the painting.
class WholePictureJob : public PaintingJob {
 public:
  WholePictureJob(pthreadpool_t threadpool, PreparedPlan& cache,
                  std::shared_ptr<const Generator> generator, Image photo,
                  const StylizeOptions& options)
      : threadpool_(threadpool),
        cache_(cache),
        generator_(std::move(generator)),
        photo_(std::move(photo)),
        options_(options) {}
  ~WholePictureJob() override { GivePlanBack(); }

  Status Step() override {
    // Memory is refused by exception in the standard containers that stages use inside.
    try {
      switch (slice_) {
        case Slice::kPrepare:
          return PrepareSlice();
        case Slice::kRead:
          return ReadSlice();
        case Slice::kPlan:
          return PlanSlice();
        case Slice::kWrite:
          return WriteSlice();
        case Slice::kDone:
          return OkStatus();
      }
    } catch (const std::bad_alloc&) {
      return OutOfMemory("memory was refused while painting " + std::to_string(photo_.width()) +
                         "x" + std::to_string(photo_.height()) + " pixels");
    }
    return Internal("a painting job in no known slice");
  }

  bool done() const override { return slice_ == Slice::kDone; }

  Progress progress() const override {
    if (done()) return {Stage::kPaint, 1.0};
    if (total_cost_ <= 0.0) return {Stage::kMeasure, 0.0};
    return {Stage::kPaint, std::min(0.99, done_cost_ / total_cost_)};
  }

  Image TakePainting() override { return std::move(painting_); }

 private:
  enum class Slice { kPrepare, kRead, kPlan, kWrite, kDone };

  Status PrepareSlice() {
    if (options_.max_pixels > 0) {
      const ImageSize size = FitPixels(photo_.width(), photo_.height(), options_.max_pixels);
      if (size.width != photo_.width() || size.height != photo_.height()) {
        BRUSHWORK_ASSIGN_OR_RETURN(photo_, ResizeImage(photo_.view(), size.width, size.height));
      }
    }
    prepared_ = std::exchange(cache_, {});
    if (prepared_.plan == nullptr || prepared_.generator != generator_ ||
        prepared_.width != photo_.width() || prepared_.height != photo_.height()) {
      prepared_ = {};  // frees the old plan before the new one takes its memory
      BRUSHWORK_ASSIGN_OR_RETURN(prepared_, Prepare(generator_, photo_.width(), photo_.height()));
    }
    for (const StepInfo& info : prepared_.plan->steps()) total_cost_ += StepCost(info);
    total_cost_ = std::max(total_cost_, 1.0);
    slice_ = Slice::kRead;
    return OkStatus();
  }

  Status ReadSlice() {
    const TensorView input = prepared_.plan->input();
    const ColorEncoding& encoding = generator_->options().input;
    if (prepared_.fit == FrameFit::kScale) {
      BRUSHWORK_ASSIGN_OR_RETURN(const Image scaled,
                                 ResizeImage(photo_.view(), static_cast<int>(input.shape.width),
                                             static_cast<int>(input.shape.height)));
      BRUSHWORK_RETURN_IF_ERROR(PictureToTensor(scaled.view(), encoding, input));
    } else {
      BRUSHWORK_RETURN_IF_ERROR(PictureToTensor(photo_.view(), encoding, input));
    }
    slice_ = prepared_.plan->step_count() == 0 ? Slice::kWrite : Slice::kPlan;
    return OkStatus();
  }

  Status PlanSlice() {
    BRUSHWORK_RETURN_IF_ERROR(prepared_.plan->RunStep(next_step_, threadpool_));
    done_cost_ += StepCost(prepared_.plan->steps()[next_step_]);
    if (++next_step_ == prepared_.plan->step_count()) slice_ = Slice::kWrite;
    return OkStatus();
  }

  Status WriteSlice() {
    const TensorView output = prepared_.plan->output();
    const bool scaled = prepared_.fit == FrameFit::kScale;
    BRUSHWORK_ASSIGN_OR_RETURN(
        painting_, Image::Create(scaled ? static_cast<int>(output.shape.width) : photo_.width(),
                                 scaled ? static_cast<int>(output.shape.height) : photo_.height()));
    BRUSHWORK_RETURN_IF_ERROR(TensorToPicture(output, generator_->options().output, painting_));
    if (scaled) {
      BRUSHWORK_ASSIGN_OR_RETURN(painting_,
                                 ResizeImage(painting_.view(), photo_.width(), photo_.height()));
    }
    BRUSHWORK_RETURN_IF_ERROR(ComposePainting(photo_.view(), options_.strength, painting_));
    photo_ = {};
    GivePlanBack();
    slice_ = Slice::kDone;
    return OkStatus();
  }

  void GivePlanBack() {
    if (prepared_.plan != nullptr) cache_ = std::exchange(prepared_, {});
  }

  pthreadpool_t threadpool_;
  PreparedPlan& cache_;
  std::shared_ptr<const Generator> generator_;
  Image photo_;
  StylizeOptions options_;
  PreparedPlan prepared_;
  Image painting_;
  Slice slice_ = Slice::kPrepare;
  size_t next_step_ = 0;
  double done_cost_ = 0.0;
  double total_cost_ = 0.0;
};

}  // namespace

Stylizer::Stylizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stylizer::~Stylizer() = default;

int Stylizer::threads() const { return state_->threads; }

StatusOr<std::unique_ptr<Stylizer>> Stylizer::Create(const StylizerOptions& options) {
  constexpr int kMaxThreads = 256;
  if (options.threads < 1 || options.threads > kMaxThreads) {
    return InvalidArgument("threads: got " + std::to_string(options.threads) + ", needed 1 to " +
                           std::to_string(kMaxThreads));
  }
  auto state = std::make_unique<State>();
  state->threads = options.threads;
  if (options.threads > 1) {
    state->threadpool.reset(pthreadpool_create(options.threads));
    if (state->threadpool == nullptr) {
      return OutOfMemory("no thread pool of " + std::to_string(options.threads) + " threads");
    }
  }
  return std::unique_ptr<Stylizer>(new Stylizer(std::move(state)));
}

StatusOr<std::unique_ptr<PaintingJob>> Stylizer::Begin(std::shared_ptr<const Generator> generator,
                                                       Image photo, const StylizeOptions& options) {
  if (generator == nullptr) return InvalidArgument("generator: got none");
  if (!(options.strength >= 0.0F && options.strength <= 1.0F)) {
    return InvalidArgument("strength: got " + std::to_string(options.strength) + ", needed 0 to 1");
  }
  if (options.max_pixels < 0) {
    return InvalidArgument("max pixels: got " + std::to_string(options.max_pixels) +
                           ", needed at least 1, or 0 for no limit");
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(photo.width(), photo.height()));
  return std::unique_ptr<PaintingJob>(std::make_unique<WholePictureJob>(
      state_->threadpool.get(), state_->prepared, std::move(generator), std::move(photo), options));
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
