#include "image/jpeg_segments.h"

#include <cstring>

#include "base/byte_reader.h"

namespace brushwork {
namespace {

// Each scan of a progressive JPEG goes over the whole picture, so a small file with very many scans
// would keep the decoder busy for minutes. Encoders write about ten.
constexpr int kMaxScans = 256;

// Stuffed zeros, fill bytes, TEM and restart markers belong to the data they stand in.
bool StartsSegment(uint8_t marker) {
  return marker != 0x00 && marker != 0x01 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7);
}

bool HasPayload(uint8_t marker) {
  return marker != jpeg_marker::kStartOfImage && marker != jpeg_marker::kEndOfImage;
}

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
  int scans = 0;
  while (const std::optional<JpegSegment> segment = reader.Next()) {
    if (segment->marker == jpeg_marker::kEndOfImage) {
      return scans > 0 ? OkStatus() : UnsupportedImage("damaged JPEG: it has no scan");
    }
    if (segment->marker == jpeg_marker::kStartOfScan && ++scans > kMaxScans) {
      return UnsupportedImage("damaged JPEG: it has more than " + std::to_string(kMaxScans) +
                              " scans");
    }
  }
  return UnsupportedImage("damaged JPEG: it breaks off before its end");
}

}  // namespace brushwork
