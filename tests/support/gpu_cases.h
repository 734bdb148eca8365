// What the float graphs for GPUs are tested with: every operator case, small conditional
// generators, and our own generator in several styles. Native ONNX Runtime runs the graphs;
// tests/gpu compares with the core's own float plans.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network.h"
#include "plan/statistics.h"
#include "plan/style_vector.h"

namespace brushwork {

struct GpuCase {
  std::string name;
  std::vector<uint8_t> model;
  int64_t height = 0;
  int64_t width = 0;
  std::vector<float> planes;  // the picture, [1, 3, height, width]
  StyleVector style;          // empty: the file's own
  bool is_generator = false;  // so it has a graph for pictures of any size
  float tolerance = 0.0F;     // largest allowed difference of any output value
};

std::vector<GpuCase> AllGpuCases();

struct MeasuredPainting {
  NormStatistics statistics;    // of the picture itself
  std::vector<float> painting;  // [1, height, width, channels]
  int64_t channels = 0;
};

// By a float plan of the network, in the case's style.
MeasuredPainting MeasureAndPaint(const Network& network, const GpuCase& made);

}  // namespace brushwork
