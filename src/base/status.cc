#include "base/status.h"

namespace brushwork {

Status MemoryRefused(std::string_view what, int64_t width, int64_t height) noexcept {
  try {
    std::string message = "no memory for " + std::string(what);
    if (width > 0) {
      message += " of " + std::to_string(width) + "×" + std::to_string(height) + " pixels";
    }
    return OutOfMemory(std::move(message));
  } catch (const std::bad_alloc&) {
    return OutOfMemory("no memory");  // short enough to need none
  }
}

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kAborted:
      return "aborted";
    case StatusCode::kInvalidArgument:
      return "invalid-argument";
    case StatusCode::kUnsupportedImage:
      return "unsupported-image";
    case StatusCode::kImageTooLarge:
      return "image-too-large";
    case StatusCode::kUnsupportedModel:
      return "unsupported-model";
    case StatusCode::kInvalidModel:
      return "invalid-model";
    case StatusCode::kIncompatibleStyles:
      return "incompatible-styles";
    case StatusCode::kOutOfMemory:
      return "out-of-memory";
    case StatusCode::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace brushwork
