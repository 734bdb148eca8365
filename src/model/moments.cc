#include "model/moments.h"

#include <algorithm>
#include <cmath>

namespace brushwork {
namespace {

bool IsOne(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return v == 1.0F; });
}

bool IsSame(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [&](float v) { return v == values[0]; });
}

// The same deviation of the same source.
bool SameDeviation(const Moment& a, const Moment& b) {
  return a.source == b.source && a.factor == b.factor && a.epsilon == b.epsilon;
}

void Apply(std::vector<float>& values, std::span<const float> constant,
           float (*operation)(float, float)) {
  for (size_t i = 0; i < values.size(); ++i) values[i] = operation(values[i], constant[i]);
}

float Multiply(float a, float b) { return a * b; }
float Divide(float a, float b) { return a / b; }
float Plus(float a, float b) { return a + b; }
float Minus(float a, float b) { return a - b; }

// kNormalized, if the source can be normalized by this deviation.
std::optional<Moment> Normalized(const Moment& deviation, std::vector<float> scale,
                                 std::vector<float> shift) {
  if (!(deviation.factor > 0.0F) || !(deviation.epsilon >= 0.0F)) return std::nullopt;
  Moment result = deviation;
  result.kind = MomentKind::kNormalized;
  result.scale = std::move(scale);
  result.shift = std::move(shift);
  return result;
}

}  // namespace

const Moment* MomentTable::Find(ValueId value) const {
  const auto found = moments_.find(value);
  return found == moments_.end() ? nullptr : &found->second;
}

std::optional<Moment> MomentTable::MeanOf(ValueId x) const {
  const Moment* moment = Find(x);
  if (moment != nullptr && moment->kind == MomentKind::kSquare) {
    return Moment{MomentKind::kMeanSquare, moment->source, {}, {}, 1.0F, 0.0F};
  }
  if (moment != nullptr && moment->kind == MomentKind::kCenteredSquare) {
    return Moment{MomentKind::kVariance, moment->source, {}, {}, 1.0F, 0.0F};
  }
  return Moment{MomentKind::kMean, x, {}, {}, 1.0F, 0.0F};
}

std::optional<Moment> MomentTable::SquareRootOf(ValueId x) const {
  const Moment* moment = Find(x);
  if (moment == nullptr || moment->kind != MomentKind::kVariance) return std::nullopt;
  Moment result = *moment;
  result.kind = MomentKind::kDeviation;
  return result;
}

std::optional<Moment> MomentTable::Combine(BinaryOperation operation, ValueId a, ValueId b,
                                           int64_t channels) const {
  switch (operation) {
    case BinaryOperation::kAdd: {
      std::optional<Moment> sum = Sum(a, b);
      return sum ? sum : Sum(b, a);
    }
    case BinaryOperation::kSubtract:
      return Difference(a, b, channels);
    case BinaryOperation::kMultiply: {
      std::optional<Moment> product = Product(a, b, channels);
      return product ? product : Product(b, a, channels);
    }
    case BinaryOperation::kDivide:
      return Quotient(a, b, channels);
  }
  return std::nullopt;
}

std::optional<Moment> MomentTable::Product(ValueId a, ValueId b, int64_t channels) const {
  const Moment* of_a = Find(a);
  const Moment* of_b = Find(b);
  if (a == b) {
    if (of_a != nullptr && of_a->kind == MomentKind::kCentered && IsOne(of_a->scale)) {
      return Moment{MomentKind::kCenteredSquare, of_a->source, {}, {}, 1.0F, 0.0F};
    }
    if (of_a != nullptr && of_a->kind == MomentKind::kMean) {
      return Moment{MomentKind::kSquaredMean, of_a->source, {}, {}, 1.0F, 0.0F};
    }
    return Moment{MomentKind::kSquare, a, {}, {}, 1.0F, 0.0F};
  }
  if (of_b == nullptr || of_b->kind != MomentKind::kInverseDeviation) return std::nullopt;
  Moment result = *of_b;
  if (of_a != nullptr && of_a->source == of_b->source && of_a->kind == MomentKind::kCentered) {
    Apply(result.scale, of_a->scale, Multiply);
    return Normalized(*of_b, result.scale, std::vector<float>(result.scale.size(), 0.0F));
  }
  if (of_a != nullptr && of_a->source == of_b->source && of_a->kind == MomentKind::kMean) {
    result.kind = MomentKind::kScaledMean;
    result.shift.assign(static_cast<size_t>(channels), 0.0F);
    return result;
  }
  if (a != of_b->source) return std::nullopt;
  result.kind = MomentKind::kScaledSource;
  return result;
}

