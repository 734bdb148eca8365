#include "plan/activation_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/rounding.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

// Beyond this many standard deviations from its mean a channel has next to nothing.
constexpr double kReach = 8.0;

// Every this many pixels are counted in histograms. Odd, so that rows of even width are sampled at
// different columns.
constexpr size_t kSampling = 3;

// The ends of ranges that are tried: the outermost value times powers of this.
constexpr float kNarrowing = 0.94F;
constexpr int kCandidates = 40;

// Pictures in which a channel has less than this part of the variance that others have don't make
// its range any narrower.
constexpr double kLeastVariance = 1e-3;

BRUSHWORK_VECTORIZED void AddPixels(const float* __restrict values, size_t pixels, size_t channels,
                                    float* __restrict low, float* __restrict high,
                                    float* __restrict sums, float* __restrict squares) {
  for (size_t p = 0; p < pixels; ++p, values += channels) {
    for (size_t c = 0; c < channels; ++c) {
      const float x = values[c];
      low[c] = x < low[c] ? x : low[c];
      high[c] = x > high[c] ? x : high[c];
      sums[c] += x;
      squares[c] += x * x;
    }
  }
}

BRUSHWORK_VECTORIZED void FakeQuantizeRow(const float* __restrict input, float* __restrict output,
                                          size_t count, const float* __restrict inverse,
                                          const float* __restrict step, float minimum,
                                          float maximum) {
  for (size_t i = 0; i < count; ++i) {
    output[i] = ToFloat(RoundHalfEven(Clamp(input[i] * inverse[i], minimum, maximum))) * step[i];
  }
}

}  // namespace

ActivationStatistics::ActivationStatistics(size_t channels)
    : minimum(channels, std::numeric_limits<float>::infinity()),
      maximum(channels, -std::numeric_limits<float>::infinity()),
      sum(channels),
      squares(channels) {}

void ActivationStatistics::Add(const float* values, size_t pixels) {
  constexpr size_t kBlock = 256;  // pixels whose sums float can hold
  const size_t channels = sum.size();
  std::vector<float> block(2 * channels);
  for (size_t begin = 0; begin < pixels; begin += kBlock) {
    std::ranges::fill(block, 0.0F);
    AddPixels(values + begin * channels, std::min(kBlock, pixels - begin), channels, minimum.data(),
              maximum.data(), block.data(), block.data() + channels);
    for (size_t c = 0; c < channels; ++c) {
      sum[c] += static_cast<double>(block[c]);
      squares[c] += static_cast<double>(block[channels + c]);
    }
  }
  count += static_cast<double>(pixels);
}

bool ActivationStatistics::finite() const {
  // Comparisons skip NaN, sums don't.
  return std::ranges::all_of(squares, [](double value) { return std::isfinite(value); });
}

float ActivationStatistics::power(size_t c) const {
  return static_cast<float>(squares[c] / std::max(count, 1.0));
}

float ActivationStatistics::reach(size_t c) const {
  const double mean = sum[c] / std::max(count, 1.0);
  const double variance = std::max(0.0, squares[c] / std::max(count, 1.0) - mean * mean);
  const double likely = std::abs(mean) + kReach * std::sqrt(variance);
  const float largest = std::max(std::abs(minimum[c]), std::abs(maximum[c]));
  return std::min(largest, static_cast<float>(likely));
}

FakeQuantizer::FakeQuantizer(const Quantization& quantization, std::span<const float> channel_scale,
                             size_t channels)
    : channels_(channels),
      minimum_(-128.0F - static_cast<float>(quantization.zero_point)),
      maximum_(127.0F - static_cast<float>(quantization.zero_point)) {
  const size_t repeats = std::max<size_t>(1, 64 / channels);
  for (size_t i = 0; i < repeats * channels; ++i) {
    const float scale = channel_scale.empty() ? 1.0F : channel_scale[i % channels];
    inverse_.push_back(scale / quantization.scale);
    step_.push_back(quantization.scale / scale);
  }
}

void FakeQuantizer::Run(const float* input, float* output, size_t pixels) const {
  const size_t count = pixels * channels_;
  for (size_t begin = 0; begin < count; begin += step_.size()) {
    FakeQuantizeRow(input + begin, output + begin, std::min(step_.size(), count - begin),
                    inverse_.data(), step_.data(), minimum_, maximum_);
  }
}

ValueHistogram::ValueHistogram(float minimum, float maximum)
    : minimum_(std::min(minimum, 0.0F)), maximum_(std::max(maximum, 0.0F)), counts_(kBins) {}

void ValueHistogram::Add(const float* values, size_t pixels, std::span<const float> channel_scale,
                         size_t channels) {
  const float bins_per_unit = static_cast<float>(kBins) / std::max(maximum_ - minimum_, 1e-30F);
  for (size_t p = 0; p < pixels; p += kSampling) {
    const float* pixel = values + p * channels;
    for (size_t c = 0; c < channels; ++c) {
      const float x = channel_scale.empty() ? pixel[c] : pixel[c] * channel_scale[c];
      if (x == 0.0F) continue;  // always represented exactly
      const float bin = Clamp((x - minimum_) * bins_per_unit, 0.0F, kBins - 1.0F);
      counts_[static_cast<size_t>(bin)] += 1.0;
    }
  }
}

