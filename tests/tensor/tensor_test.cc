#include "tensor/tensor.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <limits>

namespace brushwork {
namespace {

TEST_CASE("Shapes count and print themselves", "[tensor]") {
  const Shape4 shape{1, 64, 48, 3};
  CHECK(shape.ToString() == "[1, 64, 48, 3]");
  CHECK(shape.pixels() == 64 * 48);
  CHECK(shape.elements() == 64 * 48 * 3);
  CHECK(Shape4{1, 65535, 65535, 64}.elements() == int64_t{65535} * 65535 * 64);
}

TEST_CASE("Buffers are aligned and padded", "[tensor]") {
  for (const size_t bytes : {size_t{0}, size_t{1}, size_t{63}, size_t{1000}}) {
    StatusOr<AlignedBuffer> buffer = AlignedBuffer::Create(bytes);
    REQUIRE(buffer.ok());
    CHECK(buffer->size() == bytes);
    CHECK(reinterpret_cast<uintptr_t>(buffer->data()) % kTensorAlignment == 0);
    // The address sanitizer knows whether the padding is there.
    std::memset(buffer->data(), 7, bytes + kTensorPadding);
  }
}

TEST_CASE("A buffer larger than memory is refused", "[tensor]") {
  CHECK(AlignedBuffer::Create(std::numeric_limits<size_t>::max()).status().code() ==
        StatusCode::kOutOfMemory);
  CHECK(AlignedBuffer::Create(std::numeric_limits<ptrdiff_t>::max()).status().code() ==
        StatusCode::kOutOfMemory);
}

}  // namespace
}  // namespace brushwork
