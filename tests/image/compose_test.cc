#include "image/compose.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "image/luma.h"
#include "tests/support/picture_builder.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

// The whole picture's rows; `mask` has a byte for each pixel or is empty.
Image Compose(const Image& photo, Image painting, const BlendOptions& options,
              const std::vector<uint8_t>& mask = {}) {
  const PaintingBlend blend(options);
  for (int y = 0; y < photo.height(); ++y) {
    const uint8_t* mask_row = mask.empty() ? nullptr : mask.data() + y * photo.width();
    blend.BlendRow(photo.row(y), mask_row, photo.width(), painting.row(y));
  }
  return painting;
}

double Luma(const double (&color)[3]) {
  return (19595 * color[0] + 38470 * color[1] + 7471 * color[2]) / 65536;
}

// The reference of one pixel: as compose.h says, without rounding in between.
struct ExactColor {
  double rgb[3];
};
ExactColor Reference(const Rgba& photo, const Rgba& painting, double share, double amount) {
  const double from[3] = {double(photo[0]), double(photo[1]), double(photo[2])};
  const double to[3] = {double(painting[0]), double(painting[1]), double(painting[2])};
  const double luma = Luma(to);
  double chroma[3];
  double fitting = 1.0;
  for (int c = 0; c < 3; ++c) {
    chroma[c] = (to[c] - luma) + amount * ((from[c] - Luma(from)) - (to[c] - luma));
    if (luma + chroma[c] > 255) fitting = std::min(fitting, (255 - luma) / chroma[c]);
    if (luma + chroma[c] < 0) fitting = std::min(fitting, luma / -chroma[c]);
  }
  ExactColor result{};
  for (int c = 0; c < 3; ++c) {
    result.rgb[c] = from[c] + share * (luma + fitting * chroma[c] - from[c]);
  }
  return result;
}

void CheckAgainstReference(const Image& photo, const Image& painting, const BlendOptions& options,
                           const std::vector<uint8_t>& mask) {
  const Image composed = Compose(photo, painting, options, mask);
  // Where the colour is rounded twice, before it is blended and after, twice half a byte.
  const double tolerance = options.preserve_color > 0.0F ? 1.05 : 0.51;
  for (int y = 0; y < photo.height(); ++y) {
    for (int x = 0; x < photo.width(); ++x) {
      const double cover = mask.empty() ? 1.0 : mask[y * photo.width() + x] / 255.0;
      const ExactColor expected = Reference(PixelAt(photo, x, y), PixelAt(painting, x, y),
                                            options.strength * cover, options.preserve_color);
      const Rgba pixel = PixelAt(composed, x, y);
      for (int c = 0; c < 3; ++c) {
        if (std::abs(pixel[c] - expected.rgb[c]) > tolerance) {
          FAIL(int{pixel[c]} << " is not " << expected.rgb[c] << " at " << x << ", " << y);
        }
      }
      REQUIRE(pixel[3] == PixelAt(photo, x, y)[3]);
    }
  }
}

// Every kind of byte, hard and soft.
std::vector<uint8_t> SoftMask(int width, int height) {
  std::vector<uint8_t> mask(static_cast<size_t>(width) * height);
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = static_cast<uint8_t>(i * 7);
  return mask;
}

TEST_CASE("The ends of strength are exact and alpha is the photo's", "[image][compose]") {
  const Image photo = MakeNoise(16, 16, 1, false);
  const Image original = MakeNoise(16, 16, 2, false);
  CHECK(SameImage(Compose(photo, original, {.strength = 0.0F}), photo));
  CHECK(SameImage(Compose(photo, original, {.strength = 0.0F, .preserve_color = 1.0F}), photo));
  const Image full = Compose(photo, original, {.strength = 1.0F});
  for (int x = 0; x < 16; ++x) {
    const Rgba painted = PixelAt(original, x, 3);
    CHECK(PixelAt(full, x, 3) == Rgba{painted[0], painted[1], painted[2], PixelAt(photo, x, 3)[3]});
  }
}

TEST_CASE("Strength, mask and colour blend as the reference does", "[image][compose]") {
  const Image photo = MakeNoise(61, 37, 3, false);
  const Image painting = MakeNoise(61, 37, 4, false);
  const std::vector<uint8_t> soft = SoftMask(61, 37);
  for (const float strength : {0.0F, 0.1F, 0.25F, 0.5F, 0.75F, 0.9F, 1.0F}) {
    for (const float amount : {0.0F, 0.01F, 0.3F, 0.5F, 0.999F, 1.0F}) {
      INFO("strength " << strength << ", preserving " << amount);
      CheckAgainstReference(photo, painting, {strength, amount}, {});
      CheckAgainstReference(photo, painting, {strength, amount}, soft);
    }
  }
}

