#include "plan/style_vector.h"

#include <cmath>
#include <string>

#include "base/half.h"

namespace brushwork {

size_t StyleSize(const Network& network) {
  size_t size = 0;
  for (const Layer& layer : network.layers) {
    if (const auto* normalization = std::get_if<NormalizationLayer>(&layer.parameters)) {
      size += normalization->scale.size() + normalization->shift.size();
    }
  }
  return size;
}

Status CheckStyleSize(size_t got, size_t needed) {
  if (got == needed) return OkStatus();
  return IncompatibleStyles("style: got " + std::to_string(got) + " values, needed " +
                            std::to_string(needed));
}

StatusOr<StyleVector> BlendStyles(std::span<const WeightedStyle> styles) {
  double sum = 0.0;
  for (const WeightedStyle& part : styles) {
    if (!(part.weight >= 0.0F) || std::isinf(part.weight)) {
      return InvalidArgument("weight of a style: got " + std::to_string(part.weight) +
                             ", needed a finite number, not negative");
    }
    BRUSHWORK_RETURN_IF_ERROR(
        CheckStyleSize(part.style.values.size(), styles.front().style.values.size()));
    sum += static_cast<double>(part.weight);
  }
  if (sum == 0.0) return InvalidArgument("weights of styles: got none above 0");
  StyleVector blended;
  for (size_t i = 0; i < styles.front().style.values.size(); ++i) {
    double value = 0.0;
    for (const WeightedStyle& part : styles) {
      value += static_cast<double>(part.weight) / sum * static_cast<double>(part.style.values[i]);
    }
    blended.values.push_back(static_cast<float>(value));
  }
  return blended;
}

std::vector<uint8_t> PackStyle(const StyleVector& style) {
  std::vector<uint8_t> bytes;
  for (const float value : style.values) {
    const uint16_t half = FloatToHalf(value);
    bytes.push_back(static_cast<uint8_t>(half & 255));
    bytes.push_back(static_cast<uint8_t>(half >> 8));
  }
  return bytes;
}

StatusOr<StyleVector> UnpackStyle(std::span<const uint8_t> bytes) {
  if (bytes.empty() || bytes.size() % 2 != 0) {
    return InvalidArgument("style: got " + std::to_string(bytes.size()) +
                           " bytes, needed two for each value");
  }
  StyleVector style;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    style.values.push_back(HalfToFloat(static_cast<uint16_t>(bytes[i] | bytes[i + 1] << 8)));
    if (std::isfinite(style.values.back())) continue;
    return InvalidArgument("style: value " + std::to_string(i / 2) + " is not finite");
  }
  return style;
}

}  // namespace brushwork
