#include "model/window.h"

#include <algorithm>
#include <string>

namespace brushwork {
namespace {

constexpr int64_t kMaxExtent = int64_t{1} << 20;

// `count` numbers from `lowest` on, or the default for all.
StatusOr<std::vector<int64_t>> ReadExtents(const Node& node, const char* attribute, size_t count,
                                           int64_t absent, int64_t lowest) {
  std::vector<int64_t> values = node.Ints(attribute);
  if (values.empty()) return std::vector<int64_t>(count, absent);
  if (values.size() != count) {
    return node.Unsupported(std::string(attribute) + " " + DimsToString(values) +
                            "; supported are windows over height and width");
  }
  for (const int64_t value : values) {
    if (value < lowest || value > kMaxExtent) {
      return node.Unsupported(std::string(attribute) + " " + DimsToString(values) +
                              " is out of range");
    }
  }
  return values;
}

void PadToSame(WindowAxis& axis, int64_t input, bool more_at_end) {
  const int64_t output = (input + axis.stride - 1) / axis.stride;
  const int64_t total = std::max<int64_t>((output - 1) * axis.stride + axis.extent() - input, 0);
  axis.pad_begin = more_at_end ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

}  // namespace

StatusOr<Window> ReadWindow(const Node& node, int64_t kernel_height, int64_t kernel_width) {
  BRUSHWORK_ASSIGN_OR_RETURN(const auto kernel, ReadExtents(node, "kernel_shape", 2, 0, 1));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto strides, ReadExtents(node, "strides", 2, 1, 1));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto dilations, ReadExtents(node, "dilations", 2, 1, 1));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto pads, ReadExtents(node, "pads", 4, 0, 0));
  const bool has_weights = kernel_height > 0;
  const bool is_stated = node.Has("kernel_shape");
  if (has_weights && is_stated && (kernel[0] != kernel_height || kernel[1] != kernel_width)) {
    return node.Invalid("kernel_shape " + DimsToString(kernel) + ", but weights of " +
                        std::to_string(kernel_height) + " × " + std::to_string(kernel_width));
  }
  if (!has_weights && kernel[0] == 0) return node.Invalid("has no kernel_shape");
  return Window{
      {has_weights ? kernel_height : kernel[0], strides[0], dilations[0], pads[0], pads[2]},
      {has_weights ? kernel_width : kernel[1], strides[1], dilations[1], pads[1], pads[3]}};
}

Status ResolveAutoPad(const Node& node, const Shape4& input, Window& window) {
  const std::string mode = node.String("auto_pad", "NOTSET");
  if (mode == "NOTSET" || mode.empty()) return OkStatus();
  if (mode == "VALID") {
    window.rows.pad_begin = window.rows.pad_end = 0;
    window.columns.pad_begin = window.columns.pad_end = 0;
    return OkStatus();
  }
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    return node.Invalid("auto_pad '" + mode + "'");
  }
  PadToSame(window.rows, input.height, mode == "SAME_UPPER");
  PadToSame(window.columns, input.width, mode == "SAME_UPPER");
  return OkStatus();
}

StatusOr<int64_t> WindowPlaces(const Node& node, const WindowAxis& axis, int64_t input,
                               bool ceil_mode, const char* what) {
  const int64_t room = input + axis.pad_begin + axis.pad_end - axis.extent();
  if (room < 0) {
    return node.DoesNotFit("its window needs " +
                           std::to_string(axis.extent() - axis.pad_begin - axis.pad_end) + " " +
                           what + ", got " + std::to_string(input));
  }
  int64_t places = room / axis.stride + 1;
  // One more that reaches over the end, if it starts before the padding at the end.
  if (ceil_mode && room % axis.stride != 0 && places * axis.stride < input + axis.pad_begin) {
    ++places;
  }
  return places;
}

}  // namespace brushwork
