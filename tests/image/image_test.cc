#include "image/image.h"

#include <catch2/catch_test_macros.hpp>

namespace brushwork {
namespace {

TEST_CASE("A new picture is transparent black", "[image]") {
  const StatusOr<Image> image = Image::Create(3, 2);
  REQUIRE(image.ok());
  CHECK(image->width() == 3);
  CHECK(image->height() == 2);
  CHECK(image->pixel_count() == 6);
  REQUIRE(image->bytes().size() == 24);
  for (const uint8_t byte : image->bytes()) CHECK(byte == 0);
  CHECK(image->row(1) == image->data() + 12);
  CHECK(image->view().row(1) == image->row(1));
}

TEST_CASE("Sizes of pictures have limits", "[image]") {
  CHECK(CheckImageSize(1, 1).ok());
  CHECK(CheckImageSize(kMaxImageDimension, 1).ok());
  CHECK(CheckImageSize(10'000, 10'000).ok());
  CHECK(CheckImageSize(10'000, 10'001).code() == StatusCode::kImageTooLarge);
  CHECK(CheckImageSize(kMaxImageDimension + 1, 1).code() == StatusCode::kImageTooLarge);
  CHECK(CheckImageSize(1, int64_t{1} << 62).code() == StatusCode::kImageTooLarge);
  CHECK(CheckImageSize(0, 1).code() == StatusCode::kInvalidArgument);
  CHECK(CheckImageSize(1, -1).code() == StatusCode::kInvalidArgument);
  CHECK(Image::Create(0, 5).status().code() == StatusCode::kInvalidArgument);
  CHECK(Image::Create(60'000, 60'000).status().code() == StatusCode::kImageTooLarge);
}

TEST_CASE("The refusal of a size says what was got and needed", "[image]") {
  CHECK(CheckImageSize(70'000, 3).message() ==
        "got a picture of 70000×3 pixels, needed no side above 65535");
  CHECK(CheckImageSize(20'000, 20'000).message() ==
        "got a picture of 20000×20000 pixels, needed at most 100 megapixels");
}

}  // namespace
}  // namespace brushwork
