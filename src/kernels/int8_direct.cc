// The direct form: for every output row, one accumulation over the kernel's rows.
#include "kernels/int8_form.h"
#include "kernels/int8_rows.h"
#include "kernels/int8_weights.h"

namespace brushwork {
namespace {

// Of scratch memory, so that it stays in the first cache beside the weights.
constexpr int64_t kScratchBytes = 20 * 1024;
constexpr int64_t kTileRows = 4;

class DirectForm final : public Int8TileKernel {
 public:
  DirectForm(const Int8ConvolutionSpec& spec, const Int8InstructionSet& instructions)
      : stride_height_(spec.layer.stride_height),
        stride_width_(spec.layer.stride_width),
        kernel_height_(spec.layer.filter->kernel_height),
        kernel_width_(spec.layer.filter->kernel_width),
        input_channels_(spec.input.shape.channels),
        output_channels_(spec.output.shape.channels),
        rows_(spec.input, spec.upsampling, spec.padding_mode, spec.layer.padding),
        weights_(DirectProducts(*spec.layer.filter),
                 ZeroPointSums(*spec.layer.filter, spec.input.quantization.zero_point),
                 ChooseBlockLoop(instructions, output_channels_)),
        columns_(PieceColumns(spec.output.shape.width, LargestPiece(), 8)) {}

  int64_t tile_rows() const override { return kTileRows; }
  int64_t tile_columns() const override { return columns_; }
  size_t scratch_bytes() const override {
    Scratch scratch;
    Divide(scratch);
    return scratch.used();
  }

  void Compute(const Int8Tile& tile) const override {
    Scratch scratch(tile.scratch);
    const Buffers buffers = Divide(scratch);
    const int64_t pixels = tile.column_end - tile.column_begin;
    FetchRows(tile, buffers);
    for (int64_t index = 0; index < weights_.blocks(); ++index) {
      const Int8ChannelBlock block = ChannelBlock(index, weights_.block(), output_channels_);
      for (int64_t i = 0; i < tile.rows.size(); ++i) {
        weights_.Accumulate(index, buffers.rows + i * stride_height_,
                            stride_width_ * input_channels_, pixels, buffers.sums);
        Int8Outputs outputs{tile.requantization, block, tile.output.type};
        outputs.data[0] = OutputPixel(tile, block, tile.rows.begin + i, tile.column_begin);
        outputs.stride = output_channels_;
        StoreSums(outputs, buffers.sums, pixels);
      }
    }
  }

 private:
  struct Buffers {
    int16_t* values;       // [InputRows(kTileRows)][row_values_]
    const int16_t** rows;  // [InputRows(kTileRows)]
    int32_t* sums;         // [columns_][block], and up to three pixels that are read in vain
  };

  int64_t InputRows(int64_t rows) const { return (rows - 1) * stride_height_ + kernel_height_; }
  int64_t InputColumns(int64_t columns) const {
    return (columns - 1) * stride_width_ + kernel_width_;
  }

  int64_t LargestPiece() const {
    const int64_t row_bytes = InputRows(kTileRows) * input_channels_ * int64_t{sizeof(int16_t)};
    const int64_t columns = (kScratchBytes / row_bytes - kernel_width_) / stride_width_;
    return std::clamp<int64_t>(columns, 24, 128);
  }

  Buffers Divide(Scratch& scratch) const {
    const int64_t rows = InputRows(kTileRows);
    return {scratch.Take<int16_t>(rows * InputColumns(columns_) * input_channels_),
            scratch.Take<const int16_t*>(rows),
            scratch.Take<int32_t>((columns_ + 3) * weights_.block())};
  }

  void FetchRows(const Int8Tile& tile, const Buffers& buffers) const {
    const int64_t columns = InputColumns(tile.column_end - tile.column_begin);
    const int64_t begin = tile.column_begin * stride_width_;
    int16_t* values = buffers.values;
    for (int64_t i = 0; i < InputRows(tile.rows.size()); ++i, values += columns * input_channels_) {
      buffers.rows[i] = values;
      // Rows between the kernel's places are not read, and need not be there.
      if (i % stride_height_ >= kernel_height_) continue;
      rows_.Fetch(tile.input, tile.rows.begin * stride_height_ + i, begin, begin + columns, values);
    }
  }

  int64_t stride_height_;
  int64_t stride_width_;
  int64_t kernel_height_;
  int64_t kernel_width_;
  int64_t input_channels_;
  int64_t output_channels_;
  PaddedRows rows_;
  PackedInt8Weights weights_;
  int64_t columns_;  // of a tile
};

}  // namespace

std::unique_ptr<Int8TileKernel> MakeDirectForm(const Int8ConvolutionSpec& spec,
                                               const Int8InstructionSet& instructions) {
  return std::make_unique<DirectForm>(spec, instructions);
}

}  // namespace brushwork
