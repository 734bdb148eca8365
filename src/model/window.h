// The window that slides over the rows and columns in Conv, ConvTranspose and pooling.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "model/network.h"
#include "model/node.h"

namespace brushwork {

struct WindowAxis {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_begin = 0;
  int64_t pad_end = 0;

  int64_t extent() const { return (kernel - 1) * dilation + 1; }
};

struct Window {
  WindowAxis rows;
  WindowAxis columns;
  Padding2d padding() const {
    return {rows.pad_begin, columns.pad_begin, rows.pad_end, columns.pad_end};
  }
};

// strides, dilations and pads; kernel_shape must be that of the weights, [kernel_height,
// kernel_width], where there are weights. Zero in `kernel_height` says that there are none.
StatusOr<Window> ReadWindow(const Node& node, int64_t kernel_height, int64_t kernel_width);

// Fills in what auto_pad says for an input of this size.
Status ResolveAutoPad(const Node& node, const Shape4& input, Window& window);

// The number of places of the window; an error if there is none.
StatusOr<int64_t> WindowPlaces(const Node& node, const WindowAxis& axis, int64_t input,
                               bool ceil_mode, const char* what);

}  // namespace brushwork
