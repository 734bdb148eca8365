#include "image/resize.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdlib>

#include "tests/support/picture_builder.h"

namespace brushwork {
namespace {

using namespace testing;  // NOLINT

Image Resized(const Image& image, int width, int height) {
  return ResizeImage(image.view(), width, height).value();
}

// ---- The same in double precision, tap by tap ----

double CatmullRom(double t) {
  t = std::abs(t);
  if (t < 1) return 1.5 * t * t * t - 2.5 * t * t + 1;
  if (t < 2) return -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2;
  return 0;
}

std::vector<double> ScaleLine(const std::vector<double>& line, int to) {
  const int from = static_cast<int>(line.size());
  const double stretch = std::max(1.0, static_cast<double>(from) / to);
  const auto at = [&](int j) { return line[static_cast<size_t>(std::clamp(j, 0, from - 1))]; };
  std::vector<double> result;
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * from / to - 0.5;
    double sum = 0;
    double total = 0;
    const int reach = static_cast<int>(2 * stretch) + 2;
    for (int j = static_cast<int>(center) - reach; j <= static_cast<int>(center) + reach; ++j) {
      const double weight = CatmullRom((j - center) / stretch);
      sum += weight * at(j);
      total += weight;
    }
    double value = sum / total;
    if (to > from) {
      const int left = static_cast<int>(std::floor(center));
      value = std::clamp(value, std::min(at(left), at(left + 1)), std::max(at(left), at(left + 1)));
    }
    result.push_back(value);
  }
  return result;
}

// One channel, row after row; the colour channels are premultiplied.
std::vector<double> ReferenceChannel(const Image& image, int channel, int width, int height) {
  std::vector<std::vector<double>> columns(static_cast<size_t>(width));
  for (int y = 0; y < image.height(); ++y) {
    std::vector<double> row;
    for (int x = 0; x < image.width(); ++x) {
      const Rgba color = PixelAt(image, x, y);
      row.push_back(channel == 3 ? color[3]
                                 : color[static_cast<size_t>(channel)] * color[3] / 255.0);
    }
    const std::vector<double> scaled = ScaleLine(row, width);
    for (size_t x = 0; x < scaled.size(); ++x) columns[x].push_back(scaled[x]);
  }
  std::vector<double> result(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (size_t x = 0; x < columns.size(); ++x) {
    const std::vector<double> scaled = ScaleLine(columns[x], height);
    for (size_t y = 0; y < scaled.size(); ++y) result[y * columns.size() + x] = scaled[y];
  }
  return result;
}

// In colours weighted by alpha, since those of nearly transparent pixels are not to be seen.
double LargestDifference(const Image& image, int width, int height) {
  const Image resized = Resized(image, width, height);
  const std::vector<double> alphas = ReferenceChannel(image, 3, width, height);
  double largest = 0;
  for (int channel = 0; channel < 4; ++channel) {
    const std::vector<double> reference = ReferenceChannel(image, channel, width, height);
    for (size_t i = 0; i < alphas.size(); ++i) {
      const double alpha = std::clamp(alphas[i], 0.0, 255.0);
      const double got = resized.bytes()[i * 4 + static_cast<size_t>(channel)];
      if (channel == 3) {
        largest = std::max(largest, std::abs(got - alpha));
      } else if (alpha > 1) {
        const double expected = std::clamp(reference[i] * 255 / alphas[i], 0.0, 255.0);
        largest = std::max(largest, std::abs(got - expected) * alpha / 255);
      }
    }
  }
  return largest;
}

TEST_CASE("Scaling agrees with double precision", "[image][resize]") {
  const std::pair<int, int> sizes[] = {{1, 1},   {2, 3},   {16, 8},  {17, 23}, {33, 21},
                                       {33, 64}, {100, 5}, {5, 100}, {99, 63}};
  const Image opaque = MakeNoise(33, 21, 11, true);
  const Image alpha = MakeNoise(33, 21, 12, false);
  for (const auto& [width, height] : sizes) {
    INFO(width << "×" << height);
    // Half a step of rounding, and the weights' own.
    CHECK(LargestDifference(opaque, width, height) < 0.6);
    // Straight colour and alpha are each rounded.
    CHECK(LargestDifference(alpha, width, height) < 1.2);
  }
}

TEST_CASE("A constant picture stays constant", "[image][resize]") {
  const std::pair<int, int> sizes[] = {{1, 1}, {7, 5}, {100, 3}, {3, 100}, {1000, 1}, {64, 48}};
  for (const Rgba color : {Rgba{255, 255, 255, 255},
                           {0, 0, 0, 255},
                           {13, 130, 201, 255},
                           {13, 130, 201, 100},
                           {250, 3, 77, 4},
                           {0, 0, 0, 0}}) {
    for (const auto& [from_width, from_height] : sizes) {
      const Image image = MakeConstant(from_width, from_height, color);
      for (const auto& [width, height] : sizes) {
        INFO(from_width << "×" << from_height << " to " << width << "×" << height);
        CHECK(SameImage(Resized(image, width, height), MakeConstant(width, height, color)));
      }
    }
  }
}

TEST_CASE("A picture of the right size is copied", "[image][resize]") {
  const Image image = MakeNoise(31, 17, 2, false);
  CHECK(SameImage(Resized(image, 31, 17), image));
}

TEST_CASE("Opaque pictures stay as they are along an axis of the same size", "[image][resize]") {
  const Image row = MakeNoise(31, 1, 2, true);
  const Image rows = Resized(row, 31, 5);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 31; ++x) CHECK(PixelAt(rows, x, y) == PixelAt(row, x, 0));
  }
}

