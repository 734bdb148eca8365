// Activations: dense, NHWC ([batch, height, width, channels]), float or int8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace brushwork {

enum class DataType { kFloat32, kInt8 };

inline size_t ByteSize(DataType type) { return type == DataType::kFloat32 ? 4 : 1; }

// real = scale * (quantized - zero_point), one pair for the whole tensor; quantized in [-128, 127].
// ONNX operators QuantizeLinear and DequantizeLinear.
struct Quantization {
  float scale = 1.0F;
  int32_t zero_point = 0;
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

// [batch, height, width, channels]. Batch is 1 everywhere in brushwork but stays in the type, for
// XNNPACK counts it.
struct Shape4 {
  int64_t batch = 1;
  int64_t height = 1;
  int64_t width = 1;
  int64_t channels = 1;

  int64_t pixels() const { return batch * height * width; }
  int64_t elements() const { return pixels() * channels; }
  friend bool operator==(const Shape4&, const Shape4&) = default;
  std::string ToString() const;  // "[1, 64, 64, 3]"
};

// XNNPACK kernels may read past the end of any buffer (XNN_EXTRA_BYTES: 16 bytes, on Hexagon 128),
// so every buffer given to them has that much more; src/kernels/xnn.cc asserts that this is enough.
inline constexpr size_t kTensorPadding = 128;
inline constexpr size_t kTensorAlignment = 64;

// Uninitialized memory, aligned to kTensorAlignment and followed by kTensorPadding readable bytes.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  static StatusOr<AlignedBuffer> Create(size_t bytes);  // kOutOfMemory

  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  struct Deleter {
    void operator()(uint8_t* p) const {
      ::operator delete[](p, std::align_val_t{kTensorAlignment});
    }
  };
  std::unique_ptr<uint8_t[], Deleter> data_;
  size_t size_ = 0;
};

// Rows [begin, end) of a picture or an activation.
struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
  friend bool operator==(const RowRange&, const RowRange&) = default;
};

// A borrowed activation, or some consecutive rows of one: `shape` is that of the whole, `data`
// points at the row `first_row`, and the owner knows how many follow. float or int8_t according to
// `type`.
struct TensorView {
  void* data = nullptr;
  Shape4 shape;
  DataType type = DataType::kFloat32;
  Quantization quantization;  // meaningful for kInt8
  int64_t first_row = 0;      // other than 0 only for a batch of 1

  size_t row_bytes() const {
    return static_cast<size_t>(shape.width * shape.channels) * ByteSize(type);
  }
  // Row `y` of the whole activation, which must be there.
  template <typename T>
  T* row(int64_t y) const {
    return reinterpret_cast<T*>(static_cast<uint8_t*>(data) +
                                static_cast<size_t>(y - first_row) * row_bytes());
  }

  float* f32() const { return static_cast<float*>(data); }
  int8_t* s8() const { return static_cast<int8_t*>(data); }
};

}  // namespace brushwork
