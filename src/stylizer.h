// The façade: a picture and a generator in, a painting out.
//
//   auto generator = Generator::Load(onnx_bytes, {});
//   auto stylizer = Stylizer::Create({.threads = 4});
//   auto photo = DecodeImage(jpeg_bytes);
//   auto painting = (*stylizer)->Stylize(*generator, std::move(*photo), {});
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "image/image.h"
#include "image/mask.h"
#include "model/model.h"
#include "plan/frame.h"
#include "plan/plan.h"
#include "plan/quantization.h"
#include "plan/style_vector.h"
#include "tensor/picture.h"

namespace brushwork {

// What a generator computes in.
enum class GeneratorPrecision {
  kAuto,   // as the file is quantized; float models in int8 where that loses little (calibration.h)
  kFloat,  // everything in float, quantized models too
  kInt8,   // as kAuto, but float models in int8 whatever it loses
};

struct GeneratorOptions {
  ColorEncoding input;   // what the model reads
  ColorEncoding output;  // what it writes
  GeneratorPrecision precision = GeneratorPrecision::kAuto;
};

// A loaded image-to-image model. Immutable; shared by everything that paints with it.
class Generator {
 public:
  // Copies what it needs of the bytes. Float models are calibrated, which takes about as long as
  // painting half a megapixel in float. Errors: Model::Read's; kUnsupportedModel for models that
  // don't paint three channels; of kInt8 also Calibrate's.
  static StatusOr<std::shared_ptr<const Generator>> Load(std::span<const uint8_t> onnx,
                                                         const GeneratorOptions& options);

  const Model& model() const { return model_; }
  const GeneratorOptions& options() const { return options_; }
  // The shorter side, in pixels, of the thumbnails that the model was trained to take its
  // statistics from (its metadata entry "brushwork.thumbnail"); 0 if it was not.
  int thumbnail_side() const { return thumbnail_side_; }
  // Values of its style vectors; 0 if it has no normalizations, and so but one style.
  size_t style_size() const { return style_size_; }
  // How a float model was quantized; null if it was not, by its precision or since it can't be.
  const QuantizationRecipe* recipe() const { return recipe_.get(); }

  // The frame for a picture of width × height, quantized by the recipe if there is one. May throw
  // std::bad_alloc.
  StatusOr<Frame> MakeFrame(int width, int height) const;

 private:
  Generator(Model model, const GeneratorOptions& options)
      : model_(std::move(model)), options_(options) {}

  // May throw std::bad_alloc.
  static StatusOr<std::shared_ptr<const Generator>> LoadUnguarded(std::span<const uint8_t> onnx,
                                                                  const GeneratorOptions& options);

  Model model_;
  GeneratorOptions options_;
  int thumbnail_side_ = 0;
  size_t style_size_ = 0;
  std::unique_ptr<const QuantizationRecipe> recipe_;
};

// Where the statistics of normalizations come from.
enum class StatisticsSource {
  // As the generator was trained. For others the whole picture as long as it fits in memory, a
  // smaller copy of it beyond.
  kAuto,
  kExact,      // the whole picture, layer by layer: memory grows with the picture
  kThumbnail,  // a copy of it, scaled down: constant memory, any size
  kGiven,      // StylizeOptions::given
};

struct StylizeOptions {
  // 0 is the photo itself, 1 the full style; between them the painting is blended over the photo.
  float strength = 1.0F;
  // The picture is first scaled down to at most this many pixels; 0 means no scaling.
  int64_t max_pixels = 0;
  StatisticsSource statistics = StatisticsSource::kAuto;
  // Only for kGiven; otherwise ignored.
  std::shared_ptr<const NormStatistics> given = nullptr;
  // Of Generator::style_size() values, else kIncompatibleStyles; null: the file's own style.
  std::shared_ptr<const StyleVector> style = nullptr;
  // How much of the photo's hues to keep, in [0, 1]: compose.h.
  float preserve_color = 0.0F;
  // The picture is painted at this many times its size after max_pixels, and brought back: 0.5
  // makes strokes twice as large at a quarter of the work. In [1/16, 4]; a copy that is too large
  // for a picture is kImageTooLarge.
  float brush = 1.0F;
  // The share of the painting at each pixel, times strength; null: everywhere the same. Of any
  // size: scaled to the photo's after max_pixels.
  std::shared_ptr<const Mask> mask = nullptr;
};

// Some rows of a picture, to be painted by themselves with given statistics: the way in which
// engines that share no memory paint one picture together. The rows come out as if the whole
// picture had been painted.
struct PictureSegment {
  Image photo;            // consecutive rows of the picture, full width
  int64_t first_row = 0;  // of the picture, that `photo` begins with
  int64_t height = 0;     // of the whole picture
  RowRange rows;          // to be painted
};

enum class Stage { kMeasure, kPaint };

struct Progress {
  Stage stage = Stage::kMeasure;
  double fraction = 0.0;  // of this painting, never decreasing, 1 at the end
};

struct StylizerOptions {
  int threads = 1;  // of the processor, at least 1
  // Height of the bands in which pictures are painted; 0: so that they stay in the cache. Any
  // height gives the same painting.
  int64_t band_rows = 0;
  bool profile = false;  // measure each step: Stylizer::profile
};

struct StepProfile {
  StepInfo step;
  double milliseconds = 0.0;
};

// Rows of a painting that is not done, for those who watch.
struct FreshRows {
  ImageView painting;  // the job's, as far as it is painted: valid until its next step
  RowRange rows;       // empty: there are none
};

// One picture on its way, painted in slices of work. The caller keeps calling Step until done() or
// an error; it stops by destroying the job. Nothing else is needed to cancel.
class PaintingJob {
 public:
  virtual ~PaintingJob() = default;

