#include "base/memory_refused.h"

#include <string>
#include <utility>

namespace brushwork {

Status MemoryRefused(std::string_view what, int64_t width, int64_t height) {
  try {
    std::string message = "no memory for ";
    message += what;
    if (width > 0) message += " of " + std::to_string(width) + "×" + std::to_string(height);
    return OutOfMemory(std::move(message));
  } catch (const std::bad_alloc&) {
    return OutOfMemory("no memory");  // short enough to need none
  }
}

}  // namespace brushwork
