// Overflow-checked size arithmetic. Sizes come from strangers' files, and size_t has 32 bits in
// WebAssembly, so every product of dimensions goes through here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>

namespace brushwork {

// a * b, or nothing if it does not fit.
inline std::optional<int64_t> CheckedMultiply(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// a + b, or nothing if it does not fit.
inline std::optional<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

// The product of non-negative factors as a size in bytes or elements, or nothing if a factor is
// negative or the product is larger than this platform's address space.
inline std::optional<size_t> CheckedSize(std::initializer_list<int64_t> factors) {
  int64_t product = 1;
  for (const int64_t factor : factors) {
    if (factor < 0) return std::nullopt;
    const std::optional<int64_t> next = CheckedMultiply(product, factor);
    if (!next) return std::nullopt;
    product = *next;
  }
  if (static_cast<uint64_t>(product) > std::numeric_limits<ptrdiff_t>::max()) return std::nullopt;
  return static_cast<size_t>(product);
}

}  // namespace brushwork
