// What calls into WebAssembly return: `{ value }` or `{ code, message }`. No C++ exception crosses
// the border: running out of memory becomes 'out-of-memory', anything else 'internal'.
#pragma once

#include <emscripten/val.h>

#include <utility>

#include "base/status.h"

namespace brushwork::wasm {

emscripten::val Failure(const Status& status);

template <typename T>
emscripten::val Success(T&& value) {
  emscripten::val result = emscripten::val::object();
  result.set("value", std::forward<T>(value));
  return result;
}

// Of the exception that is being handled.
emscripten::val ExceptionFailure();

// Runs `call`, which returns a val, and turns whatever it throws into a failure.
template <typename Call>
emscripten::val AtBorder(Call&& call) {
  try {
    return call();
  } catch (...) {
    return ExceptionFailure();
  }
}

}  // namespace brushwork::wasm
