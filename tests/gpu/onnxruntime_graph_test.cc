// The float graphs, as native ONNX Runtime runs them, against our own float plans.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "gpu/float_network.h"
#include "model/model.h"
#include "tests/support/files.h"
#include "tests/support/gpu_cases.h"

namespace brushwork {
namespace {

using Json = nlohmann::json;

// The largest difference between pixels [.., channels] and planes [channels, ..].
double LargestDifference(const std::vector<float>& pixels, const std::vector<float>& planes,
                         int64_t channels) {
  REQUIRE(pixels.size() == planes.size());
  const size_t count = pixels.size() / static_cast<size_t>(channels);
  double largest = 0.0;
  for (size_t i = 0; i < pixels.size(); ++i) {
    const size_t plane = i % static_cast<size_t>(channels) * count;
    const double difference =
        std::abs(static_cast<double>(pixels[i]) -
                 static_cast<double>(planes[plane + i / static_cast<size_t>(channels)]));
    // Not a number on either side must not pass as no difference.
    largest = difference <= largest ? largest : difference;
  }
  return largest;
}

// Why an operator case may have no graph.
bool IsRefusal(const std::string& why) {
  const bool resizes = why.find(".Resize_") != std::string::npos &&
                       why.find("needed are whole scales") != std::string::npos;
  return resizes || why.find("it reads the whole picture") != std::string::npos ||
         why.find("it puts pictures one below the other") != std::string::npos;
}

}  // namespace

TEST_CASE("float graphs agree with float plans", "[onnxruntime][gpu]") {
  const std::string index = ReferenceFolder() + "/gpu_cases.json";
  if (!FileExists(index)) SKIP("no reference results: tests/reference has not run");
  const Json refused = Json::parse(ReadTestFile(index)).at("refused");
  for (const GpuCase& made : AllGpuCases()) {
    DYNAMIC_SECTION(made.name) {
      if (refused.contains(made.name)) {
        CHECK(IsRefusal(refused.at(made.name)));
        CHECK_FALSE(made.is_generator);
        continue;
      }
      const auto model = Model::Read(made.model);
      REQUIRE(model.ok());
      const auto network = model->Specialize(made.height, made.width);
      REQUIRE(network.ok());
      const MeasuredPainting painting = MeasureAndPaint(ToFloatNetwork(*network), made);
      const std::vector<float> planes =
          ReadTestFloats(ReferenceFolder() + "/" + made.name + ".expected.f32");
      const double difference = LargestDifference(painting.painting, planes, painting.channels);
      INFO("difference " << difference);
      CHECK(difference <= static_cast<double>(made.tolerance));
    }
  }
}

}  // namespace brushwork
