// Pictures for tests, made by code: pixels, and small files of every format built byte by byte, so
// that a decoder is not tested against our own encoder alone.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "image/image.h"

namespace brushwork::testing {

using Bytes = std::vector<uint8_t>;
using Rgba = std::array<uint8_t, 4>;

// ---- Pixels ----

Image MakeImage(int width, int height, const std::function<Rgba(int x, int y)>& pixel);
Image MakeConstant(int width, int height, Rgba color);
Image MakeNoise(int width, int height, uint32_t seed, bool opaque);
// Every pixel differs from every other, in pictures of up to 256×256.
Image MakeNumbered(int width, int height);
Rgba PixelAt(const Image& image, int x, int y);
bool SameImage(const Image& a, const Image& b);

// ---- Bytes ----

Bytes ToBytes(std::string_view text);
Bytes Concatenate(std::initializer_list<Bytes> parts);
// A file from $BRUSHWORK_DATA, or nothing where that is unset or has no such file.
std::optional<Bytes> ReadDataFile(const std::string& path);

// ---- PNG ----

enum class PngColor : uint8_t { kGray = 0, kRgb = 2, kPalette = 3, kGrayAlpha = 4, kRgba = 6 };

Bytes PngSignature();
Bytes PngChunkBytes(std::string_view type, const Bytes& payload);
Bytes PngHeader(uint32_t width, uint32_t height, int bits, PngColor color);
// `raw`: the rows, each after its filter byte. Stored without compression.
Bytes PngPixels(const Bytes& raw);
// Pixel data that inflates to 258 zeros for each 13 bits.
Bytes PngInflatingPixels(int matches);
Bytes PngEnd();

// ---- JPEG ----

// 8×8 pixels of one colour, given by its components (1 gray, 3 YCbCr, 4 CMYK with Adobe's marker),
// in one scan of a progressive JPEG.
Bytes TinyProgressiveJpeg(const std::vector<int>& components);
// `jpeg` with one more segment after its start.
Bytes WithJpegSegment(const Bytes& jpeg, uint8_t marker, const Bytes& payload);
// A TIFF file that holds nothing but an orientation; after "Exif\0\0" in a JPEG, as it is in a PNG.
Bytes ExifTiff(ByteOrder order, uint16_t orientation);
Bytes ExifSegment(ByteOrder order, uint16_t orientation);

// ---- BMP and GIF ----

Bytes Bmp24(const Image& image);
// A GIF of 4 colours: the global palette, then one frame for each list of palette indices.
struct GifFrame {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  std::vector<uint8_t> indices;
  std::optional<uint8_t> transparent;
};
struct GifFile {
  int width = 0;
  int height = 0;
  uint8_t background = 0;
  std::array<std::array<uint8_t, 3>, 4> palette;
  std::vector<GifFrame> frames;
};
Bytes BuildGif(const GifFile& gif);

}  // namespace brushwork::testing
