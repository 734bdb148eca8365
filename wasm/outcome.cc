#include "outcome.h"

#include <exception>
#include <new>

#include "base/memory_refused.h"

namespace brushwork::wasm {

using emscripten::val;

val Failure(const Status& status) {
  val result = val::object();
  // Not as std::string, which Embind would copy to memory that there may be none of. A code's name
  // is a literal, so it ends in a zero.
  result.set("code", val::u8string(StatusCodeName(status.code()).data()));
  result.set("message", val::u8string(status.message().c_str()));
  return result;
}

// Once, rather than in each of the calls, which pages download.
val ExceptionFailure() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Failure(MemoryRefused("this call"));
  } catch (const std::exception& e) {
    return Failure(Internal(e.what()));
  } catch (...) {
    return Failure(Internal("an unknown exception"));
  }
}

}  // namespace brushwork::wasm
