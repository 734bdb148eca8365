#include "image/decode.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "image/encode.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

Image MustDecode(const Bytes& bytes) {
  StatusOr<Image> image = DecodeImage(bytes);
  INFO(image.status().message());
  REQUIRE(image.ok());
  return std::move(image).value();
}

Bytes Png(const Bytes& header, std::initializer_list<Bytes> chunks) {
  return Concatenate({PngSignature(), header, Concatenate(chunks), PngEnd()});
}

void CheckNear(const Rgba& got, const Rgba& expected, int tolerance) {
  for (size_t c = 0; c < 4; ++c) {
    CHECK(std::abs(got[c] - expected[c]) <= tolerance);
  }
}

TEST_CASE("PNG with and without alpha comes back as it was", "[image][decode]") {
  for (const auto& [width, height] : {std::pair{1, 1}, {5, 3}, {64, 64}, {300, 1}, {1, 300}}) {
    for (const bool opaque : {false, true}) {
      const Image image = MakeNoise(width, height, 7, opaque);
      CHECK(SameImage(MustDecode(EncodePng(image.view()).value()), image));
    }
  }
}

TEST_CASE("PNG of 16 bits keeps the upper eight", "[image][decode]") {
  const Bytes rgb = Png(PngHeader(2, 1, 16, PngColor::kRgb),
                        {PngPixels({0, 0x12, 0x34, 0xAB, 0xCD, 0xFF, 0xFF, 0, 0, 0x80, 0, 1, 2})});
  const Image image = MustDecode(rgb);
  CHECK(PixelAt(image, 0, 0) == Rgba{0x12, 0xAB, 0xFF, 255});
  CHECK(PixelAt(image, 1, 0) == Rgba{0, 0x80, 1, 255});
  const Bytes rgba = Png(PngHeader(1, 1, 16, PngColor::kRgba),
                         {PngPixels({0, 0x12, 0, 0x34, 0, 0x56, 0, 0x78, 0})});
  CHECK(PixelAt(MustDecode(rgba), 0, 0) == Rgba{0x12, 0x34, 0x56, 0x78});
}

TEST_CASE("PNG in gray, with alpha and in few bits", "[image][decode]") {
  const Image gray = MustDecode(Png(PngHeader(2, 1, 8, PngColor::kGray), {PngPixels({0, 7, 200})}));
  CHECK(PixelAt(gray, 0, 0) == Rgba{7, 7, 7, 255});
  CHECK(PixelAt(gray, 1, 0) == Rgba{200, 200, 200, 255});
  const Image alpha =
      MustDecode(Png(PngHeader(1, 1, 8, PngColor::kGrayAlpha), {PngPixels({0, 90, 17})}));
  CHECK(PixelAt(alpha, 0, 0) == Rgba{90, 90, 90, 17});
  const Image bits = MustDecode(Png(PngHeader(3, 1, 1, PngColor::kGray), {PngPixels({0, 0xA0})}));
  CHECK(PixelAt(bits, 0, 0) == Rgba{255, 255, 255, 255});
  CHECK(PixelAt(bits, 1, 0) == Rgba{0, 0, 0, 255});
  CHECK(PixelAt(bits, 2, 0) == Rgba{255, 255, 255, 255});
}

TEST_CASE("PNG with a palette and transparency", "[image][decode]") {
  const Bytes palette = PngChunkBytes("PLTE", {10, 20, 30, 40, 50, 60, 70, 80, 90});
  const Bytes alpha = PngChunkBytes("tRNS", {255, 0, 128});
  const Image image = MustDecode(
      Png(PngHeader(3, 1, 8, PngColor::kPalette), {palette, alpha, PngPixels({0, 0, 1, 2})}));
  CHECK(PixelAt(image, 0, 0) == Rgba{10, 20, 30, 255});
  CHECK(PixelAt(image, 1, 0)[3] == 0);
  CHECK(PixelAt(image, 2, 0) == Rgba{70, 80, 90, 128});
  const Image keyed =
      MustDecode(Png(PngHeader(2, 1, 8, PngColor::kRgb), {PngChunkBytes("tRNS", {0, 1, 0, 2, 0, 3}),
                                                          PngPixels({0, 1, 2, 3, 1, 2, 4})}));
  CHECK(PixelAt(keyed, 0, 0)[3] == 0);
  CHECK(PixelAt(keyed, 1, 0) == Rgba{1, 2, 4, 255});
}

