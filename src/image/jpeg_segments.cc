#include "image/jpeg_segments.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/byte_reader.h"
#include "image/image.h"

namespace brushwork {
namespace {

// Each scan of a progressive JPEG goes over the whole picture, so a small file with very many scans
// would keep the decoder busy for minutes. Encoders write about ten.
constexpr int64_t kMaxScans = 256;
constexpr int64_t kMaxScannedPixels = 16 * kMaxImagePixels;
// A block of 8×8 pixels takes at least a bit, and colours have a quarter of the blocks or more.
constexpr int64_t kMaxPixelsPerByte = 8 * 64 * 4;

// Stuffed zeros, fill bytes, TEM and restart markers belong to the data they stand in.
bool StartsSegment(uint8_t marker) {
  return marker != 0x00 && marker != 0x01 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7);
}

bool HasPayload(uint8_t marker) {
  return marker != jpeg_marker::kStartOfImage && marker != jpeg_marker::kEndOfImage;
}

// SOF0 to SOF15; DHT, JPG and DAC stand between them.
bool IsFrame(uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

int64_t PixelsOf(const JpegSegment& frame) {
  const ByteReader reader(frame.payload, ByteOrder::kBigEndian);
  return int64_t{reader.ReadU16(1).value_or(0)} * reader.ReadU16(3).value_or(0);
}

Status Damaged(const std::string& how) { return UnsupportedImage("damaged JPEG: " + how); }

}  // namespace

std::optional<uint8_t> JpegSegmentReader::NextMarker() {
  while (offset_ < bytes_.size()) {
    const void* found = std::memchr(bytes_.data() + offset_, 0xFF, bytes_.size() - offset_);
    if (found == nullptr) break;
    offset_ = static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes_.data()) + 1;
    if (offset_ < bytes_.size() && StartsSegment(bytes_[offset_])) return bytes_[offset_++];
  }
  return std::nullopt;
}

std::optional<JpegSegment> JpegSegmentReader::Next() {
  const std::optional<uint8_t> marker = NextMarker();
  if (!marker) return std::nullopt;
  if (!HasPayload(*marker)) return JpegSegment{*marker, {}};
  const ByteReader reader(bytes_, ByteOrder::kBigEndian);
  const std::optional<uint16_t> length = reader.ReadU16(offset_);
  if (!length || *length < 2) return std::nullopt;
  const auto payload = reader.ReadBytes(offset_ + 2, *length - 2U);
  if (!payload) return std::nullopt;
  offset_ += *length;
  return JpegSegment{*marker, *payload};
}

Status CheckWholeJpeg(std::span<const uint8_t> bytes) {
  JpegSegmentReader reader(bytes);
  int64_t pixels = 0;
  int64_t most_scans = kMaxScans;
  int64_t scans = 0;
  while (const std::optional<JpegSegment> segment = reader.Next()) {
    if (segment->marker == jpeg_marker::kEndOfImage) {
      return scans > 0 ? OkStatus() : Damaged("it has no scan");
    }
    if (IsFrame(segment->marker)) {
      if (pixels > 0) return Damaged("it has two frames");
      pixels = std::max<int64_t>(PixelsOf(*segment), 1);
      if (pixels / kMaxPixelsPerByte > static_cast<int64_t>(bytes.size())) {
        return Damaged(std::to_string(bytes.size()) + " bytes for " + std::to_string(pixels) +
                       " pixels");
      }
      most_scans = std::min(kMaxScans, kMaxScannedPixels / pixels);
    }
    if (segment->marker == jpeg_marker::kStartOfScan && ++scans > most_scans) {
      return Damaged("it has more than " + std::to_string(most_scans) + " scans");
    }
  }
  return Damaged("it breaks off before its end");
}

}  // namespace brushwork
