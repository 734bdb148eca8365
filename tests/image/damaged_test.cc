// Pictures that are damaged, cut off, or no pictures at all.
#include <catch2/catch_test_macros.hpp>

#include "image/decode.h"
#include "image/encode.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

Status DecodeStatus(const Bytes& bytes) { return DecodeImage(bytes).status(); }

Bytes Prefix(const Bytes& bytes, size_t length) {
  return {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length)};
}

Bytes PalettePng() {
  return Concatenate({PngSignature(), PngHeader(3, 2, 8, PngColor::kPalette),
                      PngChunkBytes("PLTE", {10, 20, 30, 40, 50, 60, 70, 80, 90}),
                      PngChunkBytes("tRNS", {255, 0, 128}), PngPixels({0, 0, 1, 2, 0, 2, 1, 0}),
                      PngEnd()});
}

Bytes SmallGif() {
  return BuildGif({.width = 4,
                   .height = 2,
                   .background = 1,
                   .palette = {{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {9, 9, 9}}},
                   .frames = {{0, 0, 4, 2, {0, 1, 2, 3, 3, 2, 1, 0}, 2}}});
}

// How a decoder gets at a picture whose every byte may be wrong: an error or a picture, no crash.
void DecodeWithEachByteChanged(const Bytes& bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const uint8_t change : {0x01, 0x80, 0xFF}) {
      Bytes changed = bytes;
      changed[i] ^= change;
      const StatusOr<Image> image = DecodeImage(changed);
      if (!image.ok()) CHECK_FALSE(image.status().message().empty());
    }
  }
}

void CheckEveryCutIsRefused(const Bytes& bytes, size_t needed) {
  for (size_t length = 0; length < needed; ++length) {
    INFO("the first " << length << " of " << bytes.size() << " bytes");
    CHECK(DecodeStatus(Prefix(bytes, length)).code() == StatusCode::kUnsupportedImage);
  }
  CHECK(DecodeStatus(Prefix(bytes, needed)).ok());
}

TEST_CASE("What is no picture is refused by what it looks like", "[image][damaged]") {
  const auto message = [](const Bytes& bytes) {
    const Status status = DecodeStatus(bytes);
    CHECK(status.code() == StatusCode::kUnsupportedImage);
    return status.message();
  };
  CHECK(message({}) == "got no bytes, needed JPEG, PNG, BMP or GIF");
  CHECK(message(ToBytes("hell")) == "got 4 bytes starting 'hell', needed JPEG, PNG, BMP or GIF");
  CHECK(message({0x00}) == "got 1 byte starting 0x00, needed JPEG, PNG, BMP or GIF");
  CHECK(message({0xCA, 0xFE, 0xBA, 0xBE, 0}) ==
        "got 5 bytes starting 0xcafebabe, needed JPEG, PNG, BMP or GIF");
  CHECK(message(ToBytes("RIFF....WEBPVP8 ")) == "got a WebP picture, needed JPEG, PNG, BMP or GIF");
}

TEST_CASE("A picture cut off anywhere is an error", "[image][damaged]") {
  const Image image = MakeNoise(16, 16, 5, true);
  const Bytes jpeg = EncodeJpeg(image.view(), 60).value();
  const Bytes progressive = TinyProgressiveJpeg({178, 100, 50});
  const Bytes png = EncodePng(MakeNoise(6, 5, 5, false).view()).value();
  const Bytes bmp = Bmp24(image);
  const Bytes gif = SmallGif();
  CheckEveryCutIsRefused(jpeg, jpeg.size());
  CheckEveryCutIsRefused(progressive, progressive.size());
  CheckEveryCutIsRefused(png, png.size());
  CheckEveryCutIsRefused(bmp, bmp.size());
  CheckEveryCutIsRefused(gif, gif.size() - 1);  // only the trailer is missing
}

TEST_CASE("A PNG with any wrong byte is an error", "[image][damaged]") {
  const Bytes png = PalettePng();
  REQUIRE(DecodeStatus(png).ok());
  for (size_t i = 0; i < png.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = png;
      changed[i] ^= static_cast<uint8_t>(1 << bit);
      INFO("bit " << bit << " of byte " << i);
      // A capital letter that becomes a small one makes tRNS (or any other) a chunk to pass over.
      const bool in_type_of_trns = i >= 8 + 25 + 21 + 4 && i < 8 + 25 + 21 + 8;
      if (!in_type_of_trns) CHECK_FALSE(DecodeStatus(changed).ok());
    }
  }
}

