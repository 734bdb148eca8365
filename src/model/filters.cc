#include "model/filters.h"

#include <algorithm>

namespace brushwork {
namespace {

// The element of the weights for each element of the filter, in the filter's order.
std::vector<size_t> SourcePositions(const FilterLayout& layout) {
  std::vector<size_t> positions;
  positions.reserve(static_cast<size_t>(layout.output_channels * layout.kernel_height *
                                        layout.kernel_width * layout.input_channels));
  const int64_t group_outputs = layout.output_channels / layout.groups;
  for (int64_t o = 0; o < layout.output_channels; ++o) {
    const int64_t first =
        o / group_outputs * layout.group_stride + o % group_outputs * layout.output_stride;
    for (int64_t y = 0; y < layout.kernel_height; ++y) {
      for (int64_t x = 0; x < layout.kernel_width; ++x) {
        const int64_t pixel = first + y * layout.row_stride + x * layout.column_stride;
        for (int64_t i = 0; i < layout.input_channels; ++i) {
          positions.push_back(static_cast<size_t>(pixel + i * layout.input_stride));
        }
      }
    }
  }
  return positions;
}

// The scale of each output channel, or nothing if scales go along another axis and differ.
std::vector<float> OutputScales(const QuantizedWeights& weights, const FilterLayout& layout) {
  const auto outputs = static_cast<size_t>(layout.output_channels);
  const std::vector<float>& scales = weights.scales;
  if (std::all_of(scales.begin(), scales.end(), [&](float s) { return s == scales[0]; })) {
    return std::vector<float>(outputs, scales[0]);
  }
  if (weights.axis != layout.output_axis) return {};
  std::vector<float> result(outputs);
  // With the output channels of one group on the axis, all groups have the same scales.
  for (size_t o = 0; o < outputs; ++o) result[o] = scales[o % scales.size()];
  return result;
}

}  // namespace

std::shared_ptr<const Filter> MakeFilter(const Constant& weights, const FilterLayout& layout) {
  auto filter = std::make_shared<Filter>();
  filter->output_channels = layout.output_channels;
  filter->kernel_height = layout.kernel_height;
  filter->kernel_width = layout.kernel_width;
  filter->input_channels = layout.input_channels;
  const std::vector<size_t> positions = SourcePositions(layout);
  const std::span<const float> values = weights.floats();
  filter->values.resize(positions.size());
  for (size_t i = 0; i < positions.size(); ++i) filter->values[i] = values[positions[i]];
  if (weights.quantized == nullptr) return filter;
  filter->scales = OutputScales(*weights.quantized, layout);
  if (filter->scales.empty()) return filter;
  filter->quantized.resize(positions.size());
  for (size_t i = 0; i < positions.size(); ++i) {
    filter->quantized[i] = weights.quantized->values[positions[i]];
  }
  return filter;
}

}  // namespace brushwork
