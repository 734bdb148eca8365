// A small generator whose style is the scales and shifts of its normalizations.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/style_vector.h"

namespace brushwork {

// Values of its style vectors: 16, 16 and 8 channels.
inline constexpr size_t kConditionalStyleSize = 80;

struct ConditionalOptions {
  bool quantized = true;  // QDQ int8, or float
  int thumbnail = 0;      // metadata brushwork.thumbnail; 0: none
};

// The ONNX file with `style` as its own: the same for every style but for these initializers. Of
// the quantized one the first normalization is behind an int8 convolution, the second behind an
// int8 addition, the third computes in float.
std::vector<uint8_t> ConditionalGenerator(const StyleVector& style,
                                          const ConditionalOptions& options = {});

// Scales from 0.5 to 1.5 and shifts from -0.5 to 0.5.
StyleVector RandomStyle(uint32_t seed);

}  // namespace brushwork
