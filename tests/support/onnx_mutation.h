// Changes ONNX files in ways that leave them readable: protobuf's lengths stay right, whatever is
// changed inside.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/random.h"

namespace brushwork {

// Changes some bytes in any way.
using ChangeBytes = std::function<std::string(std::string bytes)>;

// The file with one to three fields changed, removed, repeated or exchanged. Nothing if the bytes
// are no protobuf message.
std::optional<std::vector<uint8_t>> MutateOnnx(std::span<const uint8_t> file, Random& random,
                                               const ChangeBytes& change);

}  // namespace brushwork
