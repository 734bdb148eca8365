// Checks that kernel factories make of their specs. The plan never violates them, so each failure
// is a defect of brushwork (kInternal) that names the kernel, what it got and what it needed.
#pragma once

#include <string_view>

#include "kernels/kernel.h"

namespace brushwork {

// Dimensions are positive and the size in bytes fits this platform; the quantization of an int8
// spec has a positive, finite scale and a zero point within [-128, 127].
Status CheckSpec(std::string_view kernel, const TensorSpec& spec);

// CheckSpec of both, and the output has the shape.
Status CheckShapes(std::string_view kernel, const TensorSpec& input, const TensorSpec& output,
                   const Shape4& required_output);

// Both are float, or both int8 with the same quantization.
Status CheckSameType(std::string_view kernel, const TensorSpec& input, const TensorSpec& output);

// Both have this type.
Status CheckType(std::string_view kernel, DataType type, const TensorSpec& input,
                 const TensorSpec& output);

// "convolution: types float → int8 are not supported"
Status UnsupportedTypes(std::string_view kernel, const TensorSpec& input, const TensorSpec& output);

}  // namespace brushwork
