// Generators of others, as they are published.
#include <algorithm>

#include "tests/model/model_testing.h"
#include "tests/support/files.h"

namespace brushwork {
namespace {

int64_t CountKind(const Network& network, const std::string& kind) {
  const std::vector<std::string> kinds = KindsOf(network);
  return std::count(kinds.begin(), kinds.end(), kind);
}

}  // namespace

TEST_CASE("third party: candy and udnie at several sizes") {
  for (const char* name : {"candy", "udnie"}) {
    const std::string path = DataFolder() + "/third_party/" + name + ".onnx";
    if (!FileExists(path)) SKIP("no third-party generators in " << DataFolder());
    const std::vector<uint8_t> file = ReadTestFile(path);
    const StatusOr<Model> model = Model::Read(file);
    REQUIRE(model.ok());
    CHECK(model->declared_height() == 0);
    for (const auto& [height, width] :
         {std::pair<int64_t, int64_t>{64, 64}, {513, 770}, {720, 1280}, {81, 67}}) {
      const StatusOr<Network> network = model->Specialize(height, width);
      INFO(name << " at " << height << " × " << width << ": " << network.status().message());
      REQUIRE(network.ok());
      // Two strided convolutions round up to multiples of 4.
      CHECK(OutputShape(*network) == Shape4{1, (height + 3) / 4 * 4, (width + 3) / 4 * 4, 3});
      CHECK(CountKind(*network, "convolution") == 14);
      CHECK(CountKind(*network, "transposed convolution") == 2);
      CHECK(CountKind(*network, "instance normalization") == 15);
      CHECK(CountKind(*network, "addition") == 5);
      CHECK(CountKind(*network, "slice") == 5);
      CHECK(CountKind(*network, "scale and shift") == 2);
      CHECK(network->layers.size() == 55);
    }
    // 40 pixels of reflection need more than 40.
    CHECK(model->Specialize(40, 64).status().code() == StatusCode::kInvalidArgument);
  }
}

}  // namespace brushwork