TEST_CASE("BMP", "[image][decode]") {
  for (const auto& [width, height] : {std::pair{1, 1}, {5, 3}, {4, 9}}) {
    const Image image = MakeNoise(width, height, 3, true);
    CHECK(SameImage(MustDecode(Bmp24(image)), image));
  }
}

const GifFile kTwoFrames = {
    .width = 3,
    .height = 2,
    .background = 3,
    .palette = {{{10, 20, 30}, {40, 50, 60}, {70, 80, 90}, {1, 2, 3}}},
    .frames = {{0, 0, 3, 1, {0, 1, 2}, std::nullopt}, {0, 0, 3, 2, {3, 3, 3, 3, 3, 3}, 0}},
};

TEST_CASE("GIF gives its first frame, transparent where that has nothing", "[image][decode]") {
  const Image image = MustDecode(BuildGif(kTwoFrames));
  REQUIRE(image.width() == 3);
  REQUIRE(image.height() == 2);
  CHECK(PixelAt(image, 0, 0) == Rgba{10, 20, 30, 255});
  CHECK(PixelAt(image, 1, 0) == Rgba{40, 50, 60, 255});
  CHECK(PixelAt(image, 2, 0) == Rgba{70, 80, 90, 255});
  for (int x = 0; x < 3; ++x) CHECK(PixelAt(image, x, 1)[3] == 0);
}

TEST_CASE("Transparent pixels of a GIF stay transparent", "[image][decode]") {
  GifFile gif = kTwoFrames;
  gif.frames = {{0, 0, 3, 2, {0, 1, 2, 2, 1, 0}, 1}};
  const Image image = MustDecode(BuildGif(gif));
  CHECK(PixelAt(image, 0, 0) == Rgba{10, 20, 30, 255});
  CHECK(PixelAt(image, 1, 0)[3] == 0);
  CHECK(PixelAt(image, 1, 1)[3] == 0);
  CHECK(PixelAt(image, 2, 1) == Rgba{10, 20, 30, 255});
}

TEST_CASE("Baseline JPEG comes back nearly as it was", "[image][decode]") {
  const Image image = MakeImage(40, 24, [](int x, int y) {
    return Rgba{static_cast<uint8_t>(x * 6), static_cast<uint8_t>(y * 10), 90, 255};
  });
  const Image decoded = MustDecode(EncodeJpeg(image.view(), 95).value());
  REQUIRE(decoded.width() == 40);
  for (int y = 0; y < 24; ++y) {
    for (int x = 0; x < 40; ++x) CheckNear(PixelAt(decoded, x, y), PixelAt(image, x, y), 8);
  }
}

TEST_CASE("Progressive JPEG in gray, colour and CMYK", "[image][decode]") {
  const Image gray = MustDecode(TinyProgressiveJpeg({178}));
  const Image color = MustDecode(TinyProgressiveJpeg({178, 128, 128}));
  const Image red = MustDecode(TinyProgressiveJpeg({76, 85, 255}));
  const Image cmyk = MustDecode(TinyProgressiveJpeg({200, 100, 50, 255}));
  REQUIRE(gray.width() == 8);
  for (int i = 0; i < 8; ++i) {
    CheckNear(PixelAt(gray, i, i), {178, 178, 178, 255}, 1);
    CheckNear(PixelAt(color, i, i), {178, 178, 178, 255}, 1);
    CheckNear(PixelAt(red, i, i), {254, 0, 0, 255}, 3);
    CheckNear(PixelAt(cmyk, i, i), {200, 100, 50, 255}, 2);
  }
}

TEST_CASE("Bytes after the end of a picture do no harm", "[image][decode]") {
  const Image image = MakeNumbered(9, 9);
  const Bytes junk = ToBytes("\xFF\xD8\xFF\xE1 a film, perhaps");
  CHECK(DecodeImage(Concatenate({EncodeJpeg(image.view(), 80).value(), junk})).ok());
  CHECK(SameImage(MustDecode(Concatenate({EncodePng(image.view()).value(), junk})), image));
  CHECK(SameImage(MustDecode(Concatenate({Bmp24(image), junk})), image));
}

TEST_CASE("Real photos", "[image][decode]") {
  const auto progressive = ReadDataFile("photos/train/ag3_0049.jpg");
  const auto baseline = ReadDataFile("photos/eval/kodak_05.jpg");
  if (!progressive || !baseline) SKIP("BRUSHWORK_DATA names no folder with the photos");
  CHECK(DecodeImage(*progressive).ok());
  const Image photo = MustDecode(*baseline);
  CHECK(photo.width() == 768);
  CHECK(photo.height() == 512);
}

}  // namespace
}  // namespace brushwork