TEST_CASE("Known small cases", "[image][resize]") {
  const Image edge = MakeImage(2, 1, [](int x, int) {
    const auto gray = static_cast<uint8_t>(x * 255);
    return Rgba{gray, gray, gray, 255};
  });
  CHECK(PixelAt(Resized(edge, 1, 1), 0, 0) == Rgba{128, 128, 128, 255});
  // At a quarter of a pixel the taps are -9, 111, 29 and -3 of 128; the border's pixel is repeated.
  const Image grown = Resized(edge, 4, 1);
  CHECK(PixelAt(grown, 0, 0)[0] == 0);
  CHECK(PixelAt(grown, 1, 0)[0] == std::lround(255 * 26 / 128.0));
  CHECK(PixelAt(grown, 2, 0)[0] == std::lround(255 * 102 / 128.0));
  CHECK(PixelAt(grown, 3, 0)[0] == 255);
}

TEST_CASE("Shrinking averages what is finer than a pixel", "[image][resize]") {
  const Image checkers = MakeImage(64, 64, [](int x, int y) {
    const auto gray = static_cast<uint8_t>((x + y) % 2 * 255);
    return Rgba{gray, gray, gray, 255};
  });
  for (const int size : {1, 7, 13, 16}) {
    const Image small = Resized(checkers, size, size);
    const int center = size / 2;
    CHECK(std::abs(PixelAt(small, center, center)[0] - 128) <= 2);
  }
}

TEST_CASE("A gradient stays one", "[image][resize]") {
  const Image ramp = MakeImage(256, 4, [](int x, int) {
    return Rgba{static_cast<uint8_t>(x), static_cast<uint8_t>(255 - x), 0, 255};
  });
  for (const int width : {64, 100, 255, 257, 1000}) {
    const Image resized = Resized(ramp, width, 4);
    for (int x = 0; x < width; ++x) {
      const Rgba color = PixelAt(resized, x, 2);
      const double expected = (x + 0.5) * 256 / width - 0.5;
      INFO(x << " of " << width);
      if (expected > 8 && expected < 247) CHECK(std::abs(color[0] - expected) <= 1);
      if (x > 0) CHECK(color[0] >= PixelAt(resized, x - 1, 2)[0]);
      CHECK(std::abs(color[0] + color[1] - 255) <= 1);
    }
  }
}

TEST_CASE("Growing an edge does not ring", "[image][resize]") {
  const Image edge = MakeImage(16, 16, [](int x, int) {
    const auto gray = static_cast<uint8_t>(x < 8 ? 64 : 192);
    return Rgba{gray, gray, gray, 255};
  });
  for (const int width : {17, 23, 32, 160}) {
    const Image grown = Resized(edge, width, width);
    for (int x = 0; x < width; ++x) {
      const uint8_t gray = PixelAt(grown, x, width / 2)[0];
      CHECK(gray >= 64);
      CHECK(gray <= 192);
      if (x > 0) CHECK(gray >= PixelAt(grown, x - 1, width / 2)[0]);
    }
  }
}

TEST_CASE("Transparent pixels do not bleed", "[image][resize]") {
  const Image image = MakeImage(32, 32, [](int x, int y) {
    return (x / 4 + y / 4) % 2 ? Rgba{200, 40, 90, 255} : Rgba{0, 255, 0, 0};
  });
  for (const int size : {5, 11, 31, 33, 80}) {
    const Image resized = Resized(image, size, size);
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        const Rgba color = PixelAt(resized, x, y);
        if (color[3] < 4) continue;
        CHECK(std::abs(color[0] - 200) <= 1);
        CHECK(std::abs(color[1] - 40) <= 1);
        CHECK(std::abs(color[2] - 90) <= 1);
      }
    }
  }
}

TEST_CASE("A mirrored picture scales to the mirrored picture", "[image][resize]") {
  const Image image = MakeNoise(37, 3, 4, true);
  const Image mirrored = MakeImage(37, 3, [&](int x, int y) { return PixelAt(image, 36 - x, y); });
  for (const int width : {5, 36, 90}) {
    const Image a = Resized(image, width, 3);
    const Image b = Resized(mirrored, width, 3);
    for (int x = 0; x < width; ++x) {
      CHECK(std::abs(PixelAt(a, x, 1)[0] - PixelAt(b, width - 1 - x, 1)[0]) <= 1);
    }
  }
}

