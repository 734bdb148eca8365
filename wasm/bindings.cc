// Embind: registration and marshalling only. The TypeScript side of these names is
// web/src/engine/module.ts.
#include "bindings.h"

#include <emscripten/bind.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <vector>

#include "image/decode.h"
#include "image/encode.h"

// Where the heap begins, above static data and the stack; set by the linker.
extern "C" unsigned char __heap_base;

namespace brushwork::wasm {
namespace {

using emscripten::val;

// A Uint8Array or Uint8ClampedArray, copied into engine memory.
std::vector<uint8_t> CopyIn(const val& bytes) {
  std::vector<uint8_t> copy(bytes["length"].as<size_t>());
  val(emscripten::typed_memory_view(copy.size(), copy.data())).call<void>("set", bytes);
  return copy;
}

// Engine memory, copied into a new typed array. `slice`, since engine memory moves when it grows
// and may be shared, which ImageData and structured cloning refuse.
val CopyOut(std::span<const uint8_t> bytes) {
  val array = val::global("Uint8Array").new_(bytes.size());
  array.call<void>("set", val(emscripten::typed_memory_view(bytes.size(), bytes.data())));
  return array;
}

StatusOr<Image> ImageFromPixels(const val& pixels, int width, int height) {
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, Image::Create(width, height));
  const size_t length = pixels["length"].as<size_t>();
  if (length != image.bytes().size()) {
    return InvalidArgument("image.data: got " + std::to_string(length) + " bytes, needed " +
                           std::to_string(image.bytes().size()) + " for " + std::to_string(width) +
                           "x" + std::to_string(height) + " RGBA pixels");
  }
  val(emscripten::typed_memory_view(length, image.data())).call<void>("set", pixels);
  return image;
}

val ReturnPhoto(StatusOr<Image> image) {
  if (!image.ok()) return Failure(image.status());
  return Success(std::make_shared<Photo>(std::move(*image)));
}

val DecodePhoto(const val& bytes) {
  return AtBorder([&] { return ReturnPhoto(DecodeImage(CopyIn(bytes))); });
}

val PhotoFromPixels(const val& pixels, int width, int height) {
  return AtBorder([&] { return ReturnPhoto(ImageFromPixels(pixels, width, height)); });
}

template <typename Encode>
val EncodePixels(const val& pixels, int width, int height, Encode encode) {
  return AtBorder([&] {
    StatusOr<Image> image = ImageFromPixels(pixels, width, height);
    if (!image.ok()) return Failure(image.status());
    StatusOr<std::vector<uint8_t>> encoded = encode(image->view());
    if (!encoded.ok()) return Failure(encoded.status());
    return Success(CopyOut(*encoded));
  });
}

val EncodePngPixels(const val& pixels, int width, int height) {
  return EncodePixels(pixels, width, height, EncodePng);
}

val EncodeJpegPixels(const val& pixels, int width, int height, int quality) {
  return EncodePixels(pixels, width, height,
                      [quality](ImageView image) { return EncodeJpeg(image, quality); });
}

// { low, high, bgr }
ColorEncoding ReadColorEncoding(const val& encoding) {
  return {.low = encoding["low"].as<float>(),
          .high = encoding["high"].as<float>(),
          .order = encoding["bgr"].as<bool>() ? ChannelOrder::kBgr : ChannelOrder::kRgb};
}

// options: { input, output: colour encodings, float: boolean }
val LoadGenerator(const val& onnx, const val& options) {
  return AtBorder([&] {
    auto generator = Generator::Load(
        CopyIn(onnx),
        {.input = ReadColorEncoding(options["input"]),
         .output = ReadColorEncoding(options["output"]),
         .precision = options["float"].as<bool>() ? Precision::kFloat : Precision::kAuto});
    if (!generator.ok()) return Failure(generator.status());
    return Success(std::make_shared<GeneratorHandle>(std::move(*generator)));
  });
}

val CreateEngine(int threads) {
  return AtBorder([&] {
    auto stylizer = Stylizer::Create({.threads = threads});
    if (!stylizer.ok()) return Failure(stylizer.status());
    return Success(std::make_shared<Engine>(std::shared_ptr<Stylizer>(std::move(*stylizer))));
  });
}

// maxPixels beyond what an integer holds (Infinity included) means no limit, as 0 does.
int64_t PixelLimit(double max_pixels) {
  constexpr double kNone = 9.0e15;
  return max_pixels > 0 && max_pixels < kNone ? static_cast<int64_t>(max_pixels) : 0;
}

// Uses up the photo's pixels; the handle is still the caller's to delete.
val Begin(Engine& engine, const std::shared_ptr<GeneratorHandle>& generator,
          const std::shared_ptr<Photo>& photo, float strength, double max_pixels) {
  return AtBorder([&] {
    auto job = engine.stylizer->Begin(generator->generator, std::move(photo->image),
                                      {.strength = strength, .max_pixels = PixelLimit(max_pixels)});
    if (!job.ok()) return Failure(job.status());
    return Success(std::make_shared<Job>(engine.stylizer, std::move(*job)));
  });
}

// { value: done }
val Step(Job& job) {
  return AtBorder([&] {
    const Status status = job.painting->Step();
    return status.ok() ? Success(job.painting->done()) : Failure(status);
  });
}

bool IsMeasuring(const Job& job) { return job.painting->progress().stage == Stage::kMeasure; }
double Fraction(const Job& job) { return job.painting->progress().fraction; }

// { value: { width, height, data } }
val TakePainting(Job& job) {
  return AtBorder([&] {
    if (!job.painting->done()) return Failure(Internal("the painting is not finished"));
    const Image painting = job.painting->TakePainting();
    val result = val::object();
    result.set("width", painting.width());
    result.set("height", painting.height());
    result.set("data", CopyOut(painting.bytes()));
    return Success(result);
  });
}

int PhotoWidth(const Photo& photo) { return photo.image.width(); }
int PhotoHeight(const Photo& photo) { return photo.image.height(); }

// Bytes in use: everything below the heap, and what is allocated in it.
double MemoryInUse() {
  return static_cast<double>(reinterpret_cast<uintptr_t>(&__heap_base)) +
         static_cast<double>(static_cast<size_t>(mallinfo().uordblks));
}

// The most the engine ever needed: the end of its heap, which never shrinks.
double MemoryPeak() { return static_cast<double>(reinterpret_cast<uintptr_t>(sbrk(0))); }

int LiveObjects() { return Counted::count(); }

}  // namespace

