// What is measured about an activation, and the int8 range that follows from it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "kernels/kernel.h"
#include "tensor/picture.h"
#include "tensor/tensor.h"

namespace brushwork {

// Of every channel, over all pictures.
struct ActivationStatistics {
  std::vector<float> minimum;
  std::vector<float> maximum;
  std::vector<double> sum;
  std::vector<double> squares;
  double count = 0.0;  // pixels

  explicit ActivationStatistics(size_t channels = 0);
  void Add(const float* values, size_t pixels);

  bool finite() const;
  // Mean square of channel `c`.
  float power(size_t c) const;
  // The largest magnitude of channel `c`, but not further from the mean than what next to nothing
  // of a picture exceeds.
  float reach(size_t c) const;
};

// A real number's quantized neighbour and back, with steps that may differ between channels.
class FakeQuantizer {
 public:
  // What is quantized is value * channel_scale[c]; an empty channel_scale is ones.
  FakeQuantizer(const Quantization& quantization, std::span<const float> channel_scale,
                size_t channels);
  void Run(const float* input, float* output, size_t pixels) const;

 private:
  size_t channels_;
  float minimum_;  // before the zero point is added
  float maximum_;
  std::vector<float> inverse_;  // repeated for several pixels
  std::vector<float> step_;
};

// The distribution of an activation's values over a known range.
class ValueHistogram {
 public:
  ValueHistogram(float minimum, float maximum);
  void Add(const float* values, size_t pixels, std::span<const float> channel_scale,
           size_t channels);

  // The quantization with the smallest mean squared error of function(value). Zero is always one of
  // its values.
  Quantization Best(const std::function<float(float)>& function) const;

 private:
  static constexpr size_t kBins = 1024;

  float minimum_;
  float maximum_;
  std::vector<double> counts_;
};

// Chooses for every channel the range [-r, r] that one normalization reads it in. The normalization
// divides a channel by its standard deviation in the picture, so the errors of every picture count
// relative to that: pictures of little contrast as much as others.
class NormalizedRanges {
 public:
  // `largest` [channels]: the largest magnitude in any picture.
  explicit NormalizedRanges(std::vector<float> largest);
  // One picture.
  void Add(const float* values, size_t pixels);
  std::vector<float> Best() const;

 private:
  static constexpr size_t kBins = 256;

  // Cost of clipping at `range` and of the steps that it makes, for one channel of one picture.
  double Cost(const std::vector<float>& histogram, float largest, double variance,
              float range) const;

  std::vector<float> largest_;
  std::vector<std::vector<float>> histograms_;  // of magnitudes, by picture and channel
  std::vector<double> variances_;               // likewise
};

// int8 values for [minimum, maximum], extended to contain zero, which is represented exactly.
Quantization QuantizationForRange(float minimum, float maximum);

// One value for each byte of a picture, if one of them stands for 0; else as near to that as zero
// points allow. (Bytes that would lie half way between two values must not all be rounded to even
// ones.)
Quantization QuantizationForPicture(const ColorEncoding& encoding);

}  // namespace brushwork
