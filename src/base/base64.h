// Base64 (RFC 4648), as manifests hold style vectors.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace brushwork {

// kInvalidArgument for other characters, missing ones or misplaced padding.
StatusOr<std::vector<uint8_t>> DecodeBase64(std::string_view text);

}  // namespace brushwork
