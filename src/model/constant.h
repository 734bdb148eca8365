// Tensors that are known before the picture is: initializers of the file and what folds from them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"

namespace brushwork {

// TensorProto.DataType, those that brushwork reads.
enum class ElementType : int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kBfloat16 = 16,
};

// "float", "uint8", ..., or "type 17" for others.
std::string ElementTypeName(int32_t type);

// Floating point of any width. All of it is computed in float.
bool IsFloatingPoint(ElementType type);

using Dims = std::vector<int64_t>;

// "[1, 3, 64, 64]", abbreviated if it is a long list.
std::string DimsToString(std::span<const int64_t> dims);

// The number of elements, or nothing if a dimension is negative or the product too large.
std::optional<int64_t> ElementCount(std::span<const int64_t> dims);

// int8 weights as the file has them, beside the float values that DequantizeLinear makes of them.
struct QuantizedWeights {
  std::vector<int8_t> values;
  std::vector<float> scales;  // one, or one for each index of `axis`
  int64_t axis = 0;
};

struct Constant {
  // Each holds one of: floating point; int32, int64 and bool; int8; uint8.
  using Values = std::variant<std::vector<float>, std::vector<int64_t>, std::vector<int8_t>,
                              std::vector<uint8_t>>;

  ElementType type = ElementType::kFloat;
  Dims dims;
  Values values;
  std::shared_ptr<const QuantizedWeights> quantized;  // null for all that is not dequantized

  static Constant Floats(Dims dims, std::vector<float> values);
  static Constant Integers(Dims dims, std::vector<int64_t> values);
  // A list, as shapes and axes are.
  static Constant List(std::vector<int64_t> values);

  size_t size() const;
  bool is_float() const { return std::holds_alternative<std::vector<float>>(values); }
  // Empty unless is_float().
  std::span<const float> floats() const;
  // Element `index` of any type; for floating point, truncated and clamped.
  int64_t Integer(size_t index) const;
  float Float(size_t index) const;
  // All elements as integers.
  std::vector<int64_t> ToIntegers() const;
  std::vector<float> ToFloats() const;
};

// A copy. GCC 12's variant of vectors alone destroys what is not there when its own copy is refused
// memory.
Constant::Values CopyValues(const Constant::Values& values);

using ConstantPointer = std::shared_ptr<const Constant>;

}  // namespace brushwork
