#include "image/format.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/byte_reader.h"
#include "base/checked.h"
#include "image/jpeg_segments.h"
#include "image/png_chunks.h"

namespace brushwork {
namespace {

struct Signature {
  std::string_view name;
  size_t offset;
  std::string_view bytes;
};

bool Matches(std::span<const uint8_t> bytes, const Signature& signature) {
  if (bytes.size() < signature.offset + signature.bytes.size()) return false;
  return std::equal(signature.bytes.begin(), signature.bytes.end(),
                    bytes.begin() + static_cast<ptrdiff_t>(signature.offset),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

// Indexed by ImageFormat.
constexpr std::array<Signature, 4> kDecoded = {{
    {"JPEG", 0, "\xFF\xD8\xFF"},
    {"PNG", 0, kPngSignature},
    {"BMP", 0, "BM"},
    {"GIF", 0, "GIF8"},
}};

// What people most often offer instead.
constexpr std::array<Signature, 9> kOthers = {{
    {"a WebP picture", 8, "WEBP"},
    {"an AVIF picture", 4, "ftypavif"},
    {"a HEIC picture", 4, "ftyphei"},
    {"a HEIF picture", 4, "ftypmif1"},
    {"a TIFF picture", 0, std::string_view("II*\0", 4)},
    {"a TIFF picture", 0, std::string_view("MM\0*", 4)},
    {"a JPEG XL picture", 0, "\xFF\x0A"},
    {"an SVG picture", 0, "<svg"},
    {"a PDF document", 0, "%PDF"},
}};

// The first bytes, quoted where they are text, else in hexadecimal.
std::string DescribeStart(std::span<const uint8_t> bytes) {
  const auto start = bytes.first(std::min<size_t>(bytes.size(), 4));
  const bool is_text =
      std::all_of(start.begin(), start.end(), [](uint8_t b) { return b >= 0x20 && b < 0x7F; });
  if (is_text) return "'" + std::string(start.begin(), start.end()) + "'";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "0x";
  for (const uint8_t b : start) {
    text += kDigits[b >> 4];
    text += kDigits[b & 15];
  }
  return text;
}

std::string Describe(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return "no bytes";
  for (const Signature& other : kOthers) {
    if (Matches(bytes, other)) return std::string(other.name);
  }
  return std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte" : " bytes") + " starting " +
         DescribeStart(bytes);
}

std::optional<uint32_t> Widen(std::optional<uint16_t> value) { return value; }

// Microsoft's BITMAPFILEHEADER, then a BITMAPCOREHEADER (12 bytes) or one of its longer successors.
Status CheckWholeBmp(std::span<const uint8_t> bytes) {
  Status truncated = UnsupportedImage("damaged BMP: it breaks off before its end");
  const ByteReader reader(bytes, ByteOrder::kLittleEndian);
  const std::optional<uint32_t> pixels_offset = reader.ReadU32(10);
  const std::optional<uint32_t> header_size = reader.ReadU32(14);
  if (!pixels_offset || !header_size) return truncated;
  const bool is_core = *header_size == 12;
  const std::optional<uint32_t> width = is_core ? Widen(reader.ReadU16(18)) : reader.ReadU32(18);
  const std::optional<uint32_t> height = is_core ? Widen(reader.ReadU16(20)) : reader.ReadU32(22);
  const std::optional<uint16_t> bits = reader.ReadU16(is_core ? 24 : 28);
  if (!width || !height || !bits) return truncated;
  // The height is negative where the rows go from top to bottom.
  const int64_t rows = std::abs(static_cast<int64_t>(static_cast<int32_t>(*height)));
  const int64_t row_bytes = (int64_t{*width} * *bits + 31) / 32 * 4;
  const auto pixel_bytes = CheckedSize({row_bytes, rows});
  if (!pixel_bytes || !reader.ReadBytes(*pixels_offset, *pixel_bytes)) return truncated;
  return OkStatus();
}

// The size in bytes of a GIF's colour table, from the flags of its screen or image descriptor.
size_t ColorTableBytes(uint8_t flags) { return flags & 0x80 ? size_t{6} << (flags & 7) : 0; }

// Moves `offset` past a chain of GIF sub-blocks; false if they are not all there.
bool SkipSubBlocks(std::span<const uint8_t> bytes, size_t& offset) {
  while (offset < bytes.size()) {
    const size_t length = bytes[offset++];
    if (length == 0) return true;
    offset += length;
  }
  return false;
}

}  // namespace

std::string_view ImageFormatName(ImageFormat format) {
  return kDecoded[static_cast<size_t>(format)].name;
}

StatusOr<ImageFormat> SniffImageFormat(std::span<const uint8_t> bytes) {
  for (size_t i = 0; i < kDecoded.size(); ++i) {
    if (Matches(bytes, kDecoded[i])) return static_cast<ImageFormat>(i);
  }
  return UnsupportedImage("got " + Describe(bytes) + ", needed JPEG, PNG, BMP or GIF");
}

// GIF89a specification, section 20 and following.
StatusOr<size_t> GifFirstFrameEnd(std::span<const uint8_t> bytes) {
  constexpr size_t kScreenDescriptorEnd = 13;
  constexpr size_t kImageDescriptorBytes = 9;
  const Status truncated =
      UnsupportedImage("damaged GIF: it breaks off before its first frame ends");
  if (bytes.size() < kScreenDescriptorEnd) return truncated;
  size_t offset = kScreenDescriptorEnd + ColorTableBytes(bytes[10]);
  while (offset < bytes.size()) {
    const uint8_t kind = bytes[offset++];
    if (kind == '!') {
      ++offset;  // the extension's label
      if (!SkipSubBlocks(bytes, offset)) return truncated;
    } else if (kind == ',') {
      if (bytes.size() - offset < kImageDescriptorBytes) return truncated;
      // Then the colour table and the width of the first code.
      offset += kImageDescriptorBytes + ColorTableBytes(bytes[offset + 8]) + 1;
      if (!SkipSubBlocks(bytes, offset)) return truncated;
      return offset;
    } else {
      return UnsupportedImage("damaged GIF: it has no frame");
    }
  }
  return truncated;
}

Status CheckWhole(ImageFormat format, std::span<const uint8_t> bytes) {
  switch (format) {
    case ImageFormat::kJpeg:
      return CheckWholeJpeg(bytes);
    case ImageFormat::kPng:
      return CheckWholePng(bytes);
    case ImageFormat::kBmp:
      return CheckWholeBmp(bytes);
    case ImageFormat::kGif:
      return GifFirstFrameEnd(bytes).status();
  }
  return Internal("unknown picture format");
}

}  // namespace brushwork