TEST_CASE("PNGs with parts missing are errors", "[image][damaged]") {
  const Bytes header = PngHeader(1, 1, 8, PngColor::kGray);
  const Bytes pixels = PngPixels({0, 1});
  const auto status = [](std::initializer_list<Bytes> chunks) {
    return DecodeStatus(Concatenate({PngSignature(), Concatenate(chunks)}));
  };
  REQUIRE(status({header, pixels, PngEnd()}).ok());
  CHECK(status({header, PngEnd()}).message() == "damaged PNG: it has no pixels");
  CHECK(status({header, pixels}).message() == "damaged PNG: it breaks off before its end");
  CHECK(status({pixels, header, PngEnd()}).code() == StatusCode::kUnsupportedImage);
  CHECK(status({header, PngPixels({0}), PngEnd()}).code() == StatusCode::kUnsupportedImage);
  CHECK(status({PngHeader(0, 1, 8, PngColor::kGray), pixels, PngEnd()}).code() ==
        StatusCode::kUnsupportedImage);
}

TEST_CASE("Changed bytes never crash a decoder", "[image][damaged]") {
  DecodeWithEachByteChanged(EncodeJpeg(MakeNoise(16, 8, 5, true).view(), 30).value());
  DecodeWithEachByteChanged(TinyProgressiveJpeg({178, 100, 50}));
  DecodeWithEachByteChanged(TinyProgressiveJpeg({200, 100, 50, 255}));
  DecodeWithEachByteChanged(SmallGif());
}

TEST_CASE("Changed bytes of a BMP's header never crash a decoder", "[image][damaged]") {
  DecodeWithEachByteChanged(Bmp24(MakeNoise(3, 2, 5, true)));
}

