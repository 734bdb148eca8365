#include "base/status.h"

namespace brushwork {

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
