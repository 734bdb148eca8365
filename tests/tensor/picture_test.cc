#include "tensor/picture.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <vector>

#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

const Quantization kByteQuantization{1.0F / 255.0F, -128};

// The red channel holds every byte once.
Image EveryByte() {
  return MakeImage(16, 16, [](int x, int y) {
    const int byte = y * 16 + x;
    return Rgba{static_cast<uint8_t>(byte), static_cast<uint8_t>(255 - byte),
                static_cast<uint8_t>(byte * 7), 255};
  });
}

struct Floats {
  Shape4 shape;
  std::vector<float> values = std::vector<float>(static_cast<size_t>(shape.elements()));
  TensorView view() { return {values.data(), shape, DataType::kFloat32, {}}; }
};

struct Int8s {
  Shape4 shape;
  Quantization quantization = kByteQuantization;
  std::vector<int8_t> values = std::vector<int8_t>(static_cast<size_t>(shape.elements()));
  TensorView view() { return {values.data(), shape, DataType::kInt8, quantization}; }
};

TEST_CASE("Every byte comes back from float", "[tensor][picture]") {
  const Image image = EveryByte();
  for (const ColorEncoding encoding :
       {ColorEncoding{}, ColorEncoding{0, 255, ChannelOrder::kBgr}, ColorEncoding{-1, 1},
        ColorEncoding{-123.68F, 151.061F}, ColorEncoding{1, 0}}) {
    Floats tensor{{1, 16, 16, 3}};
    REQUIRE(PictureToTensor(image.view(), encoding, tensor.view()).ok());
    Image back = MakeConstant(16, 16, {0, 0, 0, 0});
    REQUIRE(TensorToPicture(tensor.view(), encoding, back).ok());
    CHECK(SameImage(back, image));
  }
}

TEST_CASE("Every byte comes back from int8", "[tensor][picture]") {
  const Image image = EveryByte();
  const std::pair<ColorEncoding, Quantization> cases[] = {
      {{}, kByteQuantization},
      {{0, 255, ChannelOrder::kBgr}, {1.0F, -128}},
      {{-1, 1}, {2.0F / 255.0F, 0}},  // 127.5 steps on each side: 0 and 255 saturate or round
  };
  for (const auto& [encoding, quantization] : cases) {
    Int8s tensor{{1, 16, 16, 3}, quantization};
    REQUIRE(PictureToTensor(image.view(), encoding, tensor.view()).ok());
    Image back = MakeConstant(16, 16, {0, 0, 0, 0});
    REQUIRE(TensorToPicture(tensor.view(), encoding, back).ok());
    if (quantization.zero_point == -128) CHECK(SameImage(back, image));
  }
}

TEST_CASE("With its natural quantization a byte b is b - 128", "[tensor][picture]") {
  const Image image = EveryByte();
  Int8s unit{{1, 16, 16, 3}};
  REQUIRE(PictureToTensor(image.view(), {}, unit.view()).ok());
  Int8s bytes{{1, 16, 16, 3}, {1.0F, -128}};
  REQUIRE(PictureToTensor(image.view(), {0, 255}, bytes.view()).ok());
  for (int byte = 0; byte < 256; ++byte) {
    CHECK(unit.values[static_cast<size_t>(byte) * 3] == byte - 128);
    CHECK(bytes.values[static_cast<size_t>(byte) * 3] == byte - 128);
  }
}

TEST_CASE("Colours are encoded in the range and order asked for", "[tensor][picture]") {
  const Image image = MakeConstant(1, 1, {255, 51, 0, 9});
  Floats tensor{{1, 1, 1, 3}};
  REQUIRE(PictureToTensor(image.view(), {}, tensor.view()).ok());
  CHECK(tensor.values == std::vector<float>{1.0F, 0.2F, 0.0F});
  REQUIRE(PictureToTensor(image.view(), {0, 255, ChannelOrder::kBgr}, tensor.view()).ok());
  CHECK(tensor.values == std::vector<float>{0.0F, 51.0F, 255.0F});
  REQUIRE(PictureToTensor(image.view(), {-1, 1}, tensor.view()).ok());
  CHECK(tensor.values == std::vector<float>{1.0F, -0.6F, -1.0F});
}

TEST_CASE("Values that int8 cannot hold saturate", "[tensor][picture]") {
  const Image image = MakeConstant(1, 1, {255, 128, 0, 255});
  Int8s tensor{{1, 1, 1, 3}, {0.5F, 0}};
  REQUIRE(PictureToTensor(image.view(), {-128, 127}, tensor.view()).ok());
  CHECK(tensor.values == std::vector<int8_t>{127, 0, -128});
}

