// How the façade's values cross into JavaScript, and nothing else. Calls that can fail return what
// outcome.h says.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "image/image.h"
#include "image/mask.h"
#include "outcome.h"
#include "style_encoder.h"
#include "stylizer.h"

namespace brushwork::wasm {

// Counts the objects JavaScript holds handles to. Tests check that none is left.
class Counted {
 public:
  Counted() { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  static int count() { return count_; }

 private:
  static inline std::atomic<int> count_ = 0;
};

// A decoded or given photo, in engine memory. Used up by Engine::begin.
struct Photo : Counted {
  explicit Photo(Image pixels) : image(std::move(pixels)) {}
  Image image;
};

// Where to paint.
struct MaskHandle : Counted {
  explicit MaskHandle(Mask made) : mask(std::make_shared<const Mask>(std::move(made))) {}
  std::shared_ptr<const Mask> mask;
};

// A loaded model.
struct GeneratorHandle : Counted {
  explicit GeneratorHandle(std::shared_ptr<const Generator> loaded)
      : generator(std::move(loaded)) {}
  std::shared_ptr<const Generator> generator;
};

// A loaded style encoder.
struct EncoderHandle : Counted {
  explicit EncoderHandle(std::shared_ptr<const StyleEncoder> loaded) : encoder(std::move(loaded)) {}
  std::shared_ptr<const StyleEncoder> encoder;
};

// One painting on its way. Deleting it stops it.
struct Job : Counted {
  Job(std::shared_ptr<Stylizer> owner, std::unique_ptr<PaintingJob> job)
      : stylizer(std::move(owner)), painting(std::move(job)) {}
  std::shared_ptr<Stylizer> stylizer;  // outlives `painting`, as it must
  std::unique_ptr<PaintingJob> painting;
};

struct Engine : Counted {
  explicit Engine(std::shared_ptr<Stylizer> created) : stylizer(std::move(created)) {}
  std::shared_ptr<Stylizer> stylizer;
};

}  // namespace brushwork::wasm
