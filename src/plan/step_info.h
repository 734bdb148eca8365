// What `inspect` and profiles tell of a plan's steps.
#pragma once

#include <cstdint>
#include <string>

#include "tensor/tensor.h"

namespace brushwork {

struct StepInfo {
  std::string name;    // of the ONNX node
  std::string kind;    // "convolution", "dequantize", ...
  std::string folded;  // what else it does: "2x upsampling, padding, normalization"
  Shape4 input;        // of the first input
  Shape4 output;
  DataType type = DataType::kFloat32;  // what the arithmetic is done in
  int64_t multiply_adds = 0;           // for the whole output, in the direct form
};

}  // namespace brushwork
