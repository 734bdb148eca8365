// Exif 2.32, section 4.6: the metadata is a small TIFF file inside the picture.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/byte_reader.h"
#include "image/decode.h"
#include "image/format.h"
#include "image/jpeg_segments.h"
#include "image/png_chunks.h"

namespace brushwork {
namespace {

constexpr int kUpright = 1;

// The orientation in a TIFF header and its first directory.
int ReadTiffOrientation(std::span<const uint8_t> tiff) {
  constexpr uint16_t kOrientationTag = 0x0112;
  constexpr uint16_t kShortType = 3;
  constexpr size_t kEntryBytes = 12;
  const std::optional<uint16_t> mark = ByteReader(tiff, ByteOrder::kBigEndian).ReadU16(0);
  if (mark != 0x4949 && mark != 0x4D4D) return kUpright;  // "II" or "MM"
  const ByteReader reader(tiff, mark == 0x4949 ? ByteOrder::kLittleEndian : ByteOrder::kBigEndian);
  const std::optional<uint32_t> directory = reader.ReadU32(4);
  if (reader.ReadU16(2) != 42 || !directory) return kUpright;
  const uint16_t entries = reader.ReadU16(*directory).value_or(0);
  for (size_t i = 0; i < entries; ++i) {
    // In a size_t of 32 bits a wrapped offset lands on other bytes of the file, never outside.
    const size_t entry = *directory + 2 + i * kEntryBytes;
    if (reader.ReadU16(entry) != kOrientationTag) continue;
    const uint16_t value = reader.ReadU16(entry + 8).value_or(0);
    const bool is_valid = reader.ReadU16(entry + 2) == kShortType &&
                          reader.ReadU32(entry + 4) == 1U && value >= 1 && value <= 8;
    return is_valid ? value : kUpright;
  }
  return kUpright;
}

int ReadJpegOrientation(std::span<const uint8_t> bytes) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  JpegSegmentReader reader(bytes);
  while (const std::optional<JpegSegment> segment = reader.Next()) {
    if (segment->marker == jpeg_marker::kStartOfScan) break;
    const auto& payload = segment->payload;
    // APP1 is also where XMP lives.
    if (segment->marker == jpeg_marker::kApp1 && payload.size() >= kExif.size() &&
        std::memcmp(payload.data(), kExif.data(), kExif.size()) == 0) {
      return ReadTiffOrientation(payload.subspan(kExif.size()));
    }
  }
  return kUpright;
}

int ReadPngOrientation(std::span<const uint8_t> bytes) {
  PngChunkReader reader(bytes);
  while (const std::optional<PngChunk> chunk = reader.Next()) {
    if (chunk->type == "eXIf") return ReadTiffOrientation(chunk->payload);
    if (chunk->type == "IEND") break;
  }
  return kUpright;
}

void CopyPixel(const uint8_t* from, uint8_t* to) { std::memcpy(to, from, 4); }

void MirrorRows(Image& image) {
  for (int y = 0; y < image.height(); ++y) {
    uint8_t* left = image.row(y);
    uint8_t* right = left + (static_cast<size_t>(image.width()) - 1) * 4;
    for (; left < right; left += 4, right -= 4) std::swap_ranges(left, left + 4, right);
  }
}

void FlipColumns(Image& image) {
  const size_t row_bytes = static_cast<size_t>(image.width()) * 4;
  for (int y = 0; y < image.height() / 2; ++y) {
    std::swap_ranges(image.row(y), image.row(y) + row_bytes, image.row(image.height() - 1 - y));
  }
}

// Rows become columns. In tiles, so that both pictures stay in the cache.
StatusOr<Image> Transpose(const Image& image) {
  constexpr int kTile = 32;
  BRUSHWORK_ASSIGN_OR_RETURN(Image turned, Image::Create(image.height(), image.width()));
  for (int y0 = 0; y0 < image.height(); y0 += kTile) {
    const int y1 = std::min(y0 + kTile, image.height());
    for (int x0 = 0; x0 < image.width(); x0 += kTile) {
      const int x1 = std::min(x0 + kTile, image.width());
      for (int x = x0; x < x1; ++x) {
        uint8_t* to = turned.row(x);
        for (int y = y0; y < y1; ++y) {
          CopyPixel(image.row(y) + static_cast<size_t>(x) * 4, to + static_cast<size_t>(y) * 4);
        }
      }
    }
  }
  return turned;
}

}  // namespace

int ReadExifOrientation(std::span<const uint8_t> bytes) {
  const StatusOr<ImageFormat> format = SniffImageFormat(bytes);
  if (!format.ok()) return kUpright;
  if (*format == ImageFormat::kJpeg) return ReadJpegOrientation(bytes);
  if (*format == ImageFormat::kPng) return ReadPngOrientation(bytes);
  return kUpright;
}

// Where the stored picture's first row and first column are to be seen: 1 top, left; 2 top, right;
// 3 bottom, right; 4 bottom, left; 5 left, top; 6 right, top; 7 right, bottom; 8 left, bottom.
StatusOr<Image> ApplyOrientation(Image image, int orientation) {
  if (orientation < 1 || orientation > 8) {
    return InvalidArgument("got the orientation " + std::to_string(orientation) +
                           ", needed 1 to 8");
  }
  if (image.pixel_count() == 0) return image;
  if (orientation >= 5) {
    BRUSHWORK_ASSIGN_OR_RETURN(image, Transpose(image));
  }
  const bool mirror = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool flip = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  if (mirror) MirrorRows(image);
  if (flip) FlipColumns(image);
  return image;
}

}  // namespace brushwork
