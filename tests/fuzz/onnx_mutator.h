// libFuzzer's mutation of ONNX files behind some bytes of another kind.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "tests/support/onnx_mutation.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace brushwork::fuzz {

inline std::string MutateBytes(std::string bytes) {
  constexpr size_t kMostMore = 16;
  const size_t size = bytes.size();
  bytes.resize(size + kMostMore);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, bytes.size()));
  return bytes;
}

// One in eight is changed without regard to what it is; so is what is no ONNX file, or would become
// too long. Returns the new size.
inline size_t MutateOnnxInput(uint8_t* data, size_t size, size_t max_size, size_t before,
                              unsigned int seed) {
  Random random(seed);
  if (size <= before || random.Integer(0, 7) == 0) return LLVMFuzzerMutate(data, size, max_size);
  const auto file = MutateOnnx({data + before, size - before}, random, MutateBytes);
  if (!file || file->size() > max_size - before) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(file->begin(), file->end(), data + before);
  return before + file->size();
}

}  // namespace brushwork::fuzz
