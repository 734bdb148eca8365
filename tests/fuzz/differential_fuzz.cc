// Bytes choose a small graph, valid by construction: what is planned and painted is what the scalar
// references compute, and the same in bands and for some rows as for the whole.
#include <cstdio>

#include "tests/fuzz/fuzz_target.h"
#include "tests/support/random_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace brushwork;  // NOLINT
  Choices choices({data, size});
  const RandomGraph graph = MakeRandomGraph(choices);
  const std::string difference = FindDifference(graph, choices);
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n%lld x %lld pixels: %s\n", difference.c_str(),
               static_cast<long long>(graph.width), static_cast<long long>(graph.height),
               graph.operators.c_str());
  fuzz::Require(false, "a valid graph is computed right");
  return 0;
}
