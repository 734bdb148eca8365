// An operation, made to fail at each of its requests for memory in turn.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "image/image.h"
#include "tests/faults/faulty_memory.h"

namespace brushwork::faults {

using Bytes = std::vector<uint8_t>;

// Does the operation from its beginning and says what came of it, byte by byte. What it leaves
// behind in objects it was given, such as a stylizer's plans, is the same after every success.
using Operation = std::function<StatusOr<Bytes>()>;

struct Trial {
  std::string name;  // a row of the table
  Operation operation;
  // The operation may end in an exception std::bad_alloc, which its header documents and which its
  // callers catch at the border. In WebAssembly all may: base/memory_refused.h.
#if defined(__EMSCRIPTEN__)
  bool may_throw = true;
#else
  bool may_throw = false;
#endif
  // Another result that is right where memory is short, if the operation has one.
  std::optional<Bytes> alternative = std::nullopt;
  // Each of the first `dense` requests is refused, and of those behind them every `stride`-th, a
  // prime, so that no rhythm of the operation's own is met again and again.
  int64_t dense = 2000;
  int64_t stride = 61;
};

// Refuses the n-th request, and the n-th and all that follow it, for n = 1, 2, 3, … until the
// operation gets through. It must end in kOutOfMemory, or in the result that it has without faults
// where it got by with less; the next time, without faults, it must have that result, and hold as
// many blocks of memory as before. Fails the running test otherwise, naming n.
void RefuseEveryRequest(const Trial& trial);

// What was tried so far, as a table on standard output.
void PrintTable();

// Results, as bytes; the copy is the test's and not refused.
StatusOr<Bytes> BytesOf(const StatusOr<Image>& image);
template <typename T>
StatusOr<Bytes> BytesOf(std::span<const T> values) {
  const Pause pause;
  const auto* begin = reinterpret_cast<const uint8_t*>(values.data());
  return Bytes(begin, begin + values.size_bytes());
}

}  // namespace brushwork::faults
