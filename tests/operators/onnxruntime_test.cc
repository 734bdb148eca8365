// Every operator, the third-party generators, our own and its style encoder against native ONNX
// Runtime.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/model.h"
#include "plan/plan.h"
#include "tests/support/files.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

using Json = nlohmann::json;

Json ReadJson(const std::string& path) { return Json::parse(ReadTestFile(path)); }

// Planes [3, H, W] to pixels [H, W, 3].
std::vector<float> ToPixels(const std::vector<float>& planes, const Shape4& shape) {
  const int64_t pixels = shape.pixels();
  REQUIRE(static_cast<int64_t>(planes.size()) == 3 * pixels);
  std::vector<float> values;
  for (int64_t i = 0; i < pixels; ++i) {
    for (int64_t c = 0; c < 3; ++c) values.push_back(planes[static_cast<size_t>(c * pixels + i)]);
  }
  return values;
}

struct Difference {
  double largest = 0.0;
  double mean_square = 0.0;
};

// `output` is of pixels, `planes` of planes.
Difference Compare(const std::vector<float>& output, const std::vector<float>& planes,
                   int64_t channels) {
  REQUIRE(output.size() == planes.size());
  const int64_t pixels = static_cast<int64_t>(output.size()) / channels;
  Difference difference;
  for (int64_t i = 0; i < pixels; ++i) {
    for (int64_t c = 0; c < channels; ++c) {
      const double error =
          std::abs(static_cast<double>(output[static_cast<size_t>(channels * i + c)]) -
                   planes[static_cast<size_t>(c * pixels + i)]);
      // A NaN on either side must not pass as no difference.
      difference.largest = error <= difference.largest ? difference.largest : error;
      difference.mean_square += error * error / static_cast<double>(channels * pixels);
    }
  }
  return difference;
}

std::string ModelPath(const Json& made) {
  const std::string folder = made.at("folder");
  const std::string model = made.at("model");
  if (folder == "reference") return ReferenceFolder() + "/" + model;
  if (folder == "data") return DataFolder() + "/" + model;
  return SourceFolder() + "/models/" + model;
}

void CheckCase(const Json& made, const Json& expected) {
  const std::string name = made.at("name");
  INFO(name);
  const auto model = Model::Read(ReadTestFile(ModelPath(made)));
  INFO((model.ok() ? "" : model.status().message()));
  REQUIRE(model.ok());
  const auto network =
      model->Specialize(made.at("height").get<int64_t>(), made.at("width").get<int64_t>());
  INFO((network.ok() ? "" : network.status().message()));
  REQUIRE(network.ok());
  const auto plan = Plan::Create(*network, {});
  INFO((plan.ok() ? "" : plan.status().message()));
  REQUIRE(plan.ok());

  const std::string base = ReferenceFolder() + "/" + name;
  const Shape4& output = (*plan)->output().shape;
  REQUIRE(output.height == expected.at("height").get<int64_t>());
  REQUIRE(output.width == expected.at("width").get<int64_t>());
  const std::vector<float> picture =
      ToPixels(ReadTestFloats(base + ".input.f32"), (*plan)->input().shape);
  const Difference difference =
      Compare(RunPlan(**plan, picture), ReadTestFloats(base + ".expected.f32"), output.channels);
  if (made.contains("tolerance")) {
    CHECK(difference.largest <= made.at("tolerance").get<double>());
  } else {
    CHECK(-10.0 * std::log10(difference.mean_square) >= made.at("minimum_psnr").get<double>());
  }
}

}  // namespace

TEST_CASE("operators and generators agree with native ONNX Runtime", "[onnxruntime]") {
  const std::string index = ReferenceFolder() + "/cases.json";
  if (!FileExists(index)) SKIP("no reference results: tests/reference has not run");
  const Json expected = ReadJson(ReferenceFolder() + "/expected.json");
  for (const Json& made : ReadJson(index)) {
    DYNAMIC_SECTION(made.at("name").get<std::string>()) {
      CheckCase(made, expected.at(made.at("name").get<std::string>()));
    }
  }
}

}  // namespace brushwork
