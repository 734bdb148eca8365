// The scales and zero points of QuantizeLinear and DequantizeLinear.
#pragma once

#include <vector>

#include "base/status.h"
#include "model/constant.h"
#include "model/node.h"

namespace brushwork {

struct QuantizationParameters {
  std::vector<float> scales;               // one, or one for each index of `axis`
  std::vector<int32_t> zero_points;        // as many
  ElementType type = ElementType::kUint8;  // of the quantized values: int8, uint8 or int32
  size_t axis = 0;
  // The number of elements between neighbours along the axis, and the extent of the axis.
  size_t inner = 1;
  size_t extent = 1;

  bool is_per_tensor() const { return scales.size() == 1; }
  size_t channel(size_t element) const { return element / inner % extent; }
};

// `zero_point` may be null; `type` is then that of the quantized values. Scales are positive and
// finite.
StatusOr<QuantizationParameters> ReadQuantization(const Node& node, const Dims& dims,
                                                  const Constant& scale, const Constant* zero_point,
                                                  ElementType type);

// The type that a QuantizeLinear without zero point makes.
StatusOr<ElementType> QuantizedType(const Node& node);

}  // namespace brushwork
