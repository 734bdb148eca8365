// The style encoder against its arithmetic written out, and what it does with sizes and alpha.
#include "style_encoder.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "image/resize.h"
#include "stylizer.h"
#include "tests/support/files.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

constexpr int kSide = 64;
constexpr int64_t kInner = 4;
constexpr int64_t kStyleSize = 6;

// Reflected padding by 1, a convolution with int8 weights (kernel 18, stride 16), ReLU, and a 1×1
// convolution.
struct SmallEncoder {
  SmallEncoder() {
    Random random(5);
    for (int64_t i = 0; i < kInner * 3 * 18 * 18; ++i) {
      first.push_back(static_cast<int8_t>(random.Integer(-127, 127)));
    }
    scales = random.Uniforms(kInner, 1e-5F, 3e-5F);
    bias = random.Uniforms(kInner, -0.3F, 0.3F);
    second = random.Uniforms(kStyleSize * kInner, -1.0F, 1.0F);
  }

  std::vector<uint8_t> Onnx(const std::string& side = "64") const {
    OnnxBuilder builder(17);
    builder.Input("x", {1, 3, -1, -1}).Ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
    builder.Int8s("first", {kInner, 3, 18, 18}, first).Floats("scales", {kInner}, scales);
    builder.Int8s("zeros", {kInner}, std::vector<int8_t>(kInner, 0));
    builder.Floats("bias", {kInner}, bias).Floats("second", {kStyleSize, kInner, 1, 1}, second);
    builder.Node("DequantizeLinear", {"first", "scales", "zeros"}, {"weights"}, {{"axis", 0}});
    builder.Node("Pad", {"x", "pads"}, {"padded"}, {{"mode", "reflect"}});
    builder.Node("Conv", {"padded", "weights", "bias"}, {"a"}, {{"strides", {16, 16}}});
    builder.Node("Relu", {"a"}, {"b"}).Node("Conv", {"b", "second"}, {"style"});
    builder.Output("style", {1, kStyleSize, -1, -1});
    if (!side.empty()) builder.Metadata("brushwork.encoder_side", side);
    return builder.Build();
  }

  double ConvolutionAt(const Image& picture, int64_t o, int y, int x) const {
    double sum = static_cast<double>(bias[static_cast<size_t>(o)]);
    const auto mirrored = [](int i, int size) {
      return i < 0 ? -i : std::min(i, 2 * size - 2 - i);
    };
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 18 * 18; ++i) {
        const int row = mirrored(16 * y + i / 18 - 1, picture.height());
        const int column = mirrored(16 * x + i % 18 - 1, picture.width());
        const double value = picture.row(row)[4 * column + c] / 255.0;
        const size_t weight = static_cast<size_t>((o * 3 + c) * 18 * 18 + i);
        sum += value * first[weight] * static_cast<double>(scales[static_cast<size_t>(o)]);
      }
    }
    return std::max(0.0, sum);
  }

  // Of an opaque picture of multiples of 16.
  std::vector<double> StyleOf(const Image& picture) const {
    std::vector<double> inner(kInner);
    const int rows = picture.height() / 16;
    const int columns = picture.width() / 16;
    for (size_t o = 0; o < inner.size(); ++o) {
      for (int i = 0; i < rows * columns; ++i) {
        inner[o] += ConvolutionAt(picture, static_cast<int64_t>(o), i / columns, i % columns);
      }
    }
    std::vector<double> style(kStyleSize);
    for (size_t v = 0; v < style.size(); ++v) {
      for (size_t o = 0; o < inner.size(); ++o) {
        style[v] += static_cast<double>(second[v * kInner + o]) * inner[o] / (rows * columns);
      }
    }
    return style;
  }

  std::vector<int8_t> first;
  std::vector<float> scales;
  std::vector<float> bias;
  std::vector<float> second;
};

std::shared_ptr<const StyleEncoder> Load(const std::vector<uint8_t>& onnx) {
  auto encoder = StyleEncoder::Load(onnx);
  INFO(encoder.status().message());
  REQUIRE(encoder.ok());
  return *encoder;
}

