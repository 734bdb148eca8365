// Numbers taken from bytes, so that whoever changes the bytes changes the choices.
#pragma once

#include <cstdint>
#include <span>

namespace brushwork {

// Borrows the bytes. Behind their end every choice is the first one.
class Choices {
 public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool done() const { return bytes_.empty(); }

  // From `low` to `high`, both included, at most 256 of them.
  int64_t Integer(int64_t low, int64_t high) { return low + Byte() % (high - low + 1); }
  bool Flip() { return Byte() % 2 != 0; }

 private:
  int64_t Byte() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  std::span<const uint8_t> bytes_;
};

}  // namespace brushwork
