// Embind: registration and marshalling only. The TypeScript side of these names is
// web/src/engine/module.ts.
#include "bindings.h"

#include <emscripten/bind.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "brush.h"
#include "finishing.h"
#include "image/decode.h"
#include "image/encode.h"
#include "image/resize.h"
#include "marshal.h"
#include "memory.h"

namespace brushwork::wasm {

using emscripten::val;

namespace {

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

// Scales the photo down to at most this many pixels, here and now.
val ScalePhoto(Photo& photo, double max_pixels) {
  return AtBorder([&] {
    const Image& image = photo.image;
    // Infinity is more than any picture has.
    const double pixels = std::min(max_pixels, static_cast<double>(image.pixel_count()));
    const ImageSize size = FitPixels(image.width(), image.height(),
                                     std::max<int64_t>(1, static_cast<int64_t>(pixels)));
    if (size.width == image.width() && size.height == image.height()) return Success(true);
    StatusOr<Image> scaled = ResizeImage(image.view(), size.width, size.height);
    if (!scaled.ok()) return Failure(scaled.status());
    photo.image = std::move(*scaled);
    return Success(true);
  });
}

// { value: Uint8Array } of the photo's rows, to be sent to another engine.
val PhotoRows(const Photo& photo, const val& rows) {
  return AtBorder([&] {
    const auto copy = CopyRows(photo.image, ReadRows(rows));
    return copy.ok() ? Success(CopyOut(copy->bytes())) : Failure(copy.status());
  });
}

// The photo's rows as a photo of their own.
val CutPhoto(const Photo& photo, const val& rows) {
  return AtBorder([&] { return ReturnPhoto(CopyRows(photo.image, ReadRows(rows))); });
}

// The photo at the size at which this brush paints it, as a photo of its own.
val CopyForBrush(const Photo& photo, float brush) {
  return AtBorder([&] { return ReturnPhoto(BrushCopy(photo.image.view(), brush)); });
}

// { value: { width, height, data } }: FinishPainting. The photo is not used up.
// settings: ReadComposeOptions
val FinishPhoto(const Photo& photo, const val& painting, int width, int height,
                const val& settings) {
  return AtBorder([&] {
    StatusOr<Image> pixels = ImageFromPixels(painting, width, height);
    if (!pixels.ok()) return Failure(pixels.status());
    const StylizeOptions options = ReadComposeOptions(settings);
    const auto finished = FinishPainting(photo.image.view(), std::move(*pixels),
                                         {options.strength, options.preserve_color}, options.mask);
    return finished.ok() ? Success(WriteImage(*finished)) : Failure(finished.status());
  });
}

// Of a picture, at this size: MakeMask. The picture is not used up.
val CreateMask(const Photo& picture, int width, int height) {
  return AtBorder([&] {
    StatusOr<Mask> mask = MakeMask(picture.image.view(), width, height);
    if (!mask.ok()) return Failure(mask.status());
    return Success(std::make_shared<MaskHandle>(std::move(*mask)));
  });
}

// options: ReadGeneratorOptions
val LoadGenerator(const val& onnx, const val& options) {
  return AtBorder([&] {
    auto generator = Generator::Load(CopyIn(onnx), ReadGeneratorOptions(options));
    if (!generator.ok()) return Failure(generator.status());
    return Success(std::make_shared<GeneratorHandle>(std::move(*generator)));
  });
}

int ThumbnailSide(const GeneratorHandle& generator) {
  return generator.generator->thumbnail_side();
}

int GeneratorStyleSize(const GeneratorHandle& generator) {
  return static_cast<int>(generator.generator->style_size());
}

val LoadEncoder(const val& onnx) {
  return AtBorder([&] {
    auto encoder = StyleEncoder::Load(CopyIn(onnx));
    if (!encoder.ok()) return Failure(encoder.status());
    return Success(std::make_shared<EncoderHandle>(std::move(*encoder)));
  });
}

int EncoderStyleSize(const EncoderHandle& encoder) {
  return static_cast<int>(encoder.encoder->style_size());
}

// { value: PackStyle's bytes }. The photo is not used up.
val EncodeStyle(const EncoderHandle& encoder, const Photo& photo) {
  return AtBorder([&] {
    const auto style = encoder.encoder->Encode(photo.image.view());
    return style.ok() ? Success(CopyOut(PackStyle(*style))) : Failure(style.status());
  });
}

// { value: { style: Float32Array, blend } }. The photo is not used up.
val Weaken(const EncoderHandle& encoder, const Photo& photo, const val& style, float strength) {
  return AtBorder([&] {
    const auto weakened =
        WeakenStyle(*encoder.encoder, photo.image.view(), ReadStyle(style), strength);
    if (!weakened.ok()) return Failure(weakened.status());
    val result = val::object();
    result.set("style", WriteStyle(weakened->style));
    result.set("blend", weakened->blend);
    return Success(result);
  });
}

// { value: Float32Array }; ReadWeightedStyles, BlendStyles
val Blend(const val& vectors, const val& weights) {
  return AtBorder([&] {
    const auto styles = ReadWeightedStyles(vectors, weights);
    if (!styles.ok()) return Failure(styles.status());
    const auto blended = BlendStyles(*styles);
    return blended.ok() ? Success(WriteStyle(*blended)) : Failure(blended.status());
  });
}

StatusOr<NormStatistics> BlendRead(const val& current, const val& previous, float steadiness) {
  BRUSHWORK_ASSIGN_OR_RETURN(NormStatistics now, ReadStatistics(current));
  BRUSHWORK_ASSIGN_OR_RETURN(const NormStatistics before, ReadStatistics(previous));
  return BlendStatistics(std::move(now), before, steadiness);
}

// { value: packed statistics }: BlendStatistics of two packed ones
val BlendPackedStatistics(const val& current, const val& previous, float steadiness) {
  return AtBorder([&] {
    const auto blended = BlendRead(current, previous, steadiness);
    return blended.ok() ? Success(WriteStatistics(*blended)) : Failure(blended.status());
  });
}

// options: ReadStylizerOptions
val CreateEngine(const val& options) {
  return AtBorder([&] {
    auto stylizer = Stylizer::Create(ReadStylizerOptions(options));
    if (!stylizer.ok()) return Failure(stylizer.status());
    return Success(std::make_shared<Engine>(std::shared_ptr<Stylizer>(std::move(*stylizer))));
  });
}

val ReturnJob(const Engine& engine, StatusOr<std::unique_ptr<PaintingJob>> job) {
  if (!job.ok()) return Failure(job.status());
  return Success(std::make_shared<Job>(engine.stylizer, std::move(*job)));
}

// Uses up the photo's pixels; the handle is still the caller's to delete. options:
// ReadStylizeOptions
val Begin(Engine& engine, const std::shared_ptr<GeneratorHandle>& generator,
          const std::shared_ptr<Photo>& photo, const val& options) {
  return AtBorder([&] {
    const auto read = ReadStylizeOptions(options);
    if (!read.ok()) return Failure(read.status());
    return ReturnJob(engine,
                     engine.stylizer->Begin(generator->generator, std::move(photo->image), *read));
  });
}

// Measures a copy of the photo, which is still to be painted.
val BeginMeasurement(Engine& engine, const std::shared_ptr<GeneratorHandle>& generator,
                     const std::shared_ptr<Photo>& photo, const val& options) {
  return AtBorder([&] {
    const auto read = ReadStylizeOptions(options);
    if (!read.ok()) return Failure(read.status());
    return ReturnJob(engine,
                     engine.stylizer->BeginMeasurement(generator->generator, photo->image, *read));
  });
}

// segment: { firstRow, height, rows: { begin, end }, statistics: packed ones, style:
// ReadOptionalStyle, ReadComposeOptions' }; its mask has the size of the photo's pixels, which are
// used up.
val BeginSegment(Engine& engine, const std::shared_ptr<GeneratorHandle>& generator,
                 const std::shared_ptr<Photo>& photo, const val& segment) {
  return AtBorder([&] {
    StatusOr<NormStatistics> statistics = ReadStatistics(segment["statistics"]);
    if (!statistics.ok()) return Failure(statistics.status());
    StylizeOptions options = ReadComposeOptions(segment);
    options.statistics = StatisticsSource::kGiven;
    options.given = std::make_shared<const NormStatistics>(std::move(*statistics));
    options.style = ReadOptionalStyle(segment["style"]);
    PictureSegment picture{.photo = std::move(photo->image),
                           .first_row = segment["firstRow"].as<int>(),
                           .height = segment["height"].as<int>(),
                           .rows = ReadRows(segment["rows"])};
    return ReturnJob(
        engine, engine.stylizer->BeginSegment(generator->generator, std::move(picture), options));
  });
}

// { value: { begin, end } }: what painting `rows` of a picture of this size reads.
val SegmentRows(Engine& engine, const std::shared_ptr<GeneratorHandle>& generator, int width,
                int height, const val& rows) {
  return AtBorder([&] {
    const auto needed =
        engine.stylizer->SegmentRows(generator->generator, width, height, ReadRows(rows));
    return needed.ok() ? Success(WriteRows(*needed)) : Failure(needed.status());
  });
}

// { value: JSON of the last painting's steps }, empty unless the engine profiles
val Profile(Engine& engine) {
  return AtBorder([&] { return Success(ProfileJson(engine.stylizer->profile())); });
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

// { value: { width, height, top, data } } of rows; height is the painting's
val TakeRows(Job& job) {
  return AtBorder([&] {
    const auto [painting, rows] = job.painting->TakeFreshRows();
    return Success(WriteRowsOf(painting, rows));
  });
}

// { value: { width, height, data } }
val TakePainting(Job& job) {
  return AtBorder([&] {
    if (!job.painting->done()) return Failure(Internal("the painting is not finished"));
    return Success(WriteImage(job.painting->TakePainting()));
  });
}

// { value: packed statistics }, when done
val Statistics(Job& job) {
  return AtBorder([&] {
    if (!job.painting->done()) return Failure(Internal("the statistics are not measured"));
    return Success(WriteStatistics(job.painting->statistics()));
  });
}

std::string StatisticsSourceOf(const Job& job) {
  return std::string(SourceName(job.painting->statistics_source()));
}

int PhotoWidth(const Photo& photo) { return photo.image.width(); }
int PhotoHeight(const Photo& photo) { return photo.image.height(); }

int LiveObjects() { return Counted::count(); }

}  // namespace

EMSCRIPTEN_BINDINGS(brushwork) {
  emscripten::class_<Photo>("Photo")
      .smart_ptr<std::shared_ptr<Photo>>("Photo")
      .property("width", &PhotoWidth)
      .property("height", &PhotoHeight)
      .function("scale", &ScalePhoto)
      .function("rows", &PhotoRows)
      .function("cut", &CutPhoto)
      .function("copyForBrush", &CopyForBrush)
      .function("finish", &FinishPhoto);
  emscripten::class_<MaskHandle>("Mask").smart_ptr<std::shared_ptr<MaskHandle>>("Mask");
  emscripten::class_<GeneratorHandle>("Generator")
      .smart_ptr<std::shared_ptr<GeneratorHandle>>("Generator")
      .property("thumbnailSide", &ThumbnailSide)
      .property("styleSize", &GeneratorStyleSize);
  emscripten::class_<EncoderHandle>("Encoder")
      .smart_ptr<std::shared_ptr<EncoderHandle>>("Encoder")
      .property("styleSize", &EncoderStyleSize)
      .function("encode", &EncodeStyle)
      .function("weaken", &Weaken);
  emscripten::class_<Job>("Job")
      .smart_ptr<std::shared_ptr<Job>>("Job")
      .function("step", &Step)
      .function("isMeasuring", &IsMeasuring)
      .function("fraction", &Fraction)
      .function("takeRows", &TakeRows)
      .function("takePainting", &TakePainting)
      .function("statistics", &Statistics)
      .function("statisticsSource", &StatisticsSourceOf);
  emscripten::class_<Engine>("Engine")
      .smart_ptr<std::shared_ptr<Engine>>("Engine")
      .function("begin", &Begin)
      .function("beginMeasurement", &BeginMeasurement)
      .function("beginSegment", &BeginSegment)
      .function("segmentRows", &SegmentRows)
      .function("profile", &Profile);
  emscripten::function("createEngine", &CreateEngine);
  emscripten::function("loadGenerator", &LoadGenerator);
  emscripten::function("loadEncoder", &LoadEncoder);
  emscripten::function("blendStyles", &Blend);
  emscripten::function("blendStatistics", &BlendPackedStatistics);
  emscripten::function("createMask", &CreateMask);
  emscripten::function("decodePhoto", &DecodePhoto);
  emscripten::function("photoFromPixels", &PhotoFromPixels);
  emscripten::function("encodePng", &EncodePngPixels);
  emscripten::function("encodeJpeg", &EncodeJpegPixels);
  emscripten::function("memoryInUse", &MemoryInUse);
  emscripten::function("memoryPeak", &MemoryPeak);
  emscripten::function("liveObjects", &LiveObjects);
}

}  // namespace brushwork::wasm
