// The chunks of a PNG in file order. PNG specification (W3C), third edition, section 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/status.h"

namespace brushwork {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n";

struct PngChunk {
  std::string_view type;  // "IDAT"
  std::span<const uint8_t> payload;
  uint32_t stored_crc = 0;

  bool IsIntact() const;  // goes over the whole payload
};

// Borrows the bytes, which begin with the signature.
class PngChunkReader {
 public:
  explicit PngChunkReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  // The next chunk, or nothing where the bytes end or a chunk is not all there.
  std::optional<PngChunk> Next();

 private:
  std::span<const uint8_t> bytes_;
  size_t offset_ = kPngSignature.size();
};

// kUnsupportedImage unless all chunks that matter to the pixels are there and intact.
Status CheckWholePng(std::span<const uint8_t> bytes);

}  // namespace brushwork
