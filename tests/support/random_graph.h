// A random generator of a few operators, and whether we compute it right.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/support/choices.h"

namespace brushwork {

struct RandomGraph {
  std::vector<uint8_t> model;  // ONNX
  std::string operators;       // "Conv Relu Resize", for messages
  int64_t height = 1;          // of the picture
  int64_t width = 1;
  bool is_quantized = false;
};

// Valid by construction, with activations of at most 64 × 64 pixels and 40 channels, in which
// rounding errors do not grow by more than a few orders of magnitude.
RandomGraph MakeRandomGraph(Choices& choices);

// Empty, or what is wrong: a graph that is refused; a painting that is not the scalar references',
// in float or, as far as rounding lets one tell, in int8; rows, bands or a second run that differ
// from the whole in any bit.
std::string FindDifference(const RandomGraph& graph, Choices& choices);

}  // namespace brushwork