TEST_CASE("Values beyond the range are clamped, no number is black", "[tensor][picture]") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Floats tensor{{1, 1, 2, 3}};
  tensor.values = {-kInfinity, kInfinity, std::numeric_limits<float>::quiet_NaN(),
                   -0.1F,      1.1F,      0.5F};
  Image image = MakeConstant(2, 1, {1, 1, 1, 1});
  REQUIRE(TensorToPicture(tensor.view(), {}, image).ok());
  CHECK(PixelAt(image, 0, 0) == Rgba{0, 255, 0, 255});
  CHECK(PixelAt(image, 1, 0) == Rgba{0, 255, 128, 255});
}

// Walks back and forth a step at a time.
int NaiveMirror(int i, int size) {
  int position = 0;
  int direction = 1;
  for (int step = 0; step < i && size > 1; ++step) {
    if (position + direction < 0 || position + direction >= size) direction = -direction;
    position += direction;
  }
  return position;
}

TEST_CASE("What lies beyond the picture is its mirror image", "[tensor][picture]") {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 3}, {3, 2}, {7, 5}}) {
    const Image image = MakeNoise(width, height, 9, true);
    for (const auto& [extra_x, extra_y] : {std::pair{0, 0}, {1, 0}, {0, 1}, {3, 2}, {20, 31}}) {
      const Shape4 shape{1, height + extra_y, width + extra_x, 3};
      Int8s tensor{shape};
      Floats floats{shape};
      REQUIRE(PictureToTensor(image.view(), {}, tensor.view()).ok());
      REQUIRE(PictureToTensor(image.view(), {0, 255}, floats.view()).ok());
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
          const Rgba color = PixelAt(image, NaiveMirror(x, width), NaiveMirror(y, height));
          for (size_t c = 0; c < 3; ++c) {
            const size_t index = static_cast<size_t>(y * shape.width + x) * 3 + c;
            if (tensor.values[index] != color[c] - 128) FAIL("int8 at " << x << ", " << y);
            if (floats.values[index] != color[c]) FAIL("float at " << x << ", " << y);
          }
        }
      }
    }
  }
}

TEST_CASE("The upper left part of a larger tensor becomes the picture", "[tensor][picture]") {
  const Image image = MakeNoise(5, 4, 3, true);
  Int8s tensor{{1, 9, 8, 3}};
  REQUIRE(PictureToTensor(image.view(), {}, tensor.view()).ok());
  Image back = MakeConstant(5, 4, {0, 0, 0, 0});
  REQUIRE(TensorToPicture(tensor.view(), {}, back).ok());
  CHECK(SameImage(back, image));
}

TEST_CASE("Tensors and encodings that do not fit are refused", "[tensor][picture]") {
  Image image = MakeNumbered(4, 3);
  const auto refused = [&](TensorView tensor, ColorEncoding encoding = {}) {
    return PictureToTensor(image.view(), encoding, tensor).code() == StatusCode::kInvalidArgument &&
           TensorToPicture(tensor, encoding, image).code() == StatusCode::kInvalidArgument;
  };
  Floats good{{1, 3, 4, 3}};
  CHECK_FALSE(refused(good.view()));
  CHECK(refused(Floats{{1, 2, 4, 3}}.view()));
  CHECK(refused(Floats{{1, 3, 3, 3}}.view()));
  CHECK(refused(Floats{{1, 3, 4, 4}}.view()));
  CHECK(refused(Floats{{2, 3, 4, 3}}.view()));
  CHECK(refused({nullptr, good.shape, DataType::kFloat32, {}}));
  CHECK(refused(good.view(), {1, 1}));
  CHECK(refused(good.view(), {0, std::numeric_limits<float>::infinity()}));
  CHECK(refused(Int8s{{1, 3, 4, 3}, {0.0F, 0}}.view()));
  CHECK(refused(Int8s{{1, 3, 4, 3}, {-1.0F, 0}}.view()));
  CHECK(refused(Int8s{{1, 3, 4, 3}, {1.0F, 128}}.view()));
  CHECK(PictureToTensor({}, {}, good.view()).code() == StatusCode::kInvalidArgument);
  CHECK(PictureToTensor(image.view(), {}, Floats{{1, 2, 4, 3}}.view()).message() ==
        "got a tensor [1, 2, 4, 3], needed at least [1, 3, 4, 3]");
}

}  // namespace
}  // namespace brushwork
