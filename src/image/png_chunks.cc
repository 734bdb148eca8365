#include "image/png_chunks.h"

#include <array>
#include <string>

#include "base/byte_reader.h"

namespace brushwork {
namespace {

constexpr size_t kTypeBytes = 4;

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320U ^ crc >> 1 : crc >> 1;
    table[i] = crc;
  }
  return table;
}

// Of a chunk's type and payload, which follow each other.
uint32_t Crc32(const uint8_t* data, size_t size) {
  static constexpr std::array<uint32_t, 256> kTable = MakeCrcTable();
  uint32_t crc = 0xFFFFFFFFU;
  for (size_t i = 0; i < size; ++i) crc = kTable[(crc ^ data[i]) & 0xFF] ^ crc >> 8;
  return ~crc;
}

// Critical chunks have a capital first letter. tRNS is ancillary, but a damaged one would make
// wrong pixels transparent.
bool MattersToPixels(std::string_view type) {
  return (type[0] >= 'A' && type[0] <= 'Z') || type == "tRNS";
}

Status Damaged(const std::string& how) { return UnsupportedImage("damaged PNG: " + how); }

}  // namespace

bool PngChunk::IsIntact() const {
  return Crc32(payload.data() - kTypeBytes, kTypeBytes + payload.size()) == stored_crc;
}

std::optional<PngChunk> PngChunkReader::Next() {
  const ByteReader reader(bytes_, ByteOrder::kBigEndian);
  const std::optional<uint32_t> length = reader.ReadU32(offset_);
  const auto type = reader.ReadBytes(offset_ + 4, kTypeBytes);
  if (!length || !type) return std::nullopt;
  const auto payload = reader.ReadBytes(offset_ + 4 + kTypeBytes, *length);
  if (!payload) return std::nullopt;
  const size_t end = offset_ + 4 + kTypeBytes + *length;
  const std::optional<uint32_t> crc = reader.ReadU32(end);
  if (!crc) return std::nullopt;
  offset_ = end + 4;
  return PngChunk{{reinterpret_cast<const char*>(type->data()), kTypeBytes}, *payload, *crc};
}

Status CheckWholePng(std::span<const uint8_t> bytes) {
  PngChunkReader reader(bytes);
  bool is_first = true;
  bool has_pixels = false;
  while (const std::optional<PngChunk> chunk = reader.Next()) {
    if (is_first && chunk->type != "IHDR") return Damaged("it does not begin with IHDR");
    is_first = false;
    if (MattersToPixels(chunk->type) && !chunk->IsIntact()) {
      return Damaged("wrong checksum of " + std::string(chunk->type));
    }
    if (chunk->type == "IDAT") has_pixels = true;
    if (chunk->type == "IEND") return has_pixels ? OkStatus() : Damaged("it has no pixels");
  }
  return Damaged("it breaks off before its end");
}

}  // namespace brushwork
