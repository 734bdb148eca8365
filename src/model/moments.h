// Instance normalization is often spelled out: means, differences, squares, a square root, a
// quotient. Each such step is lowered as the layer it is, and besides remembered here for what it
// means: a function of the mean m and the biased variance v of each channel of a source x. The step
// that completes a normalization then becomes one NormalizationLayer, and the others, no longer
// needed, disappear with the unused layers.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/network.h"

namespace brushwork {

// a: scale per channel, b: shift per channel, k: factor, e: epsilon.
enum class MomentKind {
  kMean,              // m
  kSquare,            // x²
  kMeanSquare,        // mean of x²
  kSquaredMean,       // m²
  kCentered,          // a (x - m)
  kCenteredSquare,    // (x - m)²
  kVariance,          // k v + e
  kDeviation,         // √(k v + e)
  kInverseDeviation,  // a / √(k v + e)
  kScaledSource,      // a x / √(k v + e)
  kScaledMean,        // a m / √(k v + e) + b
  kNormalized,        // a (x - m) / √(k v + e) + b
};

struct Moment {
  MomentKind kind = MomentKind::kMean;
  ValueId source = -1;
  std::vector<float> scale;  // [channels] where the kind has an a
  std::vector<float> shift;  // [channels] where the kind has a b
  float factor = 1.0F;
  float epsilon = 0.0F;
};

class MomentTable {
 public:
  // Null for a value that is nothing of the kind.
  const Moment* Find(ValueId value) const;
  void Set(ValueId value, Moment moment) { moments_[value] = std::move(moment); }

  // What an operation makes of the moments of its operands; nothing if it is none of the steps.
  std::optional<Moment> MeanOf(ValueId x) const;
  std::optional<Moment> SquareRootOf(ValueId x) const;
  std::optional<Moment> Combine(BinaryOperation operation, ValueId a, ValueId b,
                                int64_t channels) const;
  // With a constant per channel; `constant_first` for constant - x and constant / x.
  std::optional<Moment> CombineWithConstant(BinaryOperation operation, ValueId x,
                                            std::span<const float> constant,
                                            bool constant_first) const;

 private:
  std::optional<Moment> Product(ValueId a, ValueId b, int64_t channels) const;
  std::optional<Moment> Quotient(ValueId a, ValueId b, int64_t channels) const;
  std::optional<Moment> Difference(ValueId a, ValueId b, int64_t channels) const;
  std::optional<Moment> Sum(ValueId a, ValueId b) const;

  std::unordered_map<ValueId, Moment> moments_;
};

// For kNormalized: the layer that computes it from its source.
NormalizationLayer ToNormalization(const Moment& moment);

}  // namespace brushwork
