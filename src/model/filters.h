// Weights of the file to Filters.
#pragma once

#include <memory>
#include <vector>

#include "model/constant.h"
#include "model/network.h"

namespace brushwork {

// How a filter's indices [output channel, y, x, input channel] are found in weights of any order.
struct FilterLayout {
  int64_t output_channels = 0;
  int64_t kernel_height = 1;
  int64_t kernel_width = 1;
  int64_t input_channels = 0;  // of one group
  int64_t groups = 1;
  // Distance in the weights from one index to the next, and from one group to the next. Output
  // channels count within their group.
  int64_t output_stride = 0;
  int64_t row_stride = 0;
  int64_t column_stride = 0;
  int64_t input_stride = 0;
  int64_t group_stride = 0;
  // The axis of the weights that counts output channels (of one group, where they are in groups).
  int64_t output_axis = 0;
};

std::shared_ptr<const Filter> MakeFilter(const Constant& weights, const FilterLayout& layout);

}  // namespace brushwork