std::vector<float> Encode(const StyleEncoder& encoder, const Image& picture) {
  const auto style = encoder.Encode(picture.view());
  INFO(style.status().message());
  REQUIRE(style.ok());
  return style->values;
}

// Smooth, so that scaling keeps what is there.
Image Picture(int width, int height) {
  Image picture = std::move(Image::Create(width, height)).value();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = (x + 0.5) / width;
      const double v = (y + 0.5) / height;
      uint8_t* pixel = picture.row(y) + 4 * x;
      pixel[0] = static_cast<uint8_t>(255 * u);
      pixel[1] = static_cast<uint8_t>(127 + 120 * std::sin(9 * v));
      pixel[2] = static_cast<uint8_t>(255 * (1 - u) * v);
      pixel[3] = 255;
    }
  }
  return picture;
}

Image Solid(int width, int height) {
  Image picture = std::move(Image::Create(width, height)).value();
  for (int64_t i = 0; i < picture.pixel_count(); ++i) {
    std::ranges::copy(std::initializer_list<uint8_t>{200, 30, 90, 255}, picture.data() + 4 * i);
  }
  return picture;
}

float Distance(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0.0F;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST_CASE("an encoder computes the mean of its output", "[encoder]") {
  const SmallEncoder small;
  const auto encoder = Load(small.Onnx());
  CHECK(encoder->style_size() == static_cast<size_t>(kStyleSize));
  for (const ImageSize size : {ImageSize{kSide, kSide}, ImageSize{kSide, 112}, {256, kSide}}) {
    const Image picture = Picture(size.width, size.height);
    const std::vector<float> style = Encode(*encoder, picture);
    const std::vector<double> expected = small.StyleOf(picture);
    double spread = 0.0;
    for (size_t i = 0; i < expected.size(); ++i) {
      CHECK(std::abs(static_cast<double>(style[i]) - expected[i]) < 1e-5);
      spread = std::max(spread, std::abs(expected[i]));
    }
    CHECK(spread > 0.05);
    CHECK(Encode(*encoder, picture) == style);
  }
}

TEST_CASE("pictures of any size are encoded, scaled up or down", "[encoder]") {
  const auto encoder = Load(SmallEncoder().Onnx());
  const std::vector<float> solid = Encode(*encoder, Solid(kSide, kSide));
  const ImageSize sizes[] = {{1, 1}, {7, 3}, {33, 65}, {2, 3000}, {5000, 1}, {641, 487}};
  for (const ImageSize& size : sizes) {
    CAPTURE(size.width, size.height);
    CHECK(Distance(Encode(*encoder, Solid(size.width, size.height)), solid) < 1e-5F);
  }
  const std::vector<float> expected = Encode(*encoder, Picture(kSide, kSide));
  CHECK(Distance(Encode(*encoder, Picture(200, 200)), expected) < 0.02F);
  CHECK(Distance(Encode(*encoder, Picture(41, 41)), expected) < 0.02F);
}

TEST_CASE("sides are multiples of 16, the longer at most four times the shorter", "[encoder]") {
  const auto encoder = Load(SmallEncoder().Onnx());
  const auto as = [&](const Image& picture, int width, int height) {
    const auto scaled = ResizeImage(picture.view(), width, height);
    REQUIRE(scaled.ok());
    return Encode(*encoder, picture) == Encode(*encoder, *scaled);
  };
  CHECK(as(Picture(640, 64), 256, 64));
  CHECK(as(Picture(30, 290), 64, 256));
  CHECK(as(Picture(300, 200), 96, 64));
  CHECK(as(Picture(128, 150), 64, 80));
  CHECK_FALSE(as(Picture(128, 150), 64, 64));
}

TEST_CASE("what is transparent is white", "[encoder]") {
  const auto encoder = Load(SmallEncoder().Onnx());
  Image over_white = Picture(kSide, kSide);
  Image transparent = over_white;
  for (int64_t i = 0; i < over_white.pixel_count(); i += 3) {
    std::fill_n(over_white.data() + 4 * i, 4, uint8_t{255});
    transparent.data()[4 * i + 3] = 0;
  }
  CHECK(Encode(*encoder, transparent) == Encode(*encoder, over_white));
  Image half = Solid(kSide, kSide);
  Image mixed = half;
  for (int64_t i = 0; i < half.pixel_count(); ++i) {
    half.data()[4 * i + 3] = 51;
    for (int c = 0; c < 3; ++c) {
      uint8_t& colour = mixed.data()[4 * i + c];
      colour = static_cast<uint8_t>((colour + 4 * 255 + 2) / 5);
    }
  }
  CHECK(Distance(Encode(*encoder, half), Encode(*encoder, mixed)) < 0.02F);
}

TEST_CASE("a style weakens from the full one to the photo's own", "[encoder]") {
  const auto encoder = Load(SmallEncoder().Onnx());
  const Image photo = Picture(90, 70);
  const std::vector<float> own = Encode(*encoder, photo);
  const StyleVector style{{1.0F, -2.0F, 3.0F, 0.1F, 0.2F, 7.0F}};
  const auto weakened = [&](float strength) {
    auto result = WeakenStyle(*encoder, photo.view(), style, strength);
    REQUIRE(result.ok());
    return std::move(result).value();
  };
  CHECK(weakened(0.0F).style.values == own);
  CHECK(weakened(0.0F).blend == 0.0F);
  CHECK(weakened(1.0F).style.values == style.values);
  CHECK(weakened(1.0F).blend == 1.0F);
  const WeakenedStyle half = weakened(0.5F);
  for (size_t i = 0; i < own.size(); ++i) {
    CHECK(half.style.values[i] == 0.5F * own[i] + 0.5F * style.values[i]);
  }
  CHECK(half.blend == 0.75F);
}

TEST_CASE("weakening refuses what makes no sense", "[encoder]") {
  const auto encoder = Load(SmallEncoder().Onnx());
  const Image photo = Picture(90, 70);
  const StyleVector style{std::vector<float>(kStyleSize, 1.0F)};
  for (const float strength : {-0.1F, 1.1F, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(WeakenStyle(*encoder, photo.view(), style, strength).status().code() ==
          StatusCode::kInvalidArgument);
  }
  const Status status = WeakenStyle(*encoder, photo.view(), {{1.0F, 2.0F}}, 0.5F).status();
  CHECK(status.code() == StatusCode::kIncompatibleStyles);
  CHECK(status.message() == "style: got 2 values, needed 6");
  CHECK(WeakenStyle(*encoder, Image().view(), style, 0.5F).status().code() ==
        StatusCode::kInvalidArgument);
}

TEST_CASE("models that are no style encoders say so", "[encoder]") {
  for (const char* side : {"", "x", "0", "8", "-256", "100000", "64.5"}) {
    const Status status = StyleEncoder::Load(SmallEncoder().Onnx(side)).status();
    CHECK(status.code() == StatusCode::kUnsupportedModel);
    CHECK(status.message().find("brushwork.encoder_side") != std::string::npos);
  }
  std::vector<uint8_t> damaged = SmallEncoder().Onnx();
  damaged.resize(damaged.size() / 2);
  CHECK(StyleEncoder::Load(damaged).status().code() == StatusCode::kInvalidModel);
  CHECK(StyleEncoder::Load({}).status().code() == StatusCode::kInvalidModel);
}

TEST_CASE("the built-in encoder is the built-in generator's", "[encoder]") {
  const std::string models = SourceFolder() + "/models/";
  const auto encoder = Load(ReadTestFile(models + "painter-encoder.onnx"));
  const auto generator = Generator::Load(ReadTestFile(models + "painter.onnx"), {});
  REQUIRE(generator.ok());
  CHECK((*generator)->style_size() > 0);
  CHECK(encoder->style_size() == (*generator)->style_size());
  CHECK(Encode(*encoder, Picture(100, 80)).size() == encoder->style_size());
}

}  // namespace
}  // namespace brushwork