TEST_CASE("A picture too large is refused by its header alone", "[image][damaged]") {
  const auto png_status = [](uint32_t width, uint32_t height) {
    return DecodeStatus(Concatenate(
        {PngSignature(), PngHeader(width, height, 8, PngColor::kRgba), PngPixels({0}), PngEnd()}));
  };
  CHECK(png_status(60'000, 60'000).code() == StatusCode::kImageTooLarge);
  CHECK(png_status(60'000, 60'000).message().find("60000") != std::string::npos);
  CHECK(png_status(10'001, 10'000).code() == StatusCode::kImageTooLarge);
  CHECK(png_status(65'536, 1).code() == StatusCode::kImageTooLarge);
  CHECK(png_status(16'000'000, 1).code() == StatusCode::kImageTooLarge);
  CHECK(png_status(0x7FFFFFFF, 0x7FFFFFFF).code() == StatusCode::kImageTooLarge);

  Bytes jpeg = TinyProgressiveJpeg({178});
  // The frame follows the start, the quantizers (2 + 67 bytes) and its own marker and length.
  const size_t frame = 2 + 2 + 67 + 4;
  std::fill_n(jpeg.begin() + frame + 1, 4, uint8_t{0xEA});
  CHECK(DecodeStatus(jpeg).code() == StatusCode::kImageTooLarge);

  GifFile gif{.width = 60'000, .height = 60'000, .palette = {}, .frames = {}};
  gif.frames = {{0, 0, 1, 1, {0}, std::nullopt}};
  CHECK(DecodeStatus(BuildGif(gif)).code() == StatusCode::kImageTooLarge);
}

TEST_CASE("A PNG that holds far more than its pixels is refused", "[image][damaged]") {
  const auto status = [](int matches) {
    return DecodeStatus(Concatenate({PngSignature(), PngHeader(1, 1, 8, PngColor::kGray),
                                     PngInflatingPixels(matches), PngEnd()}));
  };
  CHECK(status(10).ok());
  const Status bomb = status(20'000);  // five megabytes
  CHECK(bomb.code() == StatusCode::kUnsupportedImage);
  CHECK(bomb.message() == "damaged picture: it holds more data than its size has room for");
}

TEST_CASE("A JPEG with endless scans is refused", "[image][damaged]") {
  Bytes jpeg = TinyProgressiveJpeg({178});
  jpeg.erase(jpeg.end() - 2, jpeg.end());
  const Bytes scan = {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x0F};
  for (int i = 0; i < 300; ++i) jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  jpeg.insert(jpeg.end(), {0xFF, 0xD9});
  CHECK(DecodeStatus(jpeg).message() == "damaged JPEG: it has more than 256 scans");
}

// The place of a JPEG's frame: its marker, length and precision, then height and width.
size_t FrameOffset(const Bytes& jpeg) {
  for (size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] >= 0xC0 && jpeg[i + 1] <= 0xC2) return i;
  }
  FAIL("a JPEG without a frame");
  return 0;
}

Bytes WithJpegSize(Bytes jpeg, uint16_t width, uint16_t height) {
  const size_t frame = FrameOffset(jpeg);
  jpeg[frame + 5] = static_cast<uint8_t>(height >> 8);
  jpeg[frame + 6] = static_cast<uint8_t>(height);
  jpeg[frame + 7] = static_cast<uint8_t>(width >> 8);
  jpeg[frame + 8] = static_cast<uint8_t>(width);
  return jpeg;
}

TEST_CASE("A JPEG that lies about its size is refused", "[image][damaged]") {
  const Bytes baseline = EncodeJpeg(MakeNoise(16, 16, 5, true).view(), 60).value();
  const Bytes progressive = TinyProgressiveJpeg({178, 100, 50});
  REQUIRE(DecodeStatus(baseline).ok());
  REQUIRE(DecodeStatus(progressive).ok());
  const auto message = [](const Bytes& jpeg, uint16_t width, uint16_t height) {
    const Status status = DecodeStatus(WithJpegSize(jpeg, width, height));
    CHECK(status.code() == StatusCode::kUnsupportedImage);
    return status.message();
  };
  // One more block than there are.
  CHECK(message(baseline, 17, 16) == "damaged picture: cut off");
  CHECK(message(baseline, 16, 160) == "damaged picture: cut off");
  CHECK(message(progressive, 160, 160) == "damaged picture: cut off");
  // Refused before anything is allocated for it.
  CHECK(message(progressive, 10'000, 10'000) ==
        "damaged JPEG: " + std::to_string(progressive.size()) + " bytes for 100000000 pixels");
}

TEST_CASE("A JPEG with two frames is refused", "[image][damaged]") {
  const Bytes jpeg = TinyProgressiveJpeg({178});
  const auto frame = jpeg.begin() + static_cast<ptrdiff_t>(FrameOffset(jpeg));
  const ptrdiff_t length = 2 + frame[2] * 256 + frame[3];
  Bytes twice(jpeg.begin(), frame + length);
  twice.insert(twice.end(), frame, jpeg.end());
  CHECK(DecodeStatus(twice).message() == "damaged JPEG: it has two frames");
}

TEST_CASE("The larger a JPEG, the fewer scans it may have", "[image][damaged]") {
  Bytes jpeg = WithJpegSize(TinyProgressiveJpeg({178}), 10'000, 10'000);
  jpeg = WithJpegSegment(jpeg, 0xFE, Bytes(60'000));  // a comment, so that it has enough bytes
  jpeg.erase(jpeg.end() - 2, jpeg.end());
  const Bytes scan = {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x0F};
  for (int i = 0; i < 16; ++i) jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  jpeg.insert(jpeg.end(), {0xFF, 0xD9});
  CHECK(DecodeStatus(jpeg).message() == "damaged JPEG: it has more than 16 scans");
}

TEST_CASE("A PNG too small for its pixels is refused before it is inflated", "[image][damaged]") {
  const auto message = [](uint32_t side, int bits, PngColor color) {
    const Bytes png =
        Concatenate({PngSignature(), PngHeader(side, side, bits, color), PngPixels({0}), PngEnd()});
    const Status status = DecodeStatus(png);
    CHECK(status.code() == StatusCode::kUnsupportedImage);
    return status.message();
  };
  CHECK(message(10'000, 16, PngColor::kRgba).ends_with(" bytes for 100000000 pixels"));
  CHECK(message(10'000, 1, PngColor::kGray).ends_with(" bytes for 100000000 pixels"));
  CHECK(message(10, 8, PngColor::kRgb).starts_with("damaged picture: "));
}

}  // namespace
}  // namespace brushwork
