#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <vector>

#include "base/memory_refused.h"
#include "image/resample_filter.h"

namespace brushwork {
namespace {

// Catmull-Rom, widened when shrinking: crisp, and less ringing than the wider Lanczos kernels. When
// growing, each pass keeps every value between its two nearest source pixels, so there is no
// ringing at all.
//
// Rows in between hold 64 times the premultiplied byte. That leaves 6 bits for what filtering adds
// and room in int16 for overshoot, which must not be cut off before the alpha is divided out again:
// else it would change colours.
constexpr int kSampleBits = 6;
constexpr int kMaxSample = 255 << kSampleBits;
using Sample = RowScaler::Sample;

Sample PremultiplyByte(int byte, int alpha) {
  if (alpha == 255) return static_cast<Sample>(byte << kSampleBits);
  return static_cast<Sample>(((byte * alpha << kSampleBits) + 127) / 255);
}

void Premultiply(const uint8_t* rgba, int width, Sample* samples) {
  for (size_t i = 0; i < static_cast<size_t>(width) * 4; i += 4) {
    const int alpha = rgba[i + 3];
    for (size_t c = i; c < i + 3; ++c) samples[c] = PremultiplyByte(rgba[c], alpha);
    samples[i + 3] = static_cast<Sample>(alpha << kSampleBits);
  }
}

uint8_t ToByte(int sample) {
  const int byte = (sample + (1 << (kSampleBits - 1))) >> kSampleBits;
  return static_cast<uint8_t>(std::clamp(byte, 0, 255));
}

uint8_t Unpremultiply(int sample, int alpha) {
  if (alpha == kMaxSample) return ToByte(sample);
  return static_cast<uint8_t>(std::clamp((sample * 255 + alpha / 2) / alpha, 0, 255));
}

void WriteRow(const Sample* samples, int width, uint8_t* rgba) {
  for (size_t i = 0; i < static_cast<size_t>(width) * 4; i += 4) {
    const int alpha = samples[i + 3];
    rgba[i + 3] = ToByte(alpha);
    for (size_t c = i; c < i + 3; ++c) {
      rgba[c] = rgba[i + 3] == 0 ? uint8_t{0} : Unpremultiply(samples[c], alpha);
    }
  }
}

Sample Finish(int32_t sum) {
  return static_cast<Sample>((sum + (1 << (kWeightBits - 1))) >> kWeightBits);
}

Sample ClampBetween(Sample value, Sample a, Sample b) {
  return std::clamp(value, std::min(a, b), std::max(a, b));
}

void ScaleRow(const ResampleFilter& filter, const Sample* source, Sample* target) {
  for (const ResampleSpan& span : filter.spans) {
    const Sample* from = source + static_cast<size_t>(span.first) * 4;
    const int16_t* weights = filter.weights.data() + span.weights;
    // Four names rather than an array, which compilers would keep in memory.
    int32_t red = 0;
    int32_t green = 0;
    int32_t blue = 0;
    int32_t alpha = 0;
    for (int k = 0; k < span.count; ++k) {
      red += weights[k] * from[k * 4];
      green += weights[k] * from[k * 4 + 1];
      blue += weights[k] * from[k * 4 + 2];
      alpha += weights[k] * from[k * 4 + 3];
    }
    target[0] = Finish(red);
    target[1] = Finish(green);
    target[2] = Finish(blue);
    target[3] = Finish(alpha);
    if (filter.grows) {
      for (int c = 0; c < 4; ++c) {
        target[c] = ClampBetween(target[c], from[span.left * 4 + c], from[span.right * 4 + c]);
      }
    }
    target += 4;
  }
}

}  // namespace

Status CheckScaling(ImageView image, int width, int height) {
  if (image.data == nullptr) return InvalidArgument("got no picture, needed one to scale");
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(image.width, image.height));
  return CheckImageSize(width, height);
}

RowScaler::RowScaler(ImageView image, int width, int height)
    : image_(image),
      width_(width),
      is_copy_(width == image.width && height == image.height),
      horizontal_(MakeResampleFilter(image.width, width)),
      vertical_(MakeResampleFilter(image.height, height)) {}

