#include "outcome.h"

#include <exception>
#include <new>
#include <string>

namespace brushwork::wasm {

using emscripten::val;

val Failure(const Status& status) {
  val result = val::object();
  result.set("code", std::string(StatusCodeName(status.code())));
  result.set("message", status.message());
  return result;
}

// Once, rather than in each of the calls, which pages download.
val ExceptionFailure() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Failure(OutOfMemory("the engine's memory is used up"));
  } catch (const std::exception& e) {
    return Failure(Internal(e.what()));
  } catch (...) {
    return Failure(Internal("an unknown exception"));
  }
}

}  // namespace brushwork::wasm
