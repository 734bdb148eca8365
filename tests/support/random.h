// Random numbers that are the same on every platform (the standard's distributions are not).
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace brushwork {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  // From `low` to `high`, both included.
  int64_t Integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  float Uniform(float low, float high) {
    return low + (high - low) * static_cast<float>(engine_()) * 0x1p-32F;
  }
  bool Flip() { return (engine_() >> 16 & 1U) != 0; }
  std::vector<float> Uniforms(size_t count, float low, float high) {
    std::vector<float> values(count);
    for (float& value : values) value = Uniform(low, high);
    return values;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace brushwork
