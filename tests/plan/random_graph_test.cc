// Random graphs against the scalar references; tests/fuzz goes on from here.
#include <catch2/catch_test_macros.hpp>

#include "model/model.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"
#include "tests/support/random_graph.h"
#include "tests/support/reference_network.h"

namespace brushwork {
namespace {

TEST_CASE("random graphs paint what the references paint, whole and in pieces", "[plan][random]") {
  Random random(2026);
  for (int i = 0; i < 150; ++i) {
    std::vector<uint8_t> bytes(static_cast<size_t>(random.Integer(8, 200)));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Integer(0, 255));
    Choices choices(bytes);
    const RandomGraph graph = MakeRandomGraph(choices);
    INFO("graph " << i << ", " << graph.width << " × " << graph.height << ": " << graph.operators);
    const std::string difference = FindDifference(graph, choices);
    INFO(difference);
    CHECK(difference.empty());
  }
}

// 0.75 is 37.5 steps of 0.02; 0.745 is not between two.
TEST_CASE("references know what may be rounded either way", "[plan][random]") {
  for (const float shift : {0.75F, 0.745F}) {
    OnnxBuilder builder{18};
    builder.Input("picture", {1, 3, -1, -1});
    builder.Float("shift", shift);
    builder.Node("Add", {"picture", "shift"}, {"shifted"});
    builder.Float("scale", 0.02F);
    builder.Int8s("zero", {}, {0});
    builder.Node("QuantizeLinear", {"shifted", "scale", "zero"}, {"steps"});
    builder.Node("DequantizeLinear", {"steps", "scale", "zero"}, {"rounded"});
    builder.Node("Relu", {"rounded"}, {"painting"});
    builder.Output("painting", {1, 3, -1, -1});
    const auto model = Model::Read(builder.Build());
    REQUIRE(model.ok());
    const auto network = model->Specialize(2, 4);
    REQUIRE(network.ok());
    const RealPicture black{{1, 2, 4, 3}, std::vector<double>(24, 0.0)};
    CHECK(RunReference(*network, black, true).undecided == (shift == 0.75F ? 1.0 : 0.0));
  }
}

}  // namespace
}  // namespace brushwork
