// Writes what the fuzz targets start from, made by our own builders:
//   make_fuzz_corpus FOLDER
// FOLDER/TARGET/NAME are the inputs of tests/fuzz/TARGET.cc.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "image/encode.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/operator_cases.h"
#include "tests/support/picture_builder.h"
#include "tests/support/random.h"

namespace {

namespace fs = std::filesystem;
using namespace brushwork;           // NOLINT
using namespace brushwork::testing;  // NOLINT

// One target's folder.
class Corpus {
 public:
  Corpus(const fs::path& folder, const std::string& target) : folder_(folder / target) {
    fs::create_directories(folder_);
  }

  void Add(const std::string& name, const Bytes& bytes) {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) throw std::runtime_error("can't write " + (folder_ / name).string());
  }

 private:
  fs::path folder_;
};

Bytes Png(int bits, PngColor color, const Bytes& raw) {
  Bytes palette;
  if (color == PngColor::kPalette) {
    palette = Concatenate({PngChunkBytes("PLTE", {10, 20, 30, 40, 50, 60, 70, 80, 90}),
                           PngChunkBytes("tRNS", {255, 0, 128})});
  }
  const Bytes exif = PngChunkBytes("eXIf", ExifTiff(ByteOrder::kBigEndian, 6));
  return Concatenate(
      {PngSignature(), PngHeader(3, 2, bits, color), palette, exif, PngPixels(raw), PngEnd()});
}

void AddPngs(Corpus& corpus) {
  corpus.Add("palette.png", Png(8, PngColor::kPalette, {0, 0, 1, 2, 4, 2, 1, 0}));
  corpus.Add("bits.png", Png(1, PngColor::kGray, {0, 0xA0, 2, 0x40}));
  const auto rows = [](size_t bytes) {
    Bytes raw(2 * (bytes + 1), 7);
    raw[0] = 1;
    raw[bytes + 1] = 3;
    return raw;
  };
  corpus.Add("deep.png", Png(16, PngColor::kRgb, rows(18)));
  corpus.Add("gray_alpha.png", Png(8, PngColor::kGrayAlpha, rows(6)));
  corpus.Add("compressed.png", EncodePng(MakeNoise(6, 5, 5, false).view()).value());
  corpus.Add("inflating.png", Concatenate({PngSignature(), PngHeader(40, 40, 8, PngColor::kGray),
                                           PngInflatingPixels(8), PngEnd()}));
}

void AddPictures(Corpus& corpus) {
  AddPngs(corpus);
  const Image noise = MakeNoise(16, 16, 5, true);
  const Bytes jpeg = EncodeJpeg(noise.view(), 60).value();
  corpus.Add("baseline.jpg", jpeg);
  corpus.Add("turned.jpg", WithJpegSegment(jpeg, 0xE1, ExifSegment(ByteOrder::kLittleEndian, 8)));
  corpus.Add("gray.progressive.jpg", TinyProgressiveJpeg({178}));
  corpus.Add("colour.progressive.jpg", TinyProgressiveJpeg({178, 100, 50}));
  corpus.Add("cmyk.progressive.jpg", TinyProgressiveJpeg({200, 100, 50, 255}));
  corpus.Add("rows.bmp", Bmp24(MakeNoise(3, 2, 5, true)));
  corpus.Add("frame.gif", BuildGif({.width = 4,
                                    .height = 2,
                                    .background = 1,
                                    .palette = {{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {9, 9, 9}}},
                                    .frames = {{1, 0, 3, 2, {0, 1, 2, 3, 3, 2}, 2}}}));
}

// Each model by itself for the reader, behind four bytes of settings for the planner.
class Models {
 public:
  explicit Models(const fs::path& folder)
      : reader_(folder, "onnx_fuzz"), planner_(folder, "plan_fuzz") {}

  void Add(const std::string& name, const Bytes& model) {
    reader_.Add(name + ".onnx", model);
    for (const uint8_t flags : {0, 2}) {
      const Bytes settings{static_cast<uint8_t>(random_.Integer(0, 47)),
                           static_cast<uint8_t>(random_.Integer(0, 47)),
                           static_cast<uint8_t>(flags | random_.Integer(0, 3) << 2),
                           static_cast<uint8_t>(random_.Integer(0, 255))};
      planner_.Add(name + "." + std::to_string(flags), Concatenate({settings, model}));
    }
  }

 private:
  Corpus reader_;
  Corpus planner_;
  Random random_{11};
};

void AddModels(Models& models) {
  for (const OperatorCase& made : AllOperatorCases()) models.Add(made.name, made.model);
  const StyleVector style = RandomStyle(1);
  models.Add("conditional", ConditionalGenerator(style));
  models.Add("conditional_float", ConditionalGenerator(style, {.quantized = false}));
  models.Add("conditional_thumbnail", ConditionalGenerator(style, {.thumbnail = 16}));
}

// Bytes to choose graphs by.
void AddChoices(Corpus& corpus) {
  Random random(13);
  for (int i = 0; i < 64; ++i) {
    Bytes bytes(static_cast<size_t>(random.Integer(8, 160)));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Integer(0, 255));
    corpus.Add("choices_" + std::to_string(i), bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_fuzz_corpus FOLDER\n", stderr);
    return 2;
  }
  try {
    const fs::path folder = argv[1];
    Corpus pictures(folder, "picture_fuzz");
    AddPictures(pictures);
    Models models(folder);
    AddModels(models);
    Corpus choices(folder, "differential_fuzz");
    AddChoices(choices);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_fuzz_corpus: %s\n", error.what());
    return 1;
  }
  return 0;
}
