// Random graphs against the scalar references; tests/fuzz goes on from here.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/random.h"
#include "tests/support/random_graph.h"

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
    CHECK(FindDifference(graph, choices) == "");
  }
}

}  // namespace
}  // namespace brushwork
