// Where a resized picture's samples come from, along one axis: ONNX Resize as ONNX Runtime computes
// it (in float, with the model's stated scale rather than the ratio of sizes).
#pragma once

#include <cstdint>
#include <vector>

#include "model/network.h"

namespace brushwork {

// Input indices of a nearest-neighbour resize, [output size], within [0, input size).
std::vector<int64_t> NearestIndices(const ResizeLayer& layer, float scale, int64_t input_size,
                                    int64_t output_size);

// output = first_weight * input[first] + second_weight * input[second].
struct LinearTap {
  int64_t first = 0;
  int64_t second = 0;
  float first_weight = 1.0F;
  float second_weight = 0.0F;
};
// [output size]. Samples outside of the input repeat its border.
std::vector<LinearTap> LinearTaps(const ResizeLayer& layer, float scale, int64_t input_size,
                                  int64_t output_size);

}  // namespace brushwork
