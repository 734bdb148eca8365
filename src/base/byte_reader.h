// Reads integers from untrusted bytes without ever leaving them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace brushwork {

enum class ByteOrder { kLittleEndian, kBigEndian };

// Borrows the bytes, which must outlive the reader. Each read names its own offset, since picture
// metadata is a web of offsets rather than a stream.
class ByteReader {
 public:
  ByteReader(std::span<const uint8_t> bytes, ByteOrder order) : bytes_(bytes), order_(order) {}

  std::optional<uint16_t> ReadU16(size_t offset) const {
    const std::optional<uint32_t> value = ReadUnsigned(offset, 2);
    if (!value) return std::nullopt;
    return static_cast<uint16_t>(*value);
  }
  std::optional<uint32_t> ReadU32(size_t offset) const { return ReadUnsigned(offset, 4); }

  // `length` bytes from `offset`, or nothing if they are not all there.
  std::optional<std::span<const uint8_t>> ReadBytes(size_t offset, size_t length) const {
    if (offset > bytes_.size() || length > bytes_.size() - offset) return std::nullopt;
    return bytes_.subspan(offset, length);
  }

 private:
  std::optional<uint32_t> ReadUnsigned(size_t offset, size_t length) const {
    const auto bytes = ReadBytes(offset, length);
    if (!bytes) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < length; ++i) {
      const size_t index = order_ == ByteOrder::kBigEndian ? i : length - 1 - i;
      value = value << 8 | (*bytes)[index];
    }
    return value;
  }

  std::span<const uint8_t> bytes_;
  ByteOrder order_;
};

}  // namespace brushwork
