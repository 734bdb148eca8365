// Embind: what painting videos needs beside the engine. A program of its own, for pages that paint
// photos don't download it. The TypeScript side of these names is web/src/engine/video-program.ts.
#include <emscripten/bind.h>

#include <memory>

#include "bindings.h"
#include "marshal.h"
#include "memory.h"
#include "video/frame_steadier.h"

namespace brushwork::wasm {
namespace {

using emscripten::val;

// What is kept of one stream of frames.
struct Steadier : Counted {
  explicit Steadier(float steadiness) : frames(steadiness) {}
  FrameSteadier frames;
};

val CreateSteadier(float steadiness) {
  return AtBorder([&] { return Success(std::make_shared<Steadier>(steadiness)); });
}

// { value: whether it continues the frame before }
val Observe(Steadier& steadier, const val& pixels, int width, int height) {
  return AtBorder([&] {
    const auto frame = ImageFromPixels(pixels, width, height);
    if (!frame.ok()) return Failure(frame.status());
    const auto relation = steadier.frames.Observe(frame->view());
    return relation.ok() ? Success(*relation == FrameRelation::kContinues)
                         : Failure(relation.status());
  });
}

// { value: Uint8Array }: the pixels to show.
val Steady(Steadier& steadier, const val& pixels, int width, int height) {
  return AtBorder([&] {
    auto painted = ImageFromPixels(pixels, width, height);
    if (!painted.ok()) return Failure(painted.status());
    const Status status = steadier.frames.Steady(*painted);
    return status.ok() ? Success(CopyOut(painted->bytes())) : Failure(status);
  });
}

int LiveObjects() { return Counted::count(); }

}  // namespace

EMSCRIPTEN_BINDINGS(brushwork_video) {
  emscripten::class_<Steadier>("Steadier")
      .smart_ptr<std::shared_ptr<Steadier>>("Steadier")
      .function("observe", &Observe)
      .function("steady", &Steady);
  emscripten::function("createSteadier", &CreateSteadier);
  emscripten::function("memoryInUse", &MemoryInUse);
  emscripten::function("memoryPeak", &MemoryPeak);
  emscripten::function("liveObjects", &LiveObjects);
}

}  // namespace brushwork::wasm
