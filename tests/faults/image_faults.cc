// Pictures: decoding, encoding, scaling, masks.
#include <catch2/catch_test_macros.hpp>

#include "image/decode.h"
#include "image/encode.h"
#include "image/mask.h"
#include "image/resize.h"
#include "tests/faults/every_request.h"
#include "tests/support/picture_builder.h"

namespace brushwork::faults {
namespace {

using namespace brushwork::testing;  // NOLINT: pictures made by code

StatusOr<Bytes> BytesOf(const StatusOr<std::vector<uint8_t>>& encoded) {
  const Pause pause;
  if (!encoded.ok()) return encoded.status();
  return *encoded;
}

Bytes Encoded(StatusOr<Bytes> encoded) {
  REQUIRE(encoded.ok());
  return std::move(*encoded);
}

void TryDecoding(const std::string& name, const Bytes& file) {
  RefuseEveryRequest(
      {.name = name, .operation = [&] { return faults::BytesOf(DecodeImage(file)); }});
}

TEST_CASE("decoding without memory", "[faults]") {
  const Image photo = MakeNoise(37, 23, 1, /*opaque=*/true);
  TryDecoding("decode PNG", Encoded(EncodePng(photo.view())));
  TryDecoding("decode PNG, transparent", Encoded(EncodePng(MakeNoise(37, 23, 1, false).view())));
  const Bytes jpeg = Encoded(EncodeJpeg(photo.view(), 90));
  TryDecoding("decode JPEG", jpeg);
  TryDecoding("decode JPEG, turned by EXIF",
              WithJpegSegment(jpeg, 0xE1, ExifSegment(ByteOrder::kBigEndian, 6)));
  TryDecoding("decode progressive JPEG", TinyProgressiveJpeg({90, 100, 140}));
  TryDecoding("decode BMP", Bmp24(photo));
  TryDecoding(
      "decode GIF",
      BuildGif({.width = 3,
                .height = 2,
                .palette = {},
                .frames = {
                    {.width = 3, .height = 2, .indices = {0, 1, 2, 3, 2, 1}, .transparent = 3}}}));
}

TEST_CASE("encoding without memory", "[faults]") {
  const Image opaque = MakeNoise(37, 23, 2, true);
  const Image clear = MakeNoise(37, 23, 2, false);
  const auto try_encoding = [](const std::string& name, const auto& encode) {
    RefuseEveryRequest({.name = name, .operation = [&] { return BytesOf(encode()); }});
  };
  try_encoding("encode PNG", [&] { return EncodePng(opaque.view()); });
  try_encoding("encode PNG, transparent", [&] { return EncodePng(clear.view()); });
  try_encoding("encode JPEG", [&] { return EncodeJpeg(opaque.view(), 90); });
  try_encoding("encode JPEG, transparent", [&] { return EncodeJpeg(clear.view(), 90); });
}

TEST_CASE("scaling without memory", "[faults]") {
  const Image photo = MakeNoise(37, 23, 3, false);
  RefuseEveryRequest({.name = "shrink a picture", .operation = [&] {
                        return faults::BytesOf(ResizeImage(photo.view(), 11, 7));
                      }});
  RefuseEveryRequest({.name = "enlarge a picture", .operation = [&] {
                        return faults::BytesOf(ResizeImage(photo.view(), 50, 60));
                      }});
  RefuseEveryRequest(
      {.name = "average a picture",
       .operation = [&] { return faults::BytesOf(ShrinkByAveraging(photo.view(), 3)); },
       .may_throw = true});
  RefuseEveryRequest({.name = "make a mask", .operation = [&]() -> StatusOr<Bytes> {
                        const auto mask = MakeMask(photo.view(), 20, 30);
                        const Pause pause;
                        if (!mask.ok()) return mask.status();
                        return faults::BytesOf(std::span<const uint8_t>(mask->bytes()));
                      }});
}

}  // namespace
}  // namespace brushwork::faults
