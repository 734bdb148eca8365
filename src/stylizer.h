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
#include "model/model.h"
#include "plan/plan.h"
#include "tensor/picture.h"

namespace brushwork {

struct GeneratorOptions {
  ColorEncoding input;   // what the model reads
  ColorEncoding output;  // what it writes
  Precision precision = Precision::kAuto;
};

// A loaded image-to-image model. Immutable; shared by everything that paints with it.
class Generator {
 public:
  // Copies what it needs of the bytes. Errors: Model::Read.
  static StatusOr<std::shared_ptr<const Generator>> Load(std::span<const uint8_t> onnx,
                                                         const GeneratorOptions& options);

  const Model& model() const { return model_; }
  const GeneratorOptions& options() const { return options_; }

 private:
  Generator(Model model, const GeneratorOptions& options)
      : model_(std::move(model)), options_(options) {}

  Model model_;
  GeneratorOptions options_;
};

struct StylizeOptions {
  // 0 is the photo itself, 1 the full style; between them the painting is blended over the photo.
  float strength = 1.0F;
  // The picture is first scaled down to at most this many pixels; 0 means no scaling.
  int64_t max_pixels = 0;
};

enum class Stage { kMeasure, kPaint };

struct Progress {
  Stage stage = Stage::kMeasure;
  double fraction = 0.0;  // of this painting, never decreasing, 1 at the end
};

struct StylizerOptions {
  int threads = 1;  // of the processor, at least 1
};

// One picture on its way, painted in slices of work. The caller keeps calling Step until done() or
// an error; it stops by destroying the job. Nothing else is needed to cancel.
class PaintingJob {
 public:
  virtual ~PaintingJob() = default;

  // Does the next slice of work. After an error the job is only good for destruction.
  virtual Status Step() = 0;
  virtual bool done() const = 0;
  virtual Progress progress() const = 0;

  // The painting, once, when done(). Its size is the photo's after max_pixels.
  virtual Image TakePainting() = 0;
};

class Stylizer {
 public:
  static StatusOr<std::unique_ptr<Stylizer>> Create(const StylizerOptions& options);
  ~Stylizer();

  // Jobs must not outlive the stylizer. Options are checked here; everything else that can fail
  // does so in a step.
  StatusOr<std::unique_ptr<PaintingJob>> Begin(std::shared_ptr<const Generator> generator,
                                               Image photo, const StylizeOptions& options);

  // Begin and all steps. `on_progress`, if any, returns false to stop: the result is kAborted.
  StatusOr<Image> Stylize(std::shared_ptr<const Generator> generator, Image photo,
                          const StylizeOptions& options,
                          const std::function<bool(const Progress&)>& on_progress = nullptr);

  int threads() const;

 private:
  struct State;
  explicit Stylizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace brushwork
