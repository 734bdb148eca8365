// The built-in styles' paintings of our own photo against those kept in this folder, which were
// looked at. After a change that is meant to change paintings: tests/golden/update.sh, and look at
// them.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "image/decode.h"
#include "stylizer.h"
#include "tests/support/files.h"

namespace brushwork {
namespace {

constexpr int64_t kPixels = 384 * 256;
// Native and WebAssembly kernels round a few values differently (XNNPACK's own), and a later layer
// may carry such a difference on.
constexpr double kMinimumPsnr = 45.0;

Image DecodeFile(const std::string& path) {
  StatusOr<Image> image = DecodeImage(ReadTestFile(path));
  INFO(path << ": " << image.status().message());
  REQUIRE(image.ok());
  return std::move(image).value();
}

double Psnr(const Image& a, const Image& b) {
  REQUIRE(a.width() == b.width());
  REQUIRE(a.height() == b.height());
  double squares = 0.0;
  for (int64_t i = 0; i < 4 * a.pixel_count(); ++i) {
    squares += std::pow(static_cast<double>(a.data()[i]) - b.data()[i], 2.0);
  }
  const auto colours = static_cast<double>(3 * a.pixel_count());
  return squares == 0.0 ? 100.0 : 10.0 * std::log10(255.0 * 255.0 * colours / squares);
}

// The file of the generator with this id.
std::string ModelOf(const nlohmann::json& manifest, const std::string& id) {
  for (const auto& generator : manifest.at("generators")) {
    if (generator.at("id") == id) return generator.at("model");
  }
  FAIL("no generator '" << id << "'");
  return "";
}

// Null for the generator's own.
std::shared_ptr<const StyleVector> VectorOf(const nlohmann::json& style) {
  if (!style.contains("vector")) return nullptr;
  const auto bytes = DecodeBase64(style.at("vector").get<std::string>());
  REQUIRE(bytes.ok());
  auto vector = UnpackStyle(*bytes);
  REQUIRE(vector.ok());
  return std::make_shared<const StyleVector>(std::move(*vector));
}

TEST_CASE("the built-in styles paint as they did", "[golden]") {
  const std::string root = SourceFolder();
  const auto manifest = nlohmann::json::parse(ReadTestFile(root + "/models/manifest.json"));
  const auto stylizer = Stylizer::Create({.threads = 1});
  REQUIRE(stylizer.ok());
  REQUIRE_FALSE(manifest.at("styles").empty());
  for (const auto& style : manifest.at("styles")) {
    const std::string id = style.at("id");
    DYNAMIC_SECTION(id) {
      const auto generator = Generator::Load(
          ReadTestFile(root + "/models/" + ModelOf(manifest, style.at("generator"))), {});
      REQUIRE(generator.ok());
      const auto painting =
          (*stylizer)->Stylize(*generator, DecodeFile(root + "/tests/browser/fixtures/lake.jpg"),
                               {.max_pixels = kPixels, .style = VectorOf(style)});
      REQUIRE(painting.ok());
      CHECK(Psnr(*painting, DecodeFile(root + "/tests/golden/" + id + ".png")) >= kMinimumPsnr);
    }
  }
}

}  // namespace
}  // namespace brushwork
