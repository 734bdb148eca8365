// Memory that is refused: the standard containers say so by std::bad_alloc, everything else by
// kOutOfMemory.
#pragma once

#include <cstdint>
#include <new>
#include <string_view>

#include "base/status.h"

namespace brushwork {

// kOutOfMemory, "no memory for `what`", of this many pixels if there are any. Where there is none
// for these words either, the message is shorter.
Status MemoryRefused(std::string_view what, int64_t width = 0, int64_t height = 0) noexcept;

// What `call` returns, a Status or a StatusOr, or MemoryRefused(what). Around what the façade does.
template <typename Call>
auto WithinMemory(std::string_view what, const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return MemoryRefused(what);
  }
}

}  // namespace brushwork
