#include "image/mask.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "image/luma.h"
#include "image/resize.h"
#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

Mask Made(const Image& picture, int width, int height) {
  StatusOr<Mask> mask = MakeMask(picture.view(), width, height);
  REQUIRE(mask.ok());
  CHECK(mask->width() == width);
  CHECK(mask->height() == height);
  CHECK(mask->bytes().size() == static_cast<size_t>(width) * height);
  return std::move(mask).value();
}

TEST_CASE("An opaque picture's mask is its luma", "[image][mask]") {
  const Image picture = MakeNoise(40, 70, 1, true);
  const Mask mask = Made(picture, 40, 70);
  for (int y = 0; y < 70; ++y) {
    for (int x = 0; x < 40; ++x) {
      const Rgba pixel = PixelAt(picture, x, y);
      const double luma = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
      REQUIRE(std::abs(mask.row(y)[x] - luma) < 0.51);
    }
  }
  CHECK(Made(MakeConstant(3, 2, {255, 255, 255, 255}), 3, 2).bytes()[5] == 255);
  CHECK(Made(MakeConstant(3, 2, {0, 0, 0, 255}), 3, 2).bytes()[5] == 0);
  for (int gray = 0; gray < 256; ++gray) {
    const auto byte = static_cast<uint8_t>(gray);
    REQUIRE(Made(MakeConstant(1, 1, {byte, byte, byte, 255}), 1, 1).bytes()[0] == gray);
  }
}

TEST_CASE("One pixel that is not opaque makes the alpha the mask", "[image][mask]") {
  Image picture = MakeConstant(9, 40, {255, 255, 255, 255});
  CHECK(Made(picture, 9, 40).row(39)[8] == 255);
  picture.row(39)[8 * 4 + 3] = 254;
  const Mask mask = Made(picture, 9, 40);
  CHECK(mask.row(39)[8] == 254);
  CHECK(mask.row(39)[7] == 255);
  const Image noise = MakeNoise(33, 65, 2, false);
  const Mask alpha = Made(noise, 33, 65);
  for (int y = 0; y < 65; ++y) {
    for (int x = 0; x < 33; ++x) REQUIRE(alpha.row(y)[x] == PixelAt(noise, x, y)[3]);
  }
}

TEST_CASE("Masks are scaled as pictures are", "[image][mask]") {
  for (const bool opaque : {true, false}) {
    const Image picture = MakeNoise(50, 90, 3, opaque);
    const ImageSize sizes[] = {{1, 1}, {25, 45}, {50, 91}, {130, 200}, {7, 400}};
    for (const ImageSize& size : sizes) {
      CAPTURE(opaque, size.width, size.height);
      const Mask mask = Made(picture, size.width, size.height);
      const auto scaled = ResizeImage(picture.view(), size.width, size.height);
      REQUIRE(scaled.ok());
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          const Rgba pixel = PixelAt(*scaled, x, y);
          REQUIRE(mask.row(y)[x] == (opaque ? LumaByte(pixel.data()) : pixel[3]));
        }
      }
    }
  }
}

TEST_CASE("A scaled hard edge is soft, and stays hard far from it", "[image][mask]") {
  const Image picture = MakeImage(
      8, 8, [](int x, int) { return x < 4 ? Rgba{0, 0, 0, 255} : Rgba{255, 255, 255, 255}; });
  const Mask mask = Made(picture, 64, 64);
  for (int y = 0; y < 64; ++y) {
    CHECK(mask.row(y)[8] == 0);
    CHECK(mask.row(y)[55] == 255);
    CHECK(std::is_sorted(mask.row(y), mask.row(y) + 64));
    CHECK(mask.row(y)[31] > 0);
  }
}

TEST_CASE("Fitting a mask scales it only where it must", "[image][mask]") {
  const auto mask = std::make_shared<const Mask>(Made(MakeNoise(20, 30, 4, true), 20, 30));
  CHECK(*FitMask(mask, 20, 30) == mask);
  CHECK(*FitMask(nullptr, 20, 30) == nullptr);
  const auto fitted = FitMask(mask, 31, 17);
  REQUIRE(fitted.ok());
  const Image gray = MakeImage(20, 30, [&](int x, int y) {
    const uint8_t byte = mask->row(y)[x];
    return Rgba{byte, byte, byte, 255};
  });
  CHECK(std::ranges::equal((*fitted)->bytes(), Made(gray, 31, 17).bytes()));
  CHECK(FitMask(mask, 0, 17).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("Masks that can't be say so", "[image][mask]") {
  CHECK(MakeMask(Image().view(), 4, 4).status().code() == StatusCode::kInvalidArgument);
  const Image picture = MakeNumbered(4, 4);
  CHECK(MakeMask(picture.view(), 4, 0).status().code() == StatusCode::kInvalidArgument);
  CHECK(MakeMask(picture.view(), 65535, 65535).status().code() == StatusCode::kImageTooLarge);
  CHECK(Mask::Create({1, 2, 3}, 2, 2).status().message() ==
        "mask: got 3 bytes, needed 4 for 2×2 pixels");
  CHECK(Mask::Create({}, 0, 0).status().code() == StatusCode::kInvalidArgument);
  CHECK(CheckMaskSize(Made(picture, 3, 4), 3, 4).ok());
  CHECK(CheckMaskSize(Made(picture, 3, 4), 4, 3).message() ==
        "mask: got 3×4 pixels, needed the photo's 4×3");
}

}  // namespace
}  // namespace brushwork