  // Does the next slice of work, some ten milliseconds long. After an error the job is only good
  // for destruction.
  virtual Status Step() = 0;
  virtual bool done() const = 0;
  virtual Progress progress() const = 0;

  // The rows painted since the last call, from the top down. Those of a brush of another size than
  // 1, and of a model of one fixed size, are still of their own size, and not composed yet with the
  // photo; all others are final. None once such a painting is being finished, or taken.
  virtual FreshRows TakeFreshRows() = 0;

  // The painting, once, when done(). Its size is the photo's after max_pixels; of a segment, its
  // rows; after a measurement, none.
  virtual Image TakePainting() = 0;
  // The statistics that the painting was made with, when done().
  virtual const NormStatistics& statistics() const = 0;
  // Where they came from: kExact, kThumbnail or kGiven.
  virtual StatisticsSource statistics_source() const = 0;
};

class Stylizer {
 public:
  static StatusOr<std::unique_ptr<Stylizer>> Create(const StylizerOptions& options);
  ~Stylizer();

  // Jobs must not outlive the stylizer. Options are checked here; everything else that can fail
  // does so in a step.
  StatusOr<std::unique_ptr<PaintingJob>> Begin(std::shared_ptr<const Generator> generator,
                                               Image photo, const StylizeOptions& options);

  // The first half of a painting: only the statistics. Of `options`, what composes the painting
  // with the photo is not used.
  StatusOr<std::unique_ptr<PaintingJob>> BeginMeasurement(
      std::shared_ptr<const Generator> generator, Image photo, const StylizeOptions& options);

  // The second half for some rows; options.statistics must be kGiven, max_pixels 0, brush 1, a mask
  // of segment.photo's size. `segment.photo` has at least the rows that SegmentRows names.
  // For another brush paint a BrushCopy (brush.h) and bring it back with FinishPainting
  // (finishing.h).
  StatusOr<std::unique_ptr<PaintingJob>> BeginSegment(std::shared_ptr<const Generator> generator,
                                                      PictureSegment segment,
                                                      const StylizeOptions& options);

  // Rows of a photo of width × height that painting `rows` reads.
  StatusOr<RowRange> SegmentRows(const std::shared_ptr<const Generator>& generator, int width,
                                 int height, RowRange rows);

  // Begin and all steps. `on_progress`, if any, returns false to stop: the result is kAborted.
  StatusOr<Image> Stylize(std::shared_ptr<const Generator> generator, Image photo,
                          const StylizeOptions& options,
                          const std::function<bool(const Progress&)>& on_progress = nullptr);

  int threads() const;

  // Of the last painting, by step; empty without StylizerOptions::profile.
  std::vector<StepProfile> profile() const;
  // Activations and workspace of the plans that are kept for the next picture.
  size_t memory_bytes() const;

 private:
  struct State;
  StatusOr<std::unique_ptr<PaintingJob>> BeginWhole(std::shared_ptr<const Generator> generator,
                                                    Image photo, const StylizeOptions& options,
                                                    bool measure_only);
  explicit Stylizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace brushwork