TEST_CASE("The longest pictures shrink to a pixel and back", "[image][resize]") {
  const Image wide = MakeImage(kMaxImageDimension, 1, [](int x, int) {
    return Rgba{static_cast<uint8_t>(x * 256LL / kMaxImageDimension), 77, 0, 255};
  });
  const Rgba average = PixelAt(Resized(wide, 1, 1), 0, 0);
  CHECK(std::abs(average[0] - 127) <= 1);
  CHECK(average[1] == 77);
  const Image tall = MakeConstant(1, kMaxImageDimension, {1, 2, 3, 255});
  CHECK(SameImage(Resized(tall, 1, 1), MakeConstant(1, 1, {1, 2, 3, 255})));
  CHECK(SameImage(Resized(MakeConstant(1, 1, {9, 8, 7, 255}), kMaxImageDimension, 1),
                  MakeConstant(kMaxImageDimension, 1, {9, 8, 7, 255})));
  CHECK(Resized(MakeNumbered(20'000, 2), 200, 2).width() == 200);
}

TEST_CASE("Rows scaled in any cut are the picture's", "[image][resize]") {
  const Image image = MakeNoise(37, 53, 6, false);
  const ImageSize sizes[] = {{11, 19}, {37, 53}, {90, 131}, {5, 150}, {1, 1}};
  for (const ImageSize& size : sizes) {
    CAPTURE(size.width, size.height);
    const Image whole = Resized(image, size.width, size.height);
    const RowScaler scaler(image.view(), size.width, size.height);
    for (const int rows : {1, 7, 64}) {
      Image cut = Image::Create(size.width, size.height).value();
      RowScaler::Workspace workspace = scaler.MakeWorkspace();
      // From the last strip to the first: none needs what another has left behind.
      for (int begin = (size.height - 1) / rows * rows; begin >= 0; begin -= rows) {
        scaler.Scale(begin, std::min(begin + rows, size.height), workspace, cut.row(begin));
      }
      CHECK(SameImage(cut, whole));
    }
  }
}

TEST_CASE("Scaling refuses bad sizes", "[image][resize]") {
  const Image image = MakeNumbered(2, 2);
  CHECK(ResizeImage(image.view(), 0, 1).status().code() == StatusCode::kInvalidArgument);
  CHECK(ResizeImage(image.view(), 1, -1).status().code() == StatusCode::kInvalidArgument);
  CHECK(ResizeImage(image.view(), 60'000, 60'000).status().code() == StatusCode::kImageTooLarge);
  CHECK(ResizeImage({}, 1, 1).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("FitPixels keeps small pictures and fits large ones", "[image][resize]") {
  const auto fit = [](int width, int height, int64_t pixels) {
    const ImageSize size = FitPixels(width, height, pixels);
    return std::pair{size.width, size.height};
  };
  CHECK(fit(640, 480, 640 * 480) == std::pair{640, 480});
  CHECK(fit(640, 480, int64_t{1} << 60) == std::pair{640, 480});
  CHECK(fit(2000, 2000, 1'000'000) == std::pair{1000, 1000});
  CHECK(fit(3000, 3000, 1'000'000) == std::pair{1000, 1000});
  CHECK(fit(4000, 1000, 1'000'000) == std::pair{2000, 500});
  CHECK(fit(1000, 4000, 1'000'000) == std::pair{500, 2000});
  CHECK(fit(20'000, 2, 100) == std::pair{100, 1});
  CHECK(fit(2, 20'000, 100) == std::pair{1, 100});
  CHECK(fit(50, 40, 1) == std::pair{1, 1});
  CHECK(fit(50, 40, 0) == std::pair{1, 1});
}

TEST_CASE("FitPixels fills what it may and keeps the shape", "[image][resize]") {
  for (const auto& [width, height] :
       {std::pair{5184, 3456}, {768, 512}, {1001, 999}, {300, 4000}}) {
    for (int64_t pixels = 10'000; pixels < int64_t{width} * height; pixels = pixels * 17 / 10) {
      const ImageSize size = FitPixels(width, height, pixels);
      const int64_t got = int64_t{size.width} * size.height;
      INFO(width << "×" << height << " in " << pixels << ": " << size.width << "×" << size.height);
      CHECK(got <= pixels);
      CHECK(got + 2 * std::max(size.width, size.height) > pixels);
      const double scale = static_cast<double>(size.width) / width;
      CHECK(std::abs(size.height - height * scale) <= std::max(1.0, 1.0 * height / width));
    }
  }
}

}  // namespace
}  // namespace brushwork
