#include "tests/support/picture_builder.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

namespace brushwork::testing {
namespace {

void AppendBigEndian(Bytes& bytes, uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
}

void AppendLittleEndian(Bytes& bytes, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
}

void Append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

uint32_t Crc32(const Bytes& bytes) {
  uint32_t crc = 0xFFFFFFFFU;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320U ^ crc >> 1 : crc >> 1;
  }
  return ~crc;
}

uint32_t Adler32(const Bytes& bytes) {
  uint32_t a = 1;
  uint32_t b = 0;
  for (const uint8_t byte : bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

// Entropy-coded data of a JPEG: the highest bit first, a zero after each 0xFF.
class JpegBits {
 public:
  void Add(uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      current_ = static_cast<uint8_t>(current_ << 1 | (value >> i & 1));
      if (++filled_ == 8) Flush();
    }
  }
  Bytes Take() {
    while (filled_ != 0) Add(1, 1);
    return std::move(bytes_);
  }

 private:
  void Flush() {
    bytes_.push_back(current_);
    if (current_ == 0xFF) bytes_.push_back(0);
    current_ = 0;
    filled_ = 0;
  }

  Bytes bytes_;
  uint8_t current_ = 0;
  int filled_ = 0;
};

// The bits of a DC difference in JpegTables' code: its category in four bits, then its value.
void AddDcDifference(JpegBits& bits, int difference) {
  int category = 0;
  while (std::abs(difference) >> category != 0) ++category;
  bits.Add(static_cast<uint32_t>(category), 4);
  bits.Add(static_cast<uint32_t>(difference < 0 ? difference - 1 : difference), category);
}

// The lowest bit first, as in GIF and deflate.
class LowBits {
 public:
  void Add(uint32_t code, int count) {
    for (int i = 0; i < count; ++i, ++filled_) {
      if (filled_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() = static_cast<uint8_t>(bytes_.back() | (code >> i & 1) << filled_ % 8);
    }
  }
  const Bytes& bytes() const { return bytes_; }
  // Cut into GIF's sub-blocks of at most 255 bytes.
  Bytes SubBlocks() const {
    Bytes blocks;
    for (size_t start = 0; start < bytes_.size(); start += 255) {
      const size_t length = std::min<size_t>(255, bytes_.size() - start);
      blocks.push_back(static_cast<uint8_t>(length));
      const auto begin = bytes_.begin() + static_cast<ptrdiff_t>(start);
      blocks.insert(blocks.end(), begin, begin + static_cast<ptrdiff_t>(length));
    }
    blocks.push_back(0);
    return blocks;
  }

 private:
  Bytes bytes_;
  size_t filled_ = 0;
};

// A clear code before every pixel keeps the code width at three bits.
Bytes GifPixels(const std::vector<uint8_t>& indices) {
  LowBits bits;
  for (const uint8_t index : indices) {
    bits.Add(4, 3);
    bits.Add(index, 3);
  }
  bits.Add(5, 3);
  return Concatenate({{2}, bits.SubBlocks()});
}

}  // namespace

Image MakeImage(int width, int height, const std::function<Rgba(int x, int y)>& pixel) {
  Image image = Image::Create(width, height).value();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Rgba color = pixel(x, y);
      std::copy(color.begin(), color.end(), image.row(y) + static_cast<ptrdiff_t>(x) * 4);
    }
  }
  return image;
}

Image MakeConstant(int width, int height, Rgba color) {
  return MakeImage(width, height, [&](int, int) { return color; });
}

Image MakeNoise(int width, int height, uint32_t seed, bool opaque) {
  std::minstd_rand random(seed);
  const auto byte = [&random] { return static_cast<uint8_t>(random() >> 8); };
  return MakeImage(width, height, [&](int, int) {
    Rgba color{};
    for (uint8_t& c : color) c = byte();
    if (opaque) color[3] = 255;
    return color;
  });
}

Image MakeNumbered(int width, int height) {
  return MakeImage(width, height, [](int x, int y) {
    return Rgba{static_cast<uint8_t>(x), static_cast<uint8_t>(y), static_cast<uint8_t>(x ^ y), 255};
  });
}