TEST_CASE("Every pair of bytes blends to the nearest byte", "[image][compose]") {
  for (const float strength : {0.1F, 0.25F, 0.5F, 0.75F, 0.9F}) {
    const Image photo = MakeImage(256, 256, [](int x, int) {
      return Rgba{static_cast<uint8_t>(x), static_cast<uint8_t>(x), 0, 255};
    });
    const Image painting = MakeImage(256, 256, [](int, int y) {
      return Rgba{static_cast<uint8_t>(y), 0, static_cast<uint8_t>(y), 255};
    });
    CheckAgainstReference(photo, painting, {.strength = strength}, {});
  }
}

TEST_CASE("A mask's ends are exact, whatever else is asked for", "[image][compose]") {
  const Image photo = MakeNoise(32, 8, 5, false);
  const Image painting = MakeNoise(32, 8, 6, false);
  const std::vector<uint8_t> none(32 * 8, 0);
  const std::vector<uint8_t> all(32 * 8, 255);
  for (const BlendOptions& options :
       {BlendOptions{1.0F, 0.0F}, BlendOptions{0.7F, 0.0F}, BlendOptions{1.0F, 0.6F}}) {
    CHECK(SameImage(Compose(photo, painting, options, none), photo));
    CHECK(SameImage(Compose(photo, painting, options, all), Compose(photo, painting, options)));
  }
  std::vector<uint8_t> half(32 * 8, 0);
  std::fill(half.begin() + 32 * 4, half.end(), uint8_t{255});
  const Image composed = Compose(photo, painting, {}, half);
  const Image full = Compose(photo, painting, {});
  for (int y = 0; y < 8; ++y) {
    const Image& expected = y < 4 ? photo : full;
    CHECK(std::equal(composed.row(y), composed.row(y) + 32 * 4, expected.row(y)));
  }
}

TEST_CASE("Preserving no colour changes no byte", "[image][compose]") {
  const Image photo = MakeNoise(64, 64, 7, true);
  const Image painting = MakeNoise(64, 64, 8, true);
  CHECK(SameImage(Compose(photo, painting, {.preserve_color = 0.0F}), painting));
}

TEST_CASE("Preserving colour keeps the painting's luma and the photo's hue", "[image][compose]") {
  const Image photo = MakeNoise(64, 64, 9, true);
  const Image painting = MakeNoise(64, 64, 10, true);
  const Image composed = Compose(photo, painting, {.preserve_color = 1.0F});
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const Rgba pixel = PixelAt(composed, x, y);
      const Rgba from = PixelAt(photo, x, y);
      const int luma = LumaByte(PixelAt(painting, x, y).data());
      REQUIRE(std::abs(LumaByte(pixel.data()) - luma) <= 1);
      // The channels are ordered like the photo's, and no further apart.
      for (int c = 0; c < 3; ++c) {
        const int next = (c + 1) % 3;
        const int before = from[c] - from[next];
        const int after = pixel[c] - pixel[next];
        REQUIRE(before * after >= 0);
        REQUIRE(std::abs(after) <= std::abs(before) + 1);
      }
    }
  }
}

TEST_CASE("Preserving colour: grays stay gray, the photo itself stays itself", "[image][compose]") {
  const Image gray = MakeImage(16, 16, [](int x, int y) {
    const auto byte = static_cast<uint8_t>(16 * y + x);
    return Rgba{byte, byte, byte, 255};
  });
  const Image noise = MakeNoise(16, 16, 11, true);
  const Image from_gray = Compose(gray, noise, {.preserve_color = 1.0F});
  for (int i = 0; i < 256; ++i) {
    const Rgba pixel = PixelAt(from_gray, i % 16, i / 16);
    REQUIRE(pixel[0] == pixel[1]);
    REQUIRE(pixel[1] == pixel[2]);
    REQUIRE(pixel[0] == LumaByte(PixelAt(noise, i % 16, i / 16).data()));
  }
  for (const float amount : {0.3F, 1.0F}) {
    CHECK(SameImage(Compose(noise, noise, {.preserve_color = amount}), noise));
  }
}

TEST_CASE("Shares beyond 0 to 1 are refused by name", "[image][compose]") {
  CHECK(CheckBlend({}).ok());
  CHECK(CheckBlend({0.0F, 1.0F}).ok());
  for (const float bad : {-0.01F, 1.01F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    CHECK(CheckBlend({.strength = bad}).code() == StatusCode::kInvalidArgument);
    CHECK(CheckBlend({.preserve_color = bad}).code() == StatusCode::kInvalidArgument);
  }
  CHECK(CheckBlend({.strength = 2.0F}).message() == "strength: got 2.000000, needed 0 to 1");
  CHECK(CheckBlend({.preserve_color = -1.0F}).message() ==
        "preserve color: got -1.000000, needed 0 to 1");
}

}  // namespace
}  // namespace brushwork