std::optional<Moment> MomentTable::Quotient(ValueId a, ValueId b, int64_t channels) const {
  const Moment* of_a = Find(a);
  const Moment* of_b = Find(b);
  if (of_b == nullptr || of_b->kind != MomentKind::kDeviation) return std::nullopt;
  const std::vector<float> ones(static_cast<size_t>(channels), 1.0F);
  const std::vector<float> zeros(static_cast<size_t>(channels), 0.0F);
  Moment result = *of_b;
  result.scale = ones;
  if (of_a != nullptr && of_a->source == of_b->source && of_a->kind == MomentKind::kCentered) {
    return Normalized(*of_b, of_a->scale, zeros);
  }
  if (of_a != nullptr && of_a->source == of_b->source && of_a->kind == MomentKind::kMean) {
    result.kind = MomentKind::kScaledMean;
    result.shift = zeros;
    return result;
  }
  if (a != of_b->source) return std::nullopt;
  result.kind = MomentKind::kScaledSource;
  return result;
}

std::optional<Moment> MomentTable::Difference(ValueId a, ValueId b, int64_t channels) const {
  const Moment* of_a = Find(a);
  const Moment* of_b = Find(b);
  if (of_b == nullptr) return std::nullopt;
  if (of_b->kind == MomentKind::kMean && of_b->source == a) {
    return Moment{MomentKind::kCentered,
                  a,
                  std::vector<float>(static_cast<size_t>(channels), 1.0F),
                  {},
                  1.0F,
                  0.0F};
  }
  if (of_a == nullptr || of_a->source != of_b->source) return std::nullopt;
  if (of_a->kind == MomentKind::kMeanSquare && of_b->kind == MomentKind::kSquaredMean) {
    return Moment{MomentKind::kVariance, of_a->source, {}, {}, 1.0F, 0.0F};
  }
  if (of_a->kind == MomentKind::kScaledSource && of_b->kind == MomentKind::kScaledMean &&
      SameDeviation(*of_a, *of_b) && of_a->scale == of_b->scale) {
    std::vector<float> shift = of_b->shift;
    for (float& value : shift) value = -value;
    return Normalized(*of_a, of_a->scale, std::move(shift));
  }
  return std::nullopt;
}

std::optional<Moment> MomentTable::Sum(ValueId a, ValueId b) const {
  const Moment* of_a = Find(a);
  const Moment* of_b = Find(b);
  if (of_a == nullptr || of_b == nullptr || of_a->kind != MomentKind::kScaledSource ||
      of_b->kind != MomentKind::kScaledMean || !SameDeviation(*of_a, *of_b)) {
    return std::nullopt;
  }
  std::vector<float> negated = of_b->scale;
  for (float& value : negated) value = -value;
  if (negated != of_a->scale) return std::nullopt;
  return Normalized(*of_a, of_a->scale, of_b->shift);
}

std::optional<Moment> MomentTable::CombineWithConstant(BinaryOperation operation, ValueId x,
                                                       std::span<const float> constant,
                                                       bool constant_first) const {
  const Moment* moment = Find(x);
  if (moment == nullptr) return std::nullopt;
  Moment result = *moment;
  const bool is_product = operation == BinaryOperation::kMultiply;
  const bool is_quotient = operation == BinaryOperation::kDivide && !constant_first;
  switch (moment->kind) {
    case MomentKind::kVariance:
      if (!IsSame(constant)) return std::nullopt;
      if (operation == BinaryOperation::kAdd) {
        result.epsilon += constant[0];
        return result;
      }
      if (!is_product && !is_quotient) return std::nullopt;
      result.factor = is_product ? result.factor * constant[0] : result.factor / constant[0];
      result.epsilon = is_product ? result.epsilon * constant[0] : result.epsilon / constant[0];
      return result;
    case MomentKind::kDeviation:
      if (operation != BinaryOperation::kDivide || !constant_first) return std::nullopt;
      result.kind = MomentKind::kInverseDeviation;
      result.scale.assign(constant.begin(), constant.end());
      return result;
    case MomentKind::kScaledMean:
      if (operation == BinaryOperation::kSubtract && constant_first) {
        for (float& value : result.scale) value = -value;
        for (float& value : result.shift) value = -value;
      }
      if (operation == BinaryOperation::kSubtract || operation == BinaryOperation::kAdd) {
        const bool minus = operation == BinaryOperation::kSubtract && !constant_first;
        Apply(result.shift, constant, minus ? Minus : Plus);
        return result;
      }
      if (!is_product && !is_quotient) return std::nullopt;
      Apply(result.shift, constant, is_product ? Multiply : Divide);
      Apply(result.scale, constant, is_product ? Multiply : Divide);
      return result;
    case MomentKind::kCentered:
    case MomentKind::kInverseDeviation:
    case MomentKind::kScaledSource:
      if (!is_product && !is_quotient) return std::nullopt;
      Apply(result.scale, constant, is_product ? Multiply : Divide);
      return result;
    default:
      return std::nullopt;
  }
}

NormalizationLayer ToNormalization(const Moment& moment) {
  // (x - m) / √(k v + e) = (x - m) / √(v + e / k) / √k
  const float root = std::sqrt(moment.factor);
  NormalizationLayer layer;
  layer.groups = static_cast<int64_t>(moment.scale.size());
  layer.scale = moment.scale;
  if (root != 1.0F) {
    for (float& value : layer.scale) value /= root;
  }
  layer.shift = moment.shift;
  layer.epsilon = moment.epsilon / moment.factor;
  return layer;
}

}  // namespace brushwork