Rgba PixelAt(const Image& image, int x, int y) {
  Rgba color{};
  std::copy_n(image.row(y) + static_cast<ptrdiff_t>(x) * 4, 4, color.begin());
  return color;
}

bool SameImage(const Image& a, const Image& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin());
}

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

Bytes Concatenate(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) Append(all, part);
  return all;
}

std::optional<Bytes> ReadDataFile(const std::string& path) {
  const char* folder = std::getenv("BRUSHWORK_DATA");
  if (folder == nullptr) return std::nullopt;
  std::ifstream file(std::string(folder) + "/" + path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes{std::istreambuf_iterator<char>(file), {}};
}

Bytes PngSignature() { return {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}; }

Bytes PngChunkBytes(std::string_view type, const Bytes& payload) {
  const Bytes checked = Concatenate({ToBytes(type), payload});
  Bytes chunk;
  AppendBigEndian(chunk, static_cast<uint32_t>(payload.size()), 4);
  Append(chunk, checked);
  AppendBigEndian(chunk, Crc32(checked), 4);
  return chunk;
}

Bytes PngHeader(uint32_t width, uint32_t height, int bits, PngColor color) {
  Bytes header;
  AppendBigEndian(header, width, 4);
  AppendBigEndian(header, height, 4);
  Append(header, {static_cast<uint8_t>(bits), static_cast<uint8_t>(color), 0, 0, 0});
  return PngChunkBytes("IHDR", header);
}

Bytes PngPixels(const Bytes& raw) {
  constexpr size_t kLargestBlock = 65535;
  Bytes zlib = {0x78, 0x01};
  for (size_t start = 0; start < raw.size(); start += kLargestBlock) {
    const size_t length = std::min(kLargestBlock, raw.size() - start);
    zlib.push_back(start + length == raw.size() ? 1 : 0);
    AppendLittleEndian(zlib, static_cast<uint32_t>(length), 2);
    AppendLittleEndian(zlib, ~static_cast<uint32_t>(length), 2);
    const auto begin = raw.begin() + static_cast<ptrdiff_t>(start);
    zlib.insert(zlib.end(), begin, begin + static_cast<ptrdiff_t>(length));
  }
  AppendBigEndian(zlib, Adler32(raw), 4);
  return PngChunkBytes("IDAT", zlib);
}

Bytes PngInflatingPixels(int matches) {
  LowBits bits;
  bits.Add(0b011, 3);   // the last block, with the fixed codes
  bits.Add(0b1100, 8);  // the literal 0
  for (int i = 0; i < matches; ++i) {
    bits.Add(0b10100011, 8);  // length 258
    bits.Add(0, 5);           // distance 1
  }
  bits.Add(0, 7);  // the block's end
  return PngChunkBytes("IDAT", Concatenate({{0x78, 0x01}, bits.bytes(), {0, 0, 0, 0}}));
}

Bytes PngEnd() { return PngChunkBytes("IEND", {}); }

Bytes TinyProgressiveJpeg(const std::vector<int>& components) {
  const auto count = static_cast<uint8_t>(components.size());
  Bytes quantizers(65, 1);
  quantizers[0] = 0;  // table 0, 8 bit
  // Huffman table 0 for DC: the categories 0 to 11, all with codes of four bits.
  Bytes codes(17, 0);
  codes[4] = 12;
  for (uint8_t category = 0; category < 12; ++category) codes.push_back(category);
  Bytes frame = {8, 0, 8, 0, 8, count};
  Bytes scan = {count};
  JpegBits bits;
  for (uint8_t i = 0; i < count; ++i) {
    Append(frame, {static_cast<uint8_t>(i + 1), 0x11, 0});
    Append(scan, {static_cast<uint8_t>(i + 1), 0});
    AddDcDifference(bits, (components[i] - 128) * 8);
  }
  Append(scan, {0, 0, 0});  // only the DC coefficients
  Bytes jpeg = {0xFF, 0xD8, 0xFF, 0xD9};
  // Each goes in front of the ones before it.
  jpeg = WithJpegSegment(jpeg, 0xDA, scan);
  const Bytes data = bits.Take();
  jpeg.insert(jpeg.end() - 2, data.begin(), data.end());
  jpeg = WithJpegSegment(jpeg, 0xC4, codes);
  jpeg = WithJpegSegment(jpeg, 0xC2, frame);
  jpeg = WithJpegSegment(jpeg, 0xDB, quantizers);
  if (count != 4) return jpeg;
  return WithJpegSegment(jpeg, 0xEE, Concatenate({ToBytes("Adobe"), {0, 100, 0, 0, 0, 0, 0}}));
}

Bytes WithJpegSegment(const Bytes& jpeg, uint8_t marker, const Bytes& payload) {
  Bytes segment = {0xFF, marker};
  AppendBigEndian(segment, static_cast<uint32_t>(payload.size() + 2), 2);
  Append(segment, payload);
  Bytes result = jpeg;
  result.insert(result.begin() + 2, segment.begin(), segment.end());
  return result;
}

Bytes ExifTiff(ByteOrder order, uint16_t orientation) {
  const bool is_big = order == ByteOrder::kBigEndian;
  const auto append = is_big ? AppendBigEndian : AppendLittleEndian;
  Bytes tiff = ToBytes(is_big ? "MM" : "II");
  append(tiff, 42, 2);
  append(tiff, 8, 4);       // the directory follows
  append(tiff, 1, 2);       // entries
  append(tiff, 0x0112, 2);  // orientation
  append(tiff, 3, 2);       // of type short
  append(tiff, 1, 4);
  append(tiff, orientation, 2);
  append(tiff, 0, 2);
  append(tiff, 0, 4);  // no further directory
  return tiff;
}

Bytes ExifSegment(ByteOrder order, uint16_t orientation) {
  return Concatenate({ToBytes(std::string_view("Exif\0\0", 6)), ExifTiff(order, orientation)});
}

Bytes Bmp24(const Image& image) {
  const int row_bytes = (image.width() * 3 + 3) / 4 * 4;
  Bytes bmp = ToBytes("BM");
  AppendLittleEndian(bmp, static_cast<uint32_t>(54 + row_bytes * image.height()), 4);
  AppendLittleEndian(bmp, 0, 4);
  AppendLittleEndian(bmp, 54, 4);  // where the pixels begin
  AppendLittleEndian(bmp, 40, 4);  // BITMAPINFOHEADER
  AppendLittleEndian(bmp, static_cast<uint32_t>(image.width()), 4);
  AppendLittleEndian(bmp, static_cast<uint32_t>(image.height()), 4);
  AppendLittleEndian(bmp, 1, 2);
  AppendLittleEndian(bmp, 24, 2);
  bmp.resize(54, 0);
  for (int y = image.height() - 1; y >= 0; --y) {
    Bytes row;
    for (int x = 0; x < image.width(); ++x) {
      const Rgba color = PixelAt(image, x, y);
      Append(row, {color[2], color[1], color[0]});
    }
    row.resize(static_cast<size_t>(row_bytes), 0);
    Append(bmp, row);
  }
  return bmp;
}

Bytes BuildGif(const GifFile& gif) {
  Bytes bytes = ToBytes("GIF89a");
  AppendLittleEndian(bytes, static_cast<uint32_t>(gif.width), 2);
  AppendLittleEndian(bytes, static_cast<uint32_t>(gif.height), 2);
  Append(bytes, {0x81, gif.background, 0});
  for (const auto& color : gif.palette) bytes.insert(bytes.end(), color.begin(), color.end());
  for (const GifFrame& frame : gif.frames) {
    const uint8_t flags = frame.transparent ? 1 : 0;
    Append(bytes, {'!', 0xF9, 4, flags, 0, 0, frame.transparent.value_or(0), 0});
    bytes.push_back(',');
    for (const int value : {frame.left, frame.top, frame.width, frame.height}) {
      AppendLittleEndian(bytes, static_cast<uint32_t>(value), 2);
    }
    bytes.push_back(0);
    Append(bytes, GifPixels(frame.indices));
  }
  bytes.push_back(';');
  return bytes;
}

}  // namespace brushwork::testing
