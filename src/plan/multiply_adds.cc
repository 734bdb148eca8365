#include "plan/multiply_adds.h"

namespace brushwork {

int64_t CountMultiplyAdds(const LayerParameters& parameters, const Shape4& input,
                          const Shape4& output) {
  if (const auto* layer = std::get_if<ConvolutionLayer>(&parameters)) {
    const Filter& filter = *layer->filter;
    return output.elements() * filter.kernel_height * filter.kernel_width * filter.input_channels;
  }
  if (const auto* layer = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    const Filter& filter = *layer->filter;
    const int64_t outputs_per_group = filter.output_channels / layer->groups;
    return input.elements() * filter.kernel_height * filter.kernel_width * outputs_per_group;
  }
  return 0;
}

}  // namespace brushwork
