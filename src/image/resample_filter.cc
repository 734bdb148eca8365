#include "image/resample_filter.h"

#include <algorithm>
#include <cstdlib>

namespace brushwork {
namespace {

constexpr int kFractionBits = 24;
constexpr int64_t kOne = int64_t{1} << kFractionBits;

int64_t Multiply(int64_t a, int64_t b) { return a * b >> kFractionBits; }

// Division that rounds down, for positive divisors.
int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Twice the Catmull-Rom cubic (Keys, a = -1/2) at the distance t >= 0, all with kFractionBits.
int64_t CatmullRom(int64_t t) {
  if (t < kOne) return Multiply(Multiply(3 * t - 5 * kOne, t), t) + 2 * kOne;
  if (t < 2 * kOne) return Multiply(Multiply(5 * kOne - t, t) - 8 * kOne, t) + 4 * kOne;
  return 0;
}

// Positions are counted in halves of 1/to of a source pixel, which makes every centre an integer.
struct Scale {
  int from;
  int to;

  int64_t OutputCenter(int i) const { return (2 * int64_t{i} + 1) * from; }
  int64_t SourceCenter(int64_t j) const { return (2 * j + 1) * to; }
  // One unit of the filter: a source pixel when growing, an output pixel when shrinking.
  int64_t FilterUnit() const { return 2 * int64_t{std::max(from, to)}; }
};

class FilterBuilder {
 public:
  explicit FilterBuilder(Scale scale) : scale_(scale) {
    filter_.grows = scale.to > scale.from;
    filter_.spans.reserve(static_cast<size_t>(scale.to));
  }

  void AddOutput(int i) {
    const int64_t center = scale_.OutputCenter(i);
    const int64_t reach = 2 * scale_.FilterUnit();
    const int64_t pixel = 2 * int64_t{scale_.to};
    const int64_t first = FloorDivide(center - reach - scale_.to, pixel) + 1;
    const int64_t last = FloorDivide(center + reach - scale_.to - 1, pixel);
    ComputeTaps(center, first, last);

    ResampleSpan span;
    span.first = Clamp(first);
    span.count = Clamp(last) - span.first + 1;
    span.weights = filter_.weights.size();
    const int64_t left = FloorDivide(center - scale_.to, pixel);
    span.left = Clamp(left) - span.first;
    span.right = Clamp(left + 1) - span.first;
    AppendWeights(first, span);
    filter_.spans.push_back(span);
    filter_.max_count = std::max(filter_.max_count, span.count);
  }

  ResampleFilter Take() { return std::move(filter_); }

 private:
  int Clamp(int64_t j) const {
    return static_cast<int>(std::clamp<int64_t>(j, 0, scale_.from - 1));
  }

  void ComputeTaps(int64_t center, int64_t first, int64_t last) {
    taps_.clear();
    for (int64_t j = first; j <= last; ++j) {
      const int64_t distance = std::abs(scale_.SourceCenter(j) - center);
      taps_.push_back(CatmullRom((distance << kFractionBits) / scale_.FilterUnit()));
    }
  }

  // Rounds the running sum, not each tap: so the weights sum to exactly one, and stay true on
  // average even where there are so many taps that each is less than the smallest weight. What
  // reaches over the border falls to the border's pixel.
  void AppendWeights(int64_t first, const ResampleSpan& span) {
    filter_.weights.resize(span.weights + static_cast<size_t>(span.count));
    int64_t total = 0;
    for (const int64_t tap : taps_) total += tap;
    int64_t sum = 0;
    int64_t rounded = 0;
    for (size_t k = 0; k < taps_.size(); ++k) {
      sum += taps_[k];
      const int64_t next = FloorDivide((sum << (kWeightBits + 1)) + total, 2 * total);
      const int index = Clamp(first + static_cast<int64_t>(k)) - span.first;
      filter_.weights[span.weights + static_cast<size_t>(index)] +=
          static_cast<int16_t>(next - rounded);
      rounded = next;
    }
  }

  Scale scale_;
  ResampleFilter filter_;
  std::vector<int64_t> taps_;
};

}  // namespace

ResampleFilter MakeResampleFilter(int from, int to) {
  FilterBuilder builder({from, to});
  for (int i = 0; i < to; ++i) builder.AddOutput(i);
  return builder.Take();
}

}  // namespace brushwork
