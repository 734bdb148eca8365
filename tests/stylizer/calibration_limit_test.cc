// Float models are quantized while they are loaded, when nobody can stop it.
#include <catch2/catch_test_macros.hpp>

#include "stylizer.h"
#include "tests/support/onnx_builder.h"

namespace brushwork {
namespace {

// Some 80 billion multiply-adds for a picture of calibration.
std::vector<uint8_t> SlowModel() {
  OnnxBuilder builder(17);
  builder.Input("picture", {1, 3, -1, -1}).Output("painting");
  builder.Filled("more", {600, 3, 1, 1}, 0.1F).Filled("fewer", {3, 600, 1, 1}, 0.1F);
  builder.Ints("shape", {600, 600, 3, 3});
  builder.Node("ConstantOfShape", {"shape"}, {"weights"});
  builder.Node("Conv", {"picture", "more"}, {"wide"});
  builder.Node("Conv", {"wide", "weights"}, {"slow"}, {{"pads", {1, 1, 1, 1}}});
  builder.Node("Conv", {"slow", "fewer"}, {"painting"});
  return builder.Build();
}

TEST_CASE("a model that takes long to run is not quantized as it is loaded", "[stylizer]") {
  const std::vector<uint8_t> model = SlowModel();
  const auto loaded = Generator::Load(model, {});
  REQUIRE(loaded.ok());
  CHECK((*loaded)->recipe() == nullptr);
  GeneratorOptions options;
  options.precision = GeneratorPrecision::kInt8;
  const auto demanded = Generator::Load(model, options);
  CHECK(demanded.status().code() == StatusCode::kUnsupportedModel);
  CHECK(demanded.status().message() ==
        "the model takes too much arithmetic to be quantized as it is loaded");
}

}  // namespace
}  // namespace brushwork
