#include <catch2/catch_test_macros.hpp>

#include "image/decode.h"
#include "image/encode.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

// Where the pixel (x, y) of the upright picture lies in the stored one, of the size width × height.
// Written down for each orientation from the table of Exif 2.32, section 4.6.4.
std::pair<int, int> StoredPosition(int orientation, int x, int y, int width, int height) {
  switch (orientation) {
    case 2:
      return {width - 1 - x, y};
    case 3:
      return {width - 1 - x, height - 1 - y};
    case 4:
      return {x, height - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, height - 1 - x};
    case 7:
      return {width - 1 - y, height - 1 - x};
    case 8:
      return {width - 1 - y, x};
    default:
      return {x, y};
  }
}

void CheckUpright(const Image& upright, const Image& stored, int orientation) {
  const bool turned = orientation >= 5;
  REQUIRE(upright.width() == (turned ? stored.height() : stored.width()));
  REQUIRE(upright.height() == (turned ? stored.width() : stored.height()));
  for (int y = 0; y < upright.height(); ++y) {
    for (int x = 0; x < upright.width(); ++x) {
      const auto [from_x, from_y] =
          StoredPosition(orientation, x, y, stored.width(), stored.height());
      if (PixelAt(upright, x, y) != PixelAt(stored, from_x, from_y)) {
        FAIL("orientation " << orientation << " at " << x << ", " << y);
      }
    }
  }
}

Bytes PngWithExif(const Image& image, const Bytes& exif) {
  const Bytes png = EncodePng(image.view()).value();
  const auto end_of_header = png.begin() + 8 + 25;
  return Concatenate({Bytes(png.begin(), end_of_header), PngChunkBytes("eXIf", exif),
                      Bytes(end_of_header, png.end())});
}

TEST_CASE("Every orientation turns the picture upright", "[image][exif]") {
  for (const auto& [width, height] : {std::pair{3, 2}, {1, 1}, {1, 7}, {70, 33}, {32, 64}}) {
    const Image stored = MakeNumbered(width, height);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const StatusOr<Image> upright = ApplyOrientation(stored, orientation);
      REQUIRE(upright.ok());
      CheckUpright(*upright, stored, orientation);
    }
  }
}

TEST_CASE("Unknown orientations are refused", "[image][exif]") {
  const Image image = MakeNumbered(2, 2);
  CHECK(ApplyOrientation(image, 0).status().code() == StatusCode::kInvalidArgument);
  CHECK(ApplyOrientation(image, 9).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("The orientation is read from JPEG and PNG in both byte orders", "[image][exif]") {
  const Image image = MakeNumbered(8, 4);
  const Bytes jpeg = EncodeJpeg(image.view(), 90).value();
  CHECK(ReadExifOrientation(jpeg) == 1);
  for (const ByteOrder order : {ByteOrder::kBigEndian, ByteOrder::kLittleEndian}) {
    for (uint16_t orientation = 1; orientation <= 8; ++orientation) {
      const Bytes segment = ExifSegment(order, orientation);
      CHECK(ReadExifOrientation(WithJpegSegment(jpeg, 0xE1, segment)) == orientation);
      CHECK(ReadExifOrientation(PngWithExif(image, ExifTiff(order, orientation))) == orientation);
    }
  }
}

TEST_CASE("Decoding applies the orientation", "[image][exif]") {
  const Image stored = MakeNumbered(6, 3);
  const Bytes jpeg = EncodeJpeg(stored.view(), 90).value();
  const Image stored_jpeg = DecodeImage(jpeg).value();
  for (uint16_t orientation = 1; orientation <= 8; ++orientation) {
    const Bytes png = PngWithExif(stored, ExifTiff(ByteOrder::kLittleEndian, orientation));
    CheckUpright(DecodeImage(png).value(), stored, orientation);
    const Bytes segment = ExifSegment(ByteOrder::kBigEndian, orientation);
    CheckUpright(DecodeImage(WithJpegSegment(jpeg, 0xE1, segment)).value(), stored_jpeg,
                 orientation);
  }
}

TEST_CASE("XMP in front of Exif does not hide it", "[image][exif]") {
  Bytes jpeg = EncodeJpeg(MakeNumbered(4, 4).view(), 90).value();
  jpeg = WithJpegSegment(jpeg, 0xE1, ExifSegment(ByteOrder::kLittleEndian, 6));
  jpeg = WithJpegSegment(jpeg, 0xE1, ToBytes("http://ns.adobe.com/xap/1.0/"));
  CHECK(ReadExifOrientation(jpeg) == 6);
}

TEST_CASE("Unreadable Exif means upright", "[image][exif]") {
  const Bytes jpeg = EncodeJpeg(MakeNumbered(4, 4).view(), 90).value();
  const auto orientation_of = [&](const Bytes& exif) {
    const Bytes with_exif = WithJpegSegment(jpeg, 0xE1, exif);
    CHECK(DecodeImage(with_exif).ok());
    return ReadExifOrientation(with_exif);
  };
  const Bytes good = ExifSegment(ByteOrder::kBigEndian, 6);
  CHECK(orientation_of(ExifSegment(ByteOrder::kBigEndian, 0)) == 1);
  CHECK(orientation_of(ExifSegment(ByteOrder::kBigEndian, 9)) == 1);
  // The value of the only entry ends four bytes before the directory does.
  for (size_t length = 0; length < good.size() - 6; ++length) {
    CHECK(orientation_of(Bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(length))) == 1);
  }
  Bytes far_directory = good;
  std::fill_n(far_directory.begin() + 10, 4, uint8_t{0xFF});
  CHECK(orientation_of(far_directory) == 1);
  Bytes many_entries = good;
  many_entries[14] = many_entries[15] = 0xFF;
  many_entries[16] = 0;
  CHECK(orientation_of(many_entries) == 1);
}

TEST_CASE("What is no picture has no orientation", "[image][exif]") {
  CHECK(ReadExifOrientation({}) == 1);
  CHECK(ReadExifOrientation(ToBytes("hello")) == 1);
  CHECK(ReadExifOrientation(Bmp24(MakeNumbered(2, 2))) == 1);
}

}  // namespace
}  // namespace brushwork
