#include "image/encode.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "image/decode.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

// The colour type in a PNG's header.
int PngColorType(const Bytes& png) { return png.at(25); }

TEST_CASE("PNG is RGB where every pixel is opaque, else RGBA", "[image][encode]") {
  Image image = MakeNoise(9, 5, 1, true);
  CHECK(PngColorType(EncodePng(image.view()).value()) == static_cast<int>(PngColor::kRgb));
  image.row(4)[8 * 4 + 3] = 254;
  CHECK(PngColorType(EncodePng(image.view()).value()) == static_cast<int>(PngColor::kRgba));
}

TEST_CASE("Long thin pictures are encoded", "[image][encode]") {
  for (const auto& [width, height] : {std::pair{20'000, 2}, {2, 20'000}}) {
    const Image image = MakeNumbered(width, height);
    CHECK(SameImage(DecodeImage(EncodePng(image.view()).value()).value(), image));
    CHECK(DecodeImage(EncodeJpeg(image.view(), 80).value())->width() == width);
  }
}

TEST_CASE("JPEG shows transparent pixels over white", "[image][encode]") {
  const auto decoded = [](Rgba color) {
    const Image image = MakeConstant(16, 16, color);
    return PixelAt(DecodeImage(EncodeJpeg(image.view(), 100).value()).value(), 8, 8);
  };
  const auto near = [](Rgba a, Rgba b) {
    for (size_t c = 0; c < 4; ++c) {
      if (std::abs(a[c] - b[c]) > 2) return false;
    }
    return true;
  };
  CHECK(near(decoded({200, 0, 0, 0}), {255, 255, 255, 255}));
  CHECK(near(decoded({0, 0, 0, 128}), {127, 127, 127, 255}));
  CHECK(near(decoded({200, 100, 50, 255}), {200, 100, 50, 255}));
}

TEST_CASE("A JPEG of higher quality is larger", "[image][encode]") {
  const Image image = MakeNoise(64, 64, 1, true);
  const size_t low = EncodeJpeg(image.view(), 1)->size();
  const size_t middle = EncodeJpeg(image.view(), 50)->size();
  CHECK(low < middle);
  CHECK(middle < EncodeJpeg(image.view(), 100)->size());
}

TEST_CASE("Encoders refuse bad arguments", "[image][encode]") {
  const Image image = MakeNumbered(2, 2);
  for (const int quality : {-1, 0, 101}) {
    CHECK(EncodeJpeg(image.view(), quality).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(EncodeJpeg(image.view(), 0).status().message() ==
        "got the JPEG quality 0, needed 1 to 100");
  CHECK(EncodePng({}).status().code() == StatusCode::kInvalidArgument);
  CHECK(EncodeJpeg({}, 90).status().code() == StatusCode::kInvalidArgument);
  CHECK(EncodePng({image.data(), 0, 2}).status().code() == StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace brushwork
