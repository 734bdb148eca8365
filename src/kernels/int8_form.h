// The forms of int8 convolution: ways to compute the same sums, some of them with fewer products.
// A form computes one tile (some rows, some columns) of the output at a time, in scratch memory
// that stays in the processor's first or second cache.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/int8_accumulate.h"
#include "kernels/int8_convolution.h"
#include "kernels/int8_output.h"
#include "kernels/int8_requantization.h"

namespace brushwork {

enum class Int8Form {
  kDirect,  // any kernel
  kRows,    // F(4, 3) in the direction of rows: row stride 1, at least 3 kernel rows
  kFew,     // the same for at most three output channels: even input channels, stride 1
  kTiles,  // F(4, 3) in both directions: 3×3, stride 1; enlarged pictures with one pixel of padding
};

// "direct", ...
const char* Name(Int8Form form);

struct Int8Tile {
  const TensorView& input;
  const TensorView& output;
  const Int8Requantization& requantization;
  // The rows to compute, not more than tile_rows() of them; all they depend on is in `input`.
  RowRange rows;
  int64_t column_begin = 0;  // a multiple of tile_columns()
  int64_t column_end = 0;
  uint8_t* scratch = nullptr;  // scratch_bytes(), aligned to kTensorAlignment
};

class Int8TileKernel {
 public:
  Int8TileKernel() = default;
  Int8TileKernel(const Int8TileKernel&) = delete;
  Int8TileKernel& operator=(const Int8TileKernel&) = delete;
  virtual ~Int8TileKernel() = default;

  // Rows that are cheapest computed together; tiles may have fewer.
  virtual int64_t tile_rows() const = 0;
  // Tiles should begin at multiples of this.
  virtual int64_t row_alignment() const { return 1; }
  virtual int64_t tile_columns() const = 0;
  virtual size_t scratch_bytes() const = 0;
  virtual void Compute(const Int8Tile& tile) const = 0;
};

// The forms that compute this convolution exactly, the one expected to be fastest first.
std::vector<Int8Form> Int8FormsFor(const Int8ConvolutionSpec& spec);

// For tests; CreateInt8Convolution takes the first of Int8FormsFor and of Int8InstructionSets.
KernelOr CreateInt8ConvolutionAs(const Int8ConvolutionSpec& spec, Int8Form form,
                                 const Int8InstructionSet& instructions);

std::unique_ptr<Int8TileKernel> MakeDirectForm(const Int8ConvolutionSpec& spec,
                                               const Int8InstructionSet& instructions);
std::unique_ptr<Int8TileKernel> MakeRowsForm(const Int8ConvolutionSpec& spec,
                                             const Int8InstructionSet& instructions);
std::unique_ptr<Int8TileKernel> MakeFewOutputsForm(const Int8ConvolutionSpec& spec,
                                                   const Int8InstructionSet& instructions);
std::unique_ptr<Int8TileKernel> MakeTilesForm(const Int8ConvolutionSpec& spec,
                                              const Int8InstructionSet& instructions);

// Divides scratch memory into aligned arrays; without memory it counts what they need.
class Scratch {
 public:
  explicit Scratch(uint8_t* memory = nullptr) : memory_(memory) {}

  template <typename T>
  T* Take(int64_t count) {
    // Vectors may be read a little past the end.
    const size_t bytes = static_cast<size_t>(count) * sizeof(T) + kTensorAlignment;
    const size_t begin = used_;
    used_ += (bytes + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
    return memory_ == nullptr ? nullptr : reinterpret_cast<T*>(memory_ + begin);
  }
  size_t used() const { return used_; }

 private:
  uint8_t* memory_;
  size_t used_ = 0;
};

// `width` cut into equal pieces of about `limit` columns, each but the last a multiple of
// `multiple`.
inline int64_t PieceColumns(int64_t width, int64_t limit, int64_t multiple) {
  limit = std::max(limit / multiple, int64_t{1}) * multiple;
  const int64_t pieces = (width + limit - 1) / limit;
  const int64_t columns = (width + pieces - 1) / pieces;
  return (columns + multiple - 1) / multiple * multiple;
}

// The block's first channel of a pixel.
inline void* OutputPixel(const Int8Tile& tile, const Int8ChannelBlock& block, int64_t y,
                         int64_t x) {
  const int64_t first = x * tile.output.shape.channels + block.first_channel;
  if (tile.output.type == DataType::kInt8) return tile.output.row<int8_t>(y) + first;
  return tile.output.row<float>(y) + first;
}

inline Int8ChannelBlock ChannelBlock(int64_t index, int64_t block, int64_t output_channels) {
  return {block, index * block, std::min(block, output_channels - index * block)};
}

}  // namespace brushwork
