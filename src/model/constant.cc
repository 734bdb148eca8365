#include "model/constant.h"

#include <cmath>
#include <limits>

#include "base/checked.h"

namespace brushwork {
namespace {

int64_t Truncate(float value) {
  // 2^63 is a float; the largest int64 is not.
  constexpr float kLimit = 9223372036854775808.0F;
  if (std::isnan(value)) return 0;
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value < -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

int64_t ToInteger(float value) { return Truncate(value); }
int64_t ToInteger(int64_t value) { return value; }
int64_t ToInteger(int8_t value) { return value; }
int64_t ToInteger(uint8_t value) { return value; }

}  // namespace

std::string ElementTypeName(int32_t type) {
  static constexpr const char* kNames[] = {
      "undefined",      "float",      "uint8",          "int8",       "uint16",   "int16",
      "int32",          "int64",      "string",         "bool",       "float16",  "double",
      "uint32",         "uint64",     "complex64",      "complex128", "bfloat16", "float8e4m3fn",
      "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",      "int4"};
  if (type >= 0 && type < static_cast<int32_t>(std::size(kNames))) return kNames[type];
  return "type " + std::to_string(type);
}

bool IsFloatingPoint(ElementType type) {
  return type == ElementType::kFloat || type == ElementType::kFloat16 ||
         type == ElementType::kDouble || type == ElementType::kBfloat16;
}

std::string DimsToString(std::span<const int64_t> dims) {
  // A list from a damaged file may be long, and a message must not be.
  constexpr size_t kMaxNamed = 16;
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i == kMaxNamed) return text + ", … " + std::to_string(dims.size()) + " in all]";
    if (i > 0) text += ", ";
    text += std::to_string(dims[i]);
  }
  return text + "]";
}

std::optional<int64_t> ElementCount(std::span<const int64_t> dims) {
  int64_t count = 1;
  bool empty = false;
  for (const int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    if (dim == 0) {
      empty = true;
      continue;
    }
    const std::optional<int64_t> next = CheckedMultiply(count, dim);
    if (!next) return std::nullopt;
    count = *next;
  }
  return empty ? 0 : count;
}

Constant Constant::Floats(Dims dims, std::vector<float> values) {
  return {ElementType::kFloat, std::move(dims), std::move(values), nullptr};
}

Constant Constant::Integers(Dims dims, std::vector<int64_t> values) {
  return {ElementType::kInt64, std::move(dims), std::move(values), nullptr};
}

Constant Constant::List(std::vector<int64_t> values) {
  const auto count = static_cast<int64_t>(values.size());
  return Integers({count}, std::move(values));
}

Constant::Values CopyValues(const Constant::Values& values) {
  return std::visit([](const auto& elements) -> Constant::Values { return elements; }, values);
}

size_t Constant::size() const {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

std::span<const float> Constant::floats() const {
  if (const auto* list = std::get_if<std::vector<float>>(&values)) return *list;
  return {};
}

int64_t Constant::Integer(size_t index) const {
  return std::visit([index](const auto& list) { return ToInteger(list[index]); }, values);
}

float Constant::Float(size_t index) const {
  return std::visit([index](const auto& list) { return static_cast<float>(list[index]); }, values);
}

std::vector<int64_t> Constant::ToIntegers() const {
  std::vector<int64_t> result(size());
  for (size_t i = 0; i < result.size(); ++i) result[i] = Integer(i);
  return result;
}

std::vector<float> Constant::ToFloats() const {
  if (is_float()) return std::get<std::vector<float>>(values);
  std::vector<float> result(size());
  for (size_t i = 0; i < result.size(); ++i) result[i] = Float(i);
  return result;
}

}  // namespace brushwork
