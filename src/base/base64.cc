#include "base/base64.h"

#include <string>

namespace brushwork {

StatusOr<std::vector<uint8_t>> DecodeBase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) {
    return InvalidArgument("base64: got " + std::to_string(text.size()) +
                           " characters, needed a multiple of 4");
  }
  const size_t last = text.find_last_not_of('=') + 1;
  if (text.size() - last > 2) return InvalidArgument("base64: got too much padding");
  std::vector<uint8_t> bytes;
  uint32_t bits = 0;
  for (size_t i = 0; i < last; ++i) {
    const size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) {
      return InvalidArgument("base64: got the character '" + std::string(1, text[i]) + "'");
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    // Every digit but the first of four completes a byte.
    if (i % 4 != 0) bytes.push_back(static_cast<uint8_t>(bits >> (6 - 2 * (i % 4))));
  }
  return bytes;
}

}  // namespace brushwork