RowScaler::Workspace RowScaler::MakeWorkspace() const {
  if (is_copy_) return {};
  const size_t samples = static_cast<size_t>(width_) * 4;
  Workspace workspace;
  workspace.source.resize(static_cast<size_t>(image_.width) * 4);
  workspace.ring.resize(samples * static_cast<size_t>(vertical_.max_count));
  workspace.sums.resize(samples);
  workspace.target.resize(samples);
  return workspace;
}

void RowScaler::Scale(int begin, int end, Workspace& workspace, uint8_t* rgba) const {
  const size_t bytes = static_cast<size_t>(width_) * 4;
  if (is_copy_) {
    std::memcpy(rgba, image_.row(begin), bytes * static_cast<size_t>(end - begin));
    return;
  }
  int next_row = vertical_.spans[static_cast<size_t>(begin)].first;
  for (int y = begin; y < end; ++y, rgba += bytes) {
    const ResampleSpan& span = vertical_.spans[static_cast<size_t>(y)];
    for (; next_row < span.first + span.count; ++next_row) ReadRow(next_row, workspace);
    BlendRows(span, workspace);
    WriteRow(workspace.target.data(), width_, rgba);
  }
}

RowScaler::Sample* RowScaler::RingRow(int y, Workspace& workspace) const {
  return workspace.ring.data() +
         static_cast<size_t>(y % vertical_.max_count) * static_cast<size_t>(width_) * 4;
}

void RowScaler::ReadRow(int y, Workspace& workspace) const {
  Premultiply(image_.row(y), image_.width, workspace.source.data());
  ScaleRow(horizontal_, workspace.source.data(), RingRow(y, workspace));
}

void RowScaler::BlendRows(const ResampleSpan& span, Workspace& workspace) const {
  const size_t samples = static_cast<size_t>(width_) * 4;
  int32_t* sums = workspace.sums.data();
  Sample* target = workspace.target.data();
  std::fill_n(sums, samples, 0);
  for (int k = 0; k < span.count; ++k) {
    const int16_t weight = vertical_.weights[span.weights + static_cast<size_t>(k)];
    const Sample* row = RingRow(span.first + k, workspace);
    for (size_t i = 0; i < samples; ++i) sums[i] += weight * row[i];
  }
  for (size_t i = 0; i < samples; ++i) target[i] = Finish(sums[i]);
  if (!vertical_.grows) return;
  const Sample* above = RingRow(span.first + span.left, workspace);
  const Sample* below = RingRow(span.first + span.right, workspace);
  for (size_t i = 0; i < samples; ++i) target[i] = ClampBetween(target[i], above[i], below[i]);
}

StatusOr<Image> ResizeImage(ImageView image, int width, int height) {
  BRUSHWORK_RETURN_IF_ERROR(CheckScaling(image, width, height));
  BRUSHWORK_ASSIGN_OR_RETURN(Image result, Image::Create(width, height));
  try {
    const RowScaler scaler(image, width, height);
    RowScaler::Workspace workspace = scaler.MakeWorkspace();
    scaler.Scale(0, height, workspace, result.data());
  } catch (const std::bad_alloc&) {
    return MemoryRefused("scaling a picture");
  }
  return result;
}

ImageSize FitPixels(int width, int height, int64_t max_pixels) {
  if (width < 1 || height < 1 || max_pixels < 1) return {1, 1};
  if (int64_t{width} * height <= max_pixels) return {width, height};
  const int64_t longer = std::max(width, height);
  const int64_t shorter = std::min(width, height);
  // The largest side a with a * (a * shorter / longer) <= max_pixels. The root is only a guess that
  // rounding may have put one off.
  auto fits = [&](int64_t a) { return a * a * shorter <= max_pixels * longer; };
  auto a =
      static_cast<int64_t>(std::sqrt(static_cast<double>(max_pixels) * static_cast<double>(longer) /
                                     static_cast<double>(shorter)));
  while (a > 1 && !fits(a)) --a;
  while (fits(a + 1)) ++a;
  a = std::min(a, max_pixels);
  int64_t b = std::max<int64_t>(1, (a * shorter + longer / 2) / longer);
  if (a * b > max_pixels) b = std::max<int64_t>(1, max_pixels / a);
  const ImageSize landscape{static_cast<int>(a), static_cast<int>(b)};
  return width >= height ? landscape : ImageSize{landscape.height, landscape.width};
}

}  // namespace brushwork
