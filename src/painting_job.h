// How one picture, or a segment of one, is painted: scaled, planned, measured, painted in bands,
// finished. Between the façade (stylizer.h) and the plan.
#pragma once

#include <pthreadpool.h>

#include <memory>
#include <optional>

#include "image/compose.h"
#include "plan/frame.h"
#include "stylizer.h"

namespace brushwork {

// A plan for pictures of one size, kept because the next picture is often as large as the last.
struct PreparedPlan {
  std::shared_ptr<const Generator> generator;
  int64_t width = 0;
  int64_t height = 0;
  RowRange rows;
  bool statistics_given = false;
  FrameFit fit = FrameFit::kExtend;
  std::unique_ptr<Plan> plan;  // null while a job has it
};

struct PlanCache {
  PreparedPlan painting;
  PreparedPlan thumbnail;
};

// What a job works with; all of it outlives the job.
struct JobEnvironment {
  pthreadpool_t threadpool = nullptr;  // null for one thread
  StylizerOptions options;
  PlanCache cache;
};

struct JobRequest {
  std::shared_ptr<const Generator> generator;
  Image photo;
  int64_t first_row = 0;  // of the picture, that `photo` begins with
  int64_t height = 0;     // of the picture
  RowRange rows;          // to be painted
  StylizeOptions options;
  bool measure_only = false;
};

// Everything that can fail does so in a step.
std::unique_ptr<PaintingJob> MakePaintingJob(JobEnvironment& environment, JobRequest request);

// The same for brushes of another size than 1: brush_job.cc.
std::unique_ptr<PaintingJob> MakeBrushJob(JobEnvironment& environment, JobRequest request);

// Scales the photo to max_pixels and the mask to the photo; a segment's have their size. Errors:
// ResizeImage's.
Status FitRequest(JobRequest& request);

BlendOptions BlendOf(const StylizeOptions& options);

// For painting `rows` of a picture of width × height. `memory_limit` 0 is none.
StatusOr<PreparedPlan> PreparePlan(const JobEnvironment& environment,
                                   std::shared_ptr<const Generator> generator, int64_t width,
                                   int64_t height, RowRange rows, bool statistics_given,
                                   size_t memory_limit);

}  // namespace brushwork
