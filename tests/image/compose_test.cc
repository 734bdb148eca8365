#include "image/compose.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

TEST_CASE("The ends of strength are exact and alpha is the photo's", "[image][compose]") {
  const Image photo = MakeNoise(16, 16, 1, false);
  const Image original = MakeNoise(16, 16, 2, false);
  Image none = original;
  REQUIRE(ComposePainting(photo.view(), 0.0F, none).ok());
  CHECK(SameImage(none, photo));
  Image full = original;
  REQUIRE(ComposePainting(photo.view(), 1.0F, full).ok());
  for (int x = 0; x < 16; ++x) {
    const Rgba painted = PixelAt(original, x, 3);
    CHECK(PixelAt(full, x, 3) == Rgba{painted[0], painted[1], painted[2], PixelAt(photo, x, 3)[3]});
  }
}

TEST_CASE("Strength blends to the nearest byte", "[image][compose]") {
  for (const float strength : {0.1F, 0.25F, 0.5F, 0.75F, 0.9F}) {
    for (int a = 0; a < 256; a += 15) {
      for (int b = 0; b < 256; ++b) {
        const Image photo = MakeConstant(1, 1, {static_cast<uint8_t>(a), 0, 0, 255});
        Image painting = MakeConstant(1, 1, {static_cast<uint8_t>(b), 0, 0, 255});
        REQUIRE(ComposePainting(photo.view(), strength, painting).ok());
        const double exact = a + static_cast<double>(strength) * (b - a);
        if (std::abs(PixelAt(painting, 0, 0)[0] - exact) > 0.51) {
          FAIL(a << " to " << b << " at " << strength);
        }
      }
    }
  }
}

TEST_CASE("Composing refuses bad strengths and sizes", "[image][compose]") {
  const Image photo = MakeNumbered(3, 2);
  Image painting = MakeNumbered(3, 2);
  for (const float strength : {-0.01F, 1.01F, std::numeric_limits<float>::quiet_NaN(),
                               std::numeric_limits<float>::infinity()}) {
    CHECK(ComposePainting(photo.view(), strength, painting).code() == StatusCode::kInvalidArgument);
  }
  Image other = MakeNumbered(2, 3);
  CHECK(ComposePainting(photo.view(), 0.5F, other).message() ==
        "got a photo of 3×2 pixels, needed the painting's 2×3");
}

}  // namespace
}  // namespace brushwork