EMSCRIPTEN_BINDINGS(brushwork) {
  emscripten::class_<Photo>("Photo")
      .smart_ptr<std::shared_ptr<Photo>>("Photo")
      .property("width", &PhotoWidth)
      .property("height", &PhotoHeight);
  emscripten::class_<GeneratorHandle>("Generator")
      .smart_ptr<std::shared_ptr<GeneratorHandle>>("Generator");
  emscripten::class_<Job>("Job")
      .smart_ptr<std::shared_ptr<Job>>("Job")
      .function("step", &Step)
      .function("isMeasuring", &IsMeasuring)
      .function("fraction", &Fraction)
      .function("takePainting", &TakePainting);
  emscripten::class_<Engine>("Engine").smart_ptr<std::shared_ptr<Engine>>("Engine").function(
      "begin", &Begin);
  emscripten::function("createEngine", &CreateEngine);
  emscripten::function("loadGenerator", &LoadGenerator);
  emscripten::function("decodePhoto", &DecodePhoto);
  emscripten::function("photoFromPixels", &PhotoFromPixels);
  emscripten::function("encodePng", &EncodePngPixels);
  emscripten::function("encodeJpeg", &EncodeJpegPixels);
  emscripten::function("memoryInUse", &MemoryInUse);
  emscripten::function("memoryPeak", &MemoryPeak);
  emscripten::function("liveObjects", &LiveObjects);
}

}  // namespace brushwork::wasm
