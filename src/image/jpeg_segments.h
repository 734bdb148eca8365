// The segments of a JPEG in file order. ITU-T T.81, annex B.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/status.h"

namespace brushwork {

namespace jpeg_marker {
inline constexpr uint8_t kStartOfImage = 0xD8;
inline constexpr uint8_t kEndOfImage = 0xD9;
inline constexpr uint8_t kStartOfScan = 0xDA;
inline constexpr uint8_t kApp1 = 0xE1;
}  // namespace jpeg_marker

struct JpegSegment {
  uint8_t marker = 0;
  std::span<const uint8_t> payload;  // without the length; empty for markers that have none
};

// Borrows the bytes.
class JpegSegmentReader {
 public:
  explicit JpegSegmentReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  // The next segment, or nothing where the bytes end. Entropy-coded data and padding between
  // segments are passed over.
  std::optional<JpegSegment> Next();

 private:
  std::optional<uint8_t> NextMarker();

  std::span<const uint8_t> bytes_;
  size_t offset_ = 0;
};

// kUnsupportedImage unless there are one frame, scans and an end of image, and as many bytes as its
// pixels take at least.
Status CheckWholeJpeg(std::span<const uint8_t> bytes);

}  // namespace brushwork
