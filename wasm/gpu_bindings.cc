// Embind: what the WebGPU path needs beside ONNX Runtime Web and the engine. A program of its own,
// for pages that paint on the CPU don't download it. The TypeScript side of these names is
// web/src/gpu/module.ts.
#include <emscripten/bind.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "bindings.h"
#include "gpu/coefficients.h"
#include "gpu/float_graph.h"
#include "gpu/tiles.h"
#include "marshal.h"

namespace brushwork::wasm {
namespace {

using emscripten::val;

// A generator that a GPU paints with.
struct GpuGenerator : Counted {
  GpuGenerator(std::shared_ptr<const Model> read, FloatGraph exported,
               std::vector<GraphNormalization> scaled, const GeneratorOptions& colours)
      : model(std::move(read)),
        graph(std::move(exported)),
        normalizations(std::move(scaled)),
        options(colours) {}
  std::shared_ptr<const Model> model;
  FloatGraph graph;  // its onnx only until takeModel
  std::vector<GraphNormalization> normalizations;
  GeneratorOptions options;
};

struct Tiles : Counted {
  Tiles(PaintingTiles cut, int columns, int rows)
      : tiles(std::move(cut)), width(columns), height(rows) {}
  PaintingTiles tiles;
  int width;  // of the picture
  int height;
};

val LoadGpuGenerator(const val& onnx, const val& options) {
  return AtBorder([&] {
    auto model = Model::Read(CopyIn(onnx));
    if (!model.ok()) return Failure(model.status());
    auto graph = ExportFloatGraph(*model);
    if (!graph.ok()) return Failure(graph.status());
    auto normalizations = GraphNormalizations(*model);
    if (!normalizations.ok()) return Failure(normalizations.status());
    return Success(std::make_shared<GpuGenerator>(std::make_shared<const Model>(std::move(*model)),
                                                  std::move(*graph), std::move(*normalizations),
                                                  ReadGeneratorOptions(options)));
  });
}

int CoefficientCount(const GpuGenerator& generator) {
  return static_cast<int>(generator.graph.coefficients);
}
double BytesPerPixel(const GpuGenerator& generator) { return generator.graph.bytes_per_pixel; }

// { value: Uint8Array }, once: ONNX Runtime has its own copy.
val TakeModel(GpuGenerator& generator) {
  return AtBorder([&] {
    const std::vector<uint8_t> onnx = std::exchange(generator.graph.onnx, {});
    return Success(CopyOut(onnx));
  });
}

// { value: Float32Array }. packed: ReadStatistics; style: ReadOptionalStyle
val MakeCoefficients(const GpuGenerator& generator, const val& packed, const val& style) {
  return AtBorder([&] {
    const auto statistics = ReadStatistics(packed);
    if (!statistics.ok()) return Failure(statistics.status());
    const auto coefficients =
        Coefficients(generator.normalizations, *statistics, ReadOptionalStyle(style).get());
    return coefficients.ok() ? Success(CopyFloatsOut(*coefficients))
                             : Failure(coefficients.status());
  });
}

val CreateTiles(const GpuGenerator& generator, int width, int height, double max_pixels) {
  return AtBorder([&] {
    // Infinity is more than any picture has.
    const auto pixels = static_cast<int64_t>(std::clamp(max_pixels, 0.0, 1.0e15));
    auto tiles = PaintingTiles::Create(*generator.model, generator.options.input,
                                       generator.options.output, width, height, pixels);
    if (!tiles.ok()) return Failure(tiles.status());
    return Success(std::make_shared<Tiles>(std::move(*tiles), width, height));
  });
}

int TileCount(const Tiles& tiles) { return static_cast<int>(tiles.tiles.tiles().size()); }
int TileHeight(const Tiles& tiles) { return static_cast<int>(tiles.tiles.tile_height()); }
int TileWidth(const Tiles& tiles) { return static_cast<int>(tiles.tiles.tile_width()); }

// { begin, end }. As everywhere in this file, `tile` is one that is there.
val PhotoRows(const Tiles& tiles, int tile) {
  return WriteRows(tiles.tiles.PhotoRows(static_cast<size_t>(tile)));
}
val PaintedRows(const Tiles& tiles, int tile) {
  return WriteRows(tiles.tiles.tiles()[static_cast<size_t>(tile)].painted);
}

// { value: Float32Array } of the pixels of PhotoRows
val ReadTile(const Tiles& tiles, int tile, const val& pixels) {
  return AtBorder([&] {
    const RowRange rows = tiles.tiles.PhotoRows(static_cast<size_t>(tile));
    const auto photo = ImageFromPixels(pixels, tiles.width, static_cast<int>(rows.size()));
    if (!photo.ok()) return Failure(photo.status());
    const auto planes =
        tiles.tiles.Read({photo->view(), rows.begin, tiles.height}, static_cast<size_t>(tile));
    return planes.ok() ? Success(CopyFloatsOut(*planes)) : Failure(planes.status());
  });
}

// { value: Uint8Array }, the pixels of PaintedRows
val WriteTile(const Tiles& tiles, int tile, const val& planes) {
  return AtBorder([&] {
    const auto painted = tiles.tiles.Write(static_cast<size_t>(tile), CopyFloatsIn(planes));
    return painted.ok() ? Success(CopyOut(painted->bytes())) : Failure(painted.status());
  });
}

int LiveObjects() { return Counted::count(); }

}  // namespace

EMSCRIPTEN_BINDINGS(brushwork_gpu) {
  emscripten::class_<GpuGenerator>("GpuGenerator")
      .smart_ptr<std::shared_ptr<GpuGenerator>>("GpuGenerator")
      .property("coefficientCount", &CoefficientCount)
      .property("bytesPerPixel", &BytesPerPixel)
      .function("takeModel", &TakeModel)
      .function("coefficients", &MakeCoefficients)
      .function("createTiles", &CreateTiles);
  emscripten::class_<Tiles>("Tiles")
      .smart_ptr<std::shared_ptr<Tiles>>("Tiles")
      .property("count", &TileCount)
      .property("height", &TileHeight)
      .property("width", &TileWidth)
      .function("photoRows", &PhotoRows)
      .function("paintedRows", &PaintedRows)
      .function("read", &ReadTile)
      .function("write", &WriteTile);
  emscripten::function("loadGpuGenerator", &LoadGpuGenerator);
  emscripten::function("liveObjects", &LiveObjects);
}

}  // namespace brushwork::wasm
