// Memory that is refused: the standard containers say so by std::bad_alloc, everything else by
// kOutOfMemory.
#pragma once

#include <cstdint>
#include <new>
#include <string_view>

#include "base/status.h"

namespace brushwork {

// kOutOfMemory, "no memory for `what`", of this many pixels if there are any. Where there is none
// for these words either, the message is shorter. Does not throw.
Status MemoryRefused(std::string_view what, int64_t width = 0, int64_t height = 0);

// What `call` returns, a Status or a StatusOr, or MemoryRefused(what). Around what the façade does.
// In WebAssembly the exception goes on to the border, where all calls are guarded at once
// (wasm/outcome.h): pages download less.
template <typename Call>
auto WithinMemory([[maybe_unused]] std::string_view what, const Call& call) -> decltype(call()) {
#if defined(__EMSCRIPTEN__)
  return call();
#else
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return MemoryRefused(what);
  }
#endif
}

}  // namespace brushwork
