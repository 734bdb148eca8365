// Styles as values: blended, and as half floats.
#include "plan/style_vector.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "base/base64.h"
#include "base/half.h"

namespace brushwork {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Blended(const std::vector<WeightedStyle>& styles) {
  const auto blended = BlendStyles(styles);
  INFO(blended.status().message());
  REQUIRE(blended.ok());
  return blended->values;
}

StatusCode BlendError(const std::vector<WeightedStyle>& styles) {
  return BlendStyles(styles).status().code();
}

TEST_CASE("blended styles are weighted means", "[style]") {
  const StyleVector a{{0.0F, 1.0F, -2.0F}};
  const StyleVector b{{4.0F, 1.0F, 2.0F}};
  CHECK(Blended({{a, 1.0F}, {b, 3.0F}}) == std::vector<float>{3.0F, 1.0F, 1.0F});
  CHECK(Blended({{a, 100.0F}, {b, 300.0F}}) == std::vector<float>{3.0F, 1.0F, 1.0F});
  CHECK(Blended({{a, 0.0F}, {b, 0.25F}}) == b.values);
  CHECK(Blended({{a, 1e38F}, {b, 3e38F}, {a, 0.0F}}) == std::vector<float>{3.0F, 1.0F, 1.0F});
  const StyleVector third{{0.1F, -7.3F}};
  CHECK(Blended({{third, 0.3F}}) == third.values);
}

TEST_CASE("styles that can't be blended say why", "[style]") {
  const StyleVector a{{0.0F, 1.0F}};
  const StyleVector longer{{0.0F, 1.0F, 2.0F}};
  CHECK(BlendError({}) == StatusCode::kInvalidArgument);
  CHECK(BlendError({{a, 0.0F}, {a, 0.0F}}) == StatusCode::kInvalidArgument);
  for (const float weight : {-1.0F, kInfinity, kNan}) {
    CHECK(BlendError({{a, 1.0F}, {a, weight}}) == StatusCode::kInvalidArgument);
  }
  const auto mixed = BlendStyles(std::vector<WeightedStyle>{{a, 1.0F}, {longer, 0.0F}});
  CHECK(mixed.status().code() == StatusCode::kIncompatibleStyles);
  CHECK(mixed.status().message() == "style: got 3 values, needed 2");
  CHECK(StatusCodeName(mixed.status().code()) == "incompatible-styles");
}

TEST_CASE("every finite half float comes back as it was", "[style]") {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isfinite(value)) REQUIRE(FloatToHalf(value) == half);
  }
}

TEST_CASE("floats become the nearest halves, ties even", "[style]") {
  CHECK(FloatToHalf(1.0F + 0x1p-11F) == FloatToHalf(1.0F));
  CHECK(FloatToHalf(1.0F + 0x1.8p-10F) == FloatToHalf(1.0F + 0x1p-9F));
  CHECK(FloatToHalf(1.0F + 0x1.002p-11F) == FloatToHalf(1.0F + 0x1p-10F));
  CHECK(FloatToHalf(2.0F - 0x1p-20F) == FloatToHalf(2.0F));
  CHECK(FloatToHalf(0x1p-25F) == 0);
  CHECK(FloatToHalf(0x1.8p-25F) == 1);
  CHECK(FloatToHalf(1e-40F) == 0);
  CHECK(FloatToHalf(-0.0F) == 0x8000);
  CHECK(FloatToHalf(0x1.ffep-15F) == 0x0400);
  CHECK(FloatToHalf(65504.0F) == 0x7BFF);
  CHECK(FloatToHalf(65519.0F) == 0x7BFF);
  CHECK(FloatToHalf(65520.0F) == 0x7C00);
  CHECK(FloatToHalf(-1e30F) == 0xFC00);
}

TEST_CASE("styles are packed as little-endian halves", "[style]") {
  const StyleVector style{{1.0F, -2.0F, 0.0F, 0.333251953125F}};
  const std::vector<uint8_t> bytes = PackStyle(style);
  CHECK(bytes == std::vector<uint8_t>{0x00, 0x3C, 0x00, 0xC0, 0x00, 0x00, 0x55, 0x35});
  const auto unpacked = UnpackStyle(bytes);
  REQUIRE(unpacked.ok());
  CHECK(unpacked->values == style.values);
}

TEST_CASE("bytes that are no style are refused", "[style]") {
  const std::vector<std::vector<uint8_t>> none = {
      {}, {0x00}, {0x00, 0x3C, 0x00}, {0x00, 0x7C}, {0x00, 0xFC}, {0x00, 0x3C, 0x01, 0x7E}};
  for (const std::vector<uint8_t>& bytes : none) {
    CHECK(UnpackStyle(bytes).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(UnpackStyle(none.back()).status().message() == "style: value 1 is not finite");
}

TEST_CASE("base64", "[style]") {
  const auto decoded = [](const char* text) {
    const auto bytes = DecodeBase64(text);
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "error";
  };
  CHECK(decoded("").empty());
  CHECK(decoded("Zg==") == "f");
  CHECK(decoded("Zm8=") == "fo");
  CHECK(decoded("Zm9vYmFy") == "foobar");
  CHECK(decoded("+/8=") == "\xFB\xFF");
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zm 9", "Zm9-", "Z=m9", "Zg==Zg=="}) {
    CHECK(decoded(text) == "error");
  }
}

}  // namespace
}  // namespace brushwork
