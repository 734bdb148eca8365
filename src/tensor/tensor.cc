#include "tensor/tensor.h"

#include <limits>

namespace brushwork {

std::string Shape4::ToString() const {
  return "[" + std::to_string(batch) + ", " + std::to_string(height) + ", " +
         std::to_string(width) + ", " + std::to_string(channels) + "]";
}

StatusOr<AlignedBuffer> AlignedBuffer::Create(size_t bytes) {
  constexpr auto kLargest = static_cast<size_t>(std::numeric_limits<ptrdiff_t>::max());
  AlignedBuffer buffer;
  if (bytes <= kLargest - kTensorPadding) {
    buffer.data_.reset(static_cast<uint8_t*>(::operator new[](
        bytes + kTensorPadding, std::align_val_t{kTensorAlignment}, std::nothrow)));
  }
  if (buffer.data_ == nullptr) {
    return OutOfMemory("no memory for a buffer of " + std::to_string(bytes) + " bytes");
  }
  buffer.size_ = bytes;
  return buffer;
}

}  // namespace brushwork
