// Minimal filtering (Winograd; Lavin and Gray, arXiv 1509.09308) in exact integers, in one
// dimension; two dimensions are one after the other. A transform turns some inputs into values, a
// filter of three taps into weights, and products of these, by sums, into four outputs times a
// divisor. Since everything is a whole number and sums are modulo 2^32, dividing gives exactly the
// outputs of the direct form, as long as an output times its power of two fits in int32.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/int8_weights.h"
#include "kernels/vectorize.h"

namespace brushwork {

// F(4, 3): four outputs y[i] = d[i] g[0] + d[i + 1] g[1] + d[i + 2] g[2] with 6 products in place
// of 12. Points 0, ±1, ±2, ∞; the fractions of the usual form are multiplied out on the side of the
// weights (at most 7 times a weight's size) and of the outputs, whose divisor is 24 or 12.
struct FourOutputs {
  static constexpr size_t kInputs = 6;
  static constexpr size_t kValues = 6;
  static constexpr size_t kProducts = 6;
  static constexpr size_t kStep = 4;  // inputs from one group of four outputs to the next
  static constexpr std::array<size_t, kProducts> kValueOfProduct = {0, 1, 2, 3, 4, 5};
  static constexpr std::array<std::array<int, 3>, kProducts> kWeights = {
      {{6, 0, 0}, {-2, -2, -2}, {-2, 2, -2}, {1, 2, 4}, {1, -2, 4}, {0, 0, 6}}};
  // Adding this times n to the product of index 1 adds n to every output.
  static constexpr int kInitialFactor = 12;
  // Outputs are computed times 3 * 2^kShifts[i].
  static constexpr std::array<int, 4> kShifts = {3, 2, 2, 2};
  static constexpr uint32_t kInverse = 0xAAAAAAAB;  // of 3, modulo 2^32

  // At most 10 times the inputs' size.
  template <typename V>
  static BRUSHWORK_INLINE void TransformInputs(const V* d, V* v) {
    const V even = d[4] - (d[2] << 2);
    const V odd = d[3] - (d[1] << 2);
    const V outer = d[4] - d[2];
    const V twice = (d[3] - d[1]) << 1;
    v[0] = even - d[2] + (d[0] << 2);
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = outer + twice;
    v[4] = outer - twice;
    v[5] = d[5] - d[3] - ((d[3] - d[1]) << 2);
  }

  template <typename V>
  static BRUSHWORK_INLINE void TransformProducts(const V* m, V* y) {
    const V sum = m[1] + m[2];
    const V difference = m[1] - m[2];
    const V far_sum = m[3] + m[4];
    const V far_difference = m[3] - m[4];
    y[0] = m[0] + (sum << 1) + far_sum;
    y[1] = difference + far_difference;
    y[2] = sum + (far_sum << 1);
    y[3] = difference + (far_difference << 2) + (m[5] << 1);
  }
};

// Four outputs of a filter of three taps behind a nearest-neighbour enlargement: of inputs a, b, c,
// d it sees b, b, c, c, with a before and d behind. 5 products in place of 12:
//   2 y[0] = 2 (a - c) g0 + (b + c) (g0 + g1 + g2) + (b - c) (g2 - g0) + (b - c) g1
// and so on. To be sure: y[0] = a g0 + b (g1 + g2), y[1] = b (g0 + g1) + c g2,
// y[2] = b g0 + c (g1 + g2), y[3] = c (g0 + g1) + d g2.
struct FourEnlargedOutputs {
  static constexpr size_t kInputs = 4;
  static constexpr size_t kValues = 4;
  static constexpr size_t kProducts = 5;
  static constexpr size_t kStep = 2;
  static constexpr std::array<size_t, kProducts> kValueOfProduct = {0, 1, 2, 2, 3};
  static constexpr std::array<std::array<int, 3>, kProducts> kWeights = {
      {{1, 0, 0}, {1, 1, 1}, {-1, 0, 1}, {0, 1, 0}, {0, 0, 1}}};
  static constexpr int kInitialFactor = 2;
  static constexpr std::array<int, 4> kShifts = {1, 1, 1, 1};
  static constexpr uint32_t kInverse = 1;

  template <typename V>
  static BRUSHWORK_INLINE void TransformInputs(const V* d, V* v) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[1] - d[2];
    v[3] = d[3] - d[1];
  }

  template <typename V>
  static BRUSHWORK_INLINE void TransformProducts(const V* m, V* y) {
    const V outer = m[1] + m[2];
    const V inner = m[1] - m[2];
    y[0] = (m[0] << 1) + outer + m[3];
    y[1] = inner + m[3];
    y[2] = inner - m[3];
    y[3] = (m[4] << 1) + outer - m[3];
  }
};

// Scratch rows and planes may be read and written up to this many bytes past their end.
inline constexpr size_t kTransformOverrun = 32;

// From rows d[kInputs] of the picture to rows v[kValues], `count` values each.
template <typename Transform>
void TransformRows(const int16_t* const* d, size_t count, int16_t* const* v);

// From a row of pixels to `groups` groups of values: v[value * plane + group * stride + channel].
// stride is `channels` rounded up to a multiple of 16.
template <typename Transform>
void TransformColumns(const int16_t* row, size_t groups, size_t channels, int16_t* v, size_t plane,
                      size_t stride);

// From planes m[product * m_step] to planes y[i * y_step], `count` sums each, not divided. What
// follows the last transform is in int8_output.h.
template <typename Transform>
void TransformProducts(const int32_t* m, size_t m_step, size_t count, int32_t* y, size_t y_step);

// The weights of a transform in the direction of rows: batch is the products, row_count the groups
// of three rows that the kernel is cut into.
template <typename Transform>
FilterProducts RowProducts(const Filter& filter);

// In both directions, of a 3×3 kernel: batch is products × products, row product first.
template <typename Transform>
FilterProducts TileProducts(const Filter& filter);

}  // namespace brushwork
