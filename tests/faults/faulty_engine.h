// What the trials of painting share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/model.h"
#include "stylizer.h"
#include "tests/faults/every_request.h"

namespace brushwork::faults {

// Takes a copy that is the test's own, and not refused.
template <typename T>
T Copy(const T& value) {
  const Pause pause;
  return value;
}

template <typename T>
T Required(StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().message());
  return std::move(value).value();
}

// The status, copied by the test.
template <typename T>
Status StatusOf(const StatusOr<T>& value) {
  const Pause pause;
  return value.status();
}

// A style encoder for kConditionalStyleSize values, at 32 pixels.
std::vector<uint8_t> SmallEncoder();

// A generator in float of two convolutions and a normalization; 8 values of style.
std::vector<uint8_t> SmallFloatGenerator();

}  // namespace brushwork::faults
