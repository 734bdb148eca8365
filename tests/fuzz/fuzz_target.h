// What fuzz targets share: a broken promise ends the program, so that libFuzzer keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "base/status.h"

namespace brushwork::fuzz {

inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

// Strangers' bytes may be refused, with a reason; they never show a defect of brushwork, and never
// need more memory than the machine has.
inline void RequireRefusal(const Status& status) {
  Require(!status.ok() && !status.message().empty(), "a refusal says why");
  if (status.code() == StatusCode::kInternal || status.code() == StatusCode::kOutOfMemory) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    Require(false, "bytes are refused for what they are");
  }
}

}  // namespace brushwork::fuzz