Quantization ValueHistogram::Best(const std::function<float(float)>& function) const {
  const float width = (maximum_ - minimum_) / static_cast<float>(kBins);
  std::vector<float> centers(kBins);
  std::vector<double> mapped(kBins);
  std::vector<double> slopes(kBins);  // squared
  for (size_t i = 0; i < kBins; ++i) {
    const float begin = minimum_ + width * static_cast<float>(i);
    centers[i] = begin + width / 2.0F;
    mapped[i] = static_cast<double>(function(centers[i]));
    const double slope = static_cast<double>((function(begin + width) - function(begin)) / width);
    slopes[i] = slope * slope;
  }
  const auto error = [&](float low, float high) {
    const double step = static_cast<double>(high - low) / 255.0;
    const double inside = step * step / 12.0;
    const double at_low = static_cast<double>(function(low));
    const double at_high = static_cast<double>(function(high));
    double sum = 0.0;
    for (size_t i = 0; i < kBins; ++i) {
      if (counts_[i] == 0.0) continue;
      const double end = centers[i] < low ? at_low : at_high;
      const bool clipped = centers[i] < low || centers[i] > high;
      sum += counts_[i] * (clipped ? (mapped[i] - end) * (mapped[i] - end) : slopes[i] * inside);
    }
    return sum;
  };
  // One end after the other, then both once more: each is a sequence of ever narrower ranges.
  float low = minimum_;
  float high = maximum_;
  for (int round = 0; round < 2; ++round) {
    for (const bool upper : {true, false}) {
      float& end = upper ? high : low;
      const float widest = upper ? maximum_ : minimum_;
      double best = std::numeric_limits<double>::infinity();
      float best_end = end;
      end = widest;
      for (int k = 0; k < kCandidates; ++k, end *= kNarrowing) {
        const double now = error(low, high);
        if (now < best) best_end = end;
        best = std::min(best, now);
      }
      end = best_end;
    }
  }
  return QuantizationForRange(low, high);
}

NormalizedRanges::NormalizedRanges(std::vector<float> largest) : largest_(std::move(largest)) {}

void NormalizedRanges::Add(const float* values, size_t pixels) {
  const size_t channels = largest_.size();
  ActivationStatistics statistics(channels);
  statistics.Add(values, pixels);
  const size_t first = histograms_.size();
  histograms_.resize(first + channels, std::vector<float>(kBins));
  std::vector<float> bins_per_unit;
  for (size_t c = 0; c < channels; ++c) {
    bins_per_unit.push_back(static_cast<float>(kBins) / std::max(largest_[c], 1e-30F));
    const double mean = statistics.sum[c] / statistics.count;
    variances_.push_back(statistics.squares[c] / statistics.count - mean * mean);
  }
  for (size_t p = 0; p < pixels; p += kSampling) {
    for (size_t c = 0; c < channels; ++c) {
      const float bin = std::abs(values[p * channels + c]) * bins_per_unit[c];
      histograms_[first + c][static_cast<size_t>(Clamp(bin, 0.0F, kBins - 1.0F))] += 1.0F;
    }
  }
}

double NormalizedRanges::Cost(const std::vector<float>& histogram, float largest, double variance,
                              float range) const {
  const double step = static_cast<double>(range) / 127.0;
  const double width = static_cast<double>(largest) / kBins;
  double count = 0.0;
  double clipped = 0.0;
  for (size_t i = 0; i < kBins; ++i) {
    const double n = static_cast<double>(histogram[i]);
    const double beyond =
        std::max(0.0, (static_cast<double>(i) + 0.5) * width - static_cast<double>(range));
    count += n;
    clipped += n * beyond * beyond;
  }
  return (step * step / 12.0 + clipped / std::max(count, 1.0)) / variance;
}

std::vector<float> NormalizedRanges::Best() const {
  const size_t channels = largest_.size();
  std::vector<float> ranges;
  for (size_t c = 0; c < channels; ++c) {
    double most = 0.0;
    for (size_t i = c; i < variances_.size(); i += channels) most = std::max(most, variances_[i]);
    float best = largest_[c];
    double least = std::numeric_limits<double>::infinity();
    float range = largest_[c];
    for (int k = 0; k < kCandidates && most > 0.0; ++k, range *= kNarrowing) {
      double cost = 0.0;
      for (size_t i = c; i < variances_.size(); i += channels) {
        cost += Cost(histograms_[i], largest_[c], std::max(variances_[i], most * kLeastVariance),
                     range);
      }
      if (cost < least) best = range;
      least = std::min(least, cost);
    }
    ranges.push_back(best);
  }
  return ranges;
}

Quantization QuantizationForRange(float minimum, float maximum) {
  const float low = std::min(minimum, 0.0F);
  const float high = std::max(maximum, 0.0F);
  const float scale = (high - low) / 255.0F;
  if (!std::isnormal(scale)) return {1.0F, 0};
  const float zero_point = std::clamp(std::nearbyint(-128.0F - low / scale), -128.0F, 127.0F);
  return {scale, static_cast<int32_t>(zero_point)};
}

Quantization QuantizationForPicture(const ColorEncoding& encoding) {
  const float step = (encoding.high - encoding.low) / 255.0F;
  const float zero_point = -128.0F - encoding.low / step;
  const float nearest = std::nearbyint(zero_point);
  if (nearest < -128.0F || nearest > 127.0F)
    return QuantizationForRange(encoding.low, encoding.high);
  if (std::abs(zero_point - nearest) < 0.01F) return {step, static_cast<int32_t>(nearest)};
  // One of the 255 steps is given up for a zero point between two bytes.
  return {(encoding.high - encoding.low) / 254.0F, static_cast<int32_t>(nearest)};
}

}  // namespace brushwork
