#include "kernels/resize_coordinates.h"

#include <algorithm>
#include <cmath>

namespace brushwork {
namespace {

// The position in the input, in samples, of output sample `index`.
float InputCoordinate(CoordinateTransform transform, int64_t index, float scale, int64_t input_size,
                      int64_t output_size) {
  const float x = static_cast<float>(index);
  const float inputs = static_cast<float>(input_size);
  const float outputs = static_cast<float>(output_size);
  // An axis that the resize leaves alone is copied, whatever the transform says.
  if (scale == 1.0F && input_size == output_size) return x;
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return (x + 0.5F) / scale - 0.5F;
    case CoordinateTransform::kPytorchHalfPixel:
      return output_size > 1 ? (x + 0.5F) / scale - 0.5F : 0.0F;
    case CoordinateTransform::kAsymmetric:
      return x / scale;
    case CoordinateTransform::kAlignCorners:
      return output_size == 1 ? 0.0F : x * (inputs - 1.0F) / (outputs - 1.0F);
    case CoordinateTransform::kHalfPixelSymmetric: {
      // The output's size was rounded down; its middle stays on the input's middle nevertheless.
      const float adjustment = outputs / (scale * inputs);
      const float offset = inputs / 2.0F * (1.0F - adjustment);
      return static_cast<float>(static_cast<double>(offset) +
                                (static_cast<double>(x) + 0.5) / static_cast<double>(scale) - 0.5);
    }
  }
  return x;
}

float RoundCoordinate(NearestRounding rounding, float x) {
  switch (rounding) {
    case NearestRounding::kRoundPreferFloor:
      return x == std::trunc(x) + 0.5F ? std::floor(x) : std::round(x);
    case NearestRounding::kRoundPreferCeil:
      return std::round(x);
    case NearestRounding::kFloor:
      return std::floor(x);
    case NearestRounding::kCeil:
      return std::ceil(x);
  }
  return x;
}

}  // namespace

std::vector<int64_t> NearestIndices(const ResizeLayer& layer, float scale, int64_t input_size,
                                    int64_t output_size) {
  std::vector<int64_t> indices(static_cast<size_t>(output_size));
  for (int64_t i = 0; i < output_size; ++i) {
    const float x = InputCoordinate(layer.transform, i, scale, input_size, output_size);
    const int64_t rounded = static_cast<int64_t>(RoundCoordinate(layer.rounding, x));
    indices[static_cast<size_t>(i)] = std::clamp<int64_t>(rounded, 0, input_size - 1);
  }
  return indices;
}

std::vector<LinearTap> LinearTaps(const ResizeLayer& layer, float scale, int64_t input_size,
                                  int64_t output_size) {
  std::vector<LinearTap> taps(static_cast<size_t>(output_size));
  for (int64_t i = 0; i < output_size; ++i) {
    const float limit = static_cast<float>(input_size - 1);
    const float x = std::clamp(InputCoordinate(layer.transform, i, scale, input_size, output_size),
                               0.0F, limit);
    LinearTap& tap = taps[static_cast<size_t>(i)];
    tap.first = static_cast<int64_t>(x);
    tap.second = std::min(tap.first + 1, input_size - 1);
    tap.second_weight = x - static_cast<float>(tap.first);
    tap.first_weight = 1.0F - tap.second_weight;
  }
  return taps;
}

}  // namespace brushwork
