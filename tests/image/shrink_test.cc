// Shrinking by averages, against the definition.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "image/resize.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

TEST_CASE("every pixel of a shrunk picture is the average of its square", "[image]") {
  Random random(8);
  for (const int factor : {1, 2, 3, 7}) {
    Image image = std::move(Image::Create(23, 17)).value();
    for (int64_t i = 0; i < image.pixel_count() * 4; ++i) {
      image.data()[i] = static_cast<uint8_t>(random.Integer(0, 255));
    }
    const auto shrunk = ShrinkByAveraging(image.view(), factor);
    REQUIRE(shrunk.ok());
    REQUIRE(shrunk->width() == 23 / factor);
    REQUIRE(shrunk->height() == 17 / factor);
    for (int y = 0; y < shrunk->height(); ++y) {
      for (int i = 0; i < shrunk->width() * 4; ++i) {
        int sum = 0;
        for (int dy = 0; dy < factor; ++dy) {
          for (int dx = 0; dx < factor; ++dx) {
            sum += image.row(y * factor + dy)[(i / 4 * factor + dx) * 4 + i % 4];
          }
        }
        CHECK(shrunk->row(y)[i] == (sum + factor * factor / 2) / (factor * factor));
      }
    }
  }
}

TEST_CASE("white stays white in the largest squares", "[image]") {
  Image image = std::move(Image::Create(4096, 4096)).value();
  std::fill_n(image.data(), image.pixel_count() * 4, uint8_t{255});
  const auto shrunk = ShrinkByAveraging(image.view(), 4096);
  REQUIRE(shrunk.ok());
  CHECK(shrunk->row(0)[0] == 255);
}

TEST_CASE("squares that the picture does not have are refused", "[image]") {
  const Image image = std::move(Image::Create(10, 5)).value();
  for (const int factor : {-1, 0, 6, 5000}) {
    CHECK(ShrinkByAveraging(image.view(), factor).status().code() == StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace brushwork
