#include "plan/multiply_adds.h"

#include <algorithm>

#include "base/checked.h"

namespace brushwork {
namespace {

// More than any machine computes, and few enough that those of all layers can be added.
constexpr int64_t kMost = int64_t{1} << 50;

int64_t Saturated(int64_t elements, int64_t each) {
  return std::min(CheckedMultiply(elements, each).value_or(kMost), kMost);
}

}  // namespace

int64_t CountMultiplyAdds(const LayerParameters& parameters, const Shape4& input,
                          const Shape4& output) {
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) {
    const Filter& filter = *layer->filter;
    return Saturated(output.elements(),
                     filter.kernel_height * filter.kernel_width * filter.input_channels);
  }
  if (const auto* layer = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    const Filter& filter = *layer->filter;
    const int64_t outputs_per_group = filter.output_channels / layer->groups;
    return Saturated(input.elements(),
                     filter.kernel_height * filter.kernel_width * outputs_per_group);
  }
  return 0;
}

}  // namespace brushwork
