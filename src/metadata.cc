#include "metadata.h"

#include <charconv>

namespace brushwork {

int MetadataSize(const Model& model, const std::string& key, int largest) {
  const std::string text = model.Metadata(key);
  int size = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_number = result.ec == std::errc() && result.ptr == text.data() + text.size();
  return is_number && size > 0 && size <= largest ? size : 0;
}

}  // namespace brushwork
