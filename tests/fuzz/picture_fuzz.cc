// Any bytes as a picture: an error that says why, or a picture that the encoders give back.
#include <algorithm>
#include <cstring>
#include <vector>

#include "image/decode.h"
#include "image/encode.h"
#include "image/format.h"
#include "image/mask.h"
#include "image/png_chunks.h"
#include "image/resize.h"
#include "image/stb_decoder.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/picture_builder.h"

namespace brushwork::fuzz {
namespace {

// Larger pictures take the sanitizers longer, and run the same code.
constexpr int64_t kMostPixels = 1 << 20;
constexpr int64_t kFewPixels = 1 << 14;

void CheckSameBytes(const Image& image, const StatusOr<std::vector<uint8_t>>& encoded) {
  Require(encoded.ok(), "a picture can be encoded");
  const StatusOr<Image> again = DecodeImage(*encoded);
  Require(again.ok(), "what is encoded can be decoded");
  Require(again->width() == image.width() && again->height() == image.height() &&
              std::memcmp(again->data(), image.data(), image.bytes().size()) == 0,
          "a PNG holds the picture's own bytes");
}

void UsePicture(const Image& image) {
  if (image.pixel_count() > kFewPixels) return;
  CheckSameBytes(image, EncodePng(image.view()));
  Require(MakeMask(image.view(), 5, 7).ok(), "a picture can be a mask");
  Require(ResizeImage(image.view(), 9, 4).ok(), "a picture can be scaled");
  if (image.width() > 1 && image.height() > 1) {
    Require(ShrinkByAveraging(image.view(), 2).ok(), "a picture can be averaged");
  }
}

void Decode(std::span<const uint8_t> bytes) {
  const int orientation = ReadExifOrientation(bytes);
  Require(orientation >= 1 && orientation <= 8, "an orientation is 1 to 8");
  const StatusOr<ImageFormat> format = SniffImageFormat(bytes);
  if (!format.ok()) return RequireRefusal(DecodeImage(bytes).status());
  const StatusOr<StbSize> size = StbReadSize(*format, bytes);
  const bool is_possible = size.ok() && CheckImageSize(size->width, size->height).ok();
  if (is_possible && int64_t{size->width} * size->height > kMostPixels) return;
  const StatusOr<Image> image = DecodeImage(bytes);
  if (!image.ok()) return RequireRefusal(image.status());
  Require(is_possible && image->pixel_count() == int64_t{size->width} * size->height,
          "a picture has the size that its header says");
  Require(CheckWhole(*format, bytes).ok(), "a picture is all there");
  UsePicture(*image);
}

// The chunks' checksums made right, for otherwise no change would get beyond them.
void MendPng(uint8_t* data, size_t size) {
  PngChunkReader reader({data, size});
  while (const std::optional<PngChunk> chunk = reader.Next()) {
    const testing::Bytes right =
        testing::PngChunkBytes(chunk->type, {chunk->payload.begin(), chunk->payload.end()});
    uint8_t* stored = data + (chunk->payload.data() - data) + chunk->payload.size();
    std::copy(right.end() - 4, right.end(), stored);
  }
}

}  // namespace
}  // namespace brushwork::fuzz

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace brushwork;  // NOLINT
  const size_t changed = LLVMFuzzerMutate(data, size, max_size);
  // One in eight keeps its wrong checksums.
  if (seed % 8 == 0) return changed;
  const StatusOr<ImageFormat> format = SniffImageFormat({data, changed});
  if (format.ok() && *format == ImageFormat::kPng) fuzz::MendPng(data, changed);
  return changed;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  brushwork::fuzz::Decode({data, size});
  return 0;
}
