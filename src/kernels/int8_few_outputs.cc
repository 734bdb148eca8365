// The form for at most three output channels, such as a picture's: rows four at a time as in
// int8_winograd.cc's RowsForm, but with vectors of pixels in place of vectors of channels.
#include "kernels/int8_form.h"
#include "kernels/int8_rows.h"
#include "kernels/int8_transform.h"
#include "kernels/int8_weights.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

constexpr int64_t kValueBytes = 64 * 1024;  // of the transformed rows of a tile
constexpr int64_t kBlock = static_cast<int64_t>(kFewBlock);
constexpr int64_t kMostPixels = static_cast<int64_t>(kMaximumFewPixels);

using Words __attribute__((vector_size(16))) = int32_t;

// Four pixels' four pairs of channels to four pairs' four pixels.
BRUSHWORK_INLINE void Transpose(const int32_t* pixels, size_t stride, int32_t* planes,
                                size_t plane) {
  Words p[4];
  BRUSHWORK_UNROLL
  for (size_t i = 0; i < 4; ++i) __builtin_memcpy(p + i, pixels + i * stride, sizeof(Words));
  const Words a = __builtin_shufflevector(p[0], p[1], 0, 4, 1, 5);
  const Words b = __builtin_shufflevector(p[2], p[3], 0, 4, 1, 5);
  const Words c = __builtin_shufflevector(p[0], p[1], 2, 6, 3, 7);
  const Words d = __builtin_shufflevector(p[2], p[3], 2, 6, 3, 7);
  const Words rows[4] = {
      __builtin_shufflevector(a, b, 0, 1, 4, 5), __builtin_shufflevector(a, b, 2, 3, 6, 7),
      __builtin_shufflevector(c, d, 0, 1, 4, 5), __builtin_shufflevector(c, d, 2, 3, 6, 7)};
  BRUSHWORK_UNROLL
  for (size_t i = 0; i < 4; ++i) __builtin_memcpy(planes + i * plane, rows + i, sizeof(Words));
}

// [columns][pairs] to [pairs][columns], rounded up to four in both: what is beyond is read and
// written, and of no meaning.
void Interleave(const int32_t* pixels, size_t columns, size_t pairs, int32_t* planes,
                size_t plane) {
  for (size_t c = 0; c < pairs; c += 4) {
    for (size_t x = 0; x < columns; x += 4) {
      Transpose(pixels + x * pairs + c, pairs, planes + c * plane + x, plane);
    }
  }
}

// RowProducts' weights and initial sums in the order of Int8FewAccumulation.
struct FewWeights {
  std::vector<int16_t> weights;
  std::vector<int32_t> initial;

  explicit FewWeights(const Int8ConvolutionSpec& spec) {
    const Filter& filter = *spec.layer.filter;
    const FilterProducts products = RowProducts<FourOutputs>(filter);
    const std::vector<int32_t> sums = ZeroPointSums(filter, spec.input.quantization.zero_point);
    const size_t channels = static_cast<size_t>(filter.input_channels);
    const size_t taps = products.run / channels;
    const size_t rows = products.batch * products.row_count;
    weights.assign(rows * products.run * kFewOutputs, 0);
    initial.assign(products.batch * kFewOutputs, 0);
    for (size_t o = 0; o < products.output_channels; ++o) {
      for (size_t i = 0; i < rows * products.run; ++i) {
        const size_t row = i / products.run;
        const size_t tap = i % products.run / channels;
        const size_t c = i % channels;
        const size_t step = (row * (channels / 2) + c / 2) * taps + tap;
        weights[(step * kFewOutputs + o) * 2 + c % 2] =
            products.weights[o * rows * products.run + i];
      }
      for (size_t b = 0; b < products.batch; ++b) {
        initial[b * kFewOutputs + o] = static_cast<int32_t>(
            static_cast<uint32_t>(products.initial_factors[b]) * static_cast<uint32_t>(sums[o]));
      }
    }
  }
};

class FewOutputsForm final : public Int8TileKernel {
 public:
  FewOutputsForm(const Int8ConvolutionSpec& spec, const Int8InstructionSet& instructions)
      : kernel_height_(spec.layer.filter->kernel_height),
        kernel_width_(spec.layer.filter->kernel_width),
        groups_((kernel_height_ + 2) / 3),
        input_channels_(spec.input.shape.channels),
        output_channels_(spec.output.shape.channels),
        pairs_((input_channels_ / 2 + 3) / 4 * 4),
        rows_(spec.input, spec.upsampling, spec.padding_mode, spec.layer.padding),
        weights_(spec),
        accumulate_(instructions.accumulate_few),
        columns_(PieceColumns(spec.output.shape.width, LargestPiece(), kMostPixels)),
        plane_((columns_ + kernel_width_ - 1 + 3) / 4 * 4) {}

  int64_t tile_rows() const override { return 4; }
  int64_t tile_columns() const override { return columns_; }
  size_t scratch_bytes() const override {
    Scratch scratch;
    Divide(scratch);
    return scratch.used();
  }

  void Compute(const Int8Tile& tile) const override {
    Scratch scratch(tile.scratch);
    const Buffers buffers = Divide(scratch);
    TransformInput(tile, buffers);
    const int64_t pixels = tile.column_end - tile.column_begin;
    Int8FewAccumulation a;
    a.rows = buffers.value_rows;
    a.batch = FourOutputs::kProducts;
    a.row_count = static_cast<size_t>(groups_);
    a.pairs = static_cast<size_t>(input_channels_ / 2);
    a.columns = static_cast<size_t>(plane_);
    a.taps = static_cast<size_t>(kernel_width_);
    a.pixels = static_cast<size_t>(pixels);
    a.weights = weights_.weights.data();
    a.initial = weights_.initial.data();
    a.sums = buffers.products;
    accumulate_(a);
    const Int8ChannelBlock block = {kBlock, 0, output_channels_};
    Int8Outputs outputs{tile.requantization, block, tile.output.type};
    outputs.stride = output_channels_;
    for (int64_t i = 0; i < tile.rows.size(); ++i) {
      outputs.data[static_cast<size_t>(i)] =
          OutputPixel(tile, block, tile.rows.begin + i, tile.column_begin);
    }
    StoreProducts<FourOutputs, 0>(outputs, buffers.products,
                                  static_cast<size_t>(pixels) * kFewBlock, pixels);
  }

 private:
  struct Buffers {
    int16_t* inputs;             // [InputRows()][columns][input_channels_]
    const int16_t** input_rows;  // [InputRows()]
    int16_t* planar;             // [InputRows()][pairs_][plane_][2]
    const int16_t** planar_rows;
    int16_t* values;       // [6][groups_][pairs_][plane_][2]
    int16_t** value_rows;  // [6][groups_]
    int32_t* products;     // [6][pixels][kBlock]
  };

  int64_t InputRows() const { return 3 * groups_ + 3; }
  int64_t InputValues() const { return (plane_ + 4) * input_channels_; }
  int64_t RowValues() const { return pairs_ * plane_ * 2; }

  int64_t LargestPiece() const {
    const int64_t column_bytes = 6 * groups_ * pairs_ * 2 * int64_t{sizeof(int16_t)};
    return std::clamp<int64_t>(kValueBytes / column_bytes - kernel_width_, kMostPixels, 128);
  }

  Buffers Divide(Scratch& scratch) const {
    // Vectors of pixels may reach beyond the last plane.
    const int64_t beyond = 2 * (kMostPixels + kernel_width_);
    return {scratch.Take<int16_t>(InputRows() * InputValues()),
            scratch.Take<const int16_t*>(InputRows()),
            scratch.Take<int16_t>(InputRows() * RowValues()),
            scratch.Take<const int16_t*>(InputRows()),
            scratch.Take<int16_t>(6 * groups_ * RowValues() + beyond),
            scratch.Take<int16_t*>(6 * groups_),
            scratch.Take<int32_t>((6 * columns_ + kMostPixels) * kBlock)};
  }

  void TransformInput(const Int8Tile& tile, const Buffers& buffers) const {
    const int64_t columns = tile.column_end - tile.column_begin + kernel_width_ - 1;
    const RowRange needed = {tile.rows.begin, tile.rows.end - 1 + kernel_height_};
    rows_.FetchRows(tile.input, needed, {tile.rows.begin, tile.rows.begin + InputRows()},
                    tile.column_begin, columns, InputValues(), buffers.inputs, buffers.input_rows);
    for (int64_t i = 0; i < InputRows(); ++i) {
      const int64_t row = (buffers.input_rows[i] - buffers.inputs) / InputValues();
      int16_t* planar = buffers.planar + row * RowValues();
      buffers.planar_rows[i] = planar;
      if (row != i) continue;
      Interleave(reinterpret_cast<const int32_t*>(buffers.input_rows[i]),
                 static_cast<size_t>(columns), static_cast<size_t>(input_channels_ / 2),
                 reinterpret_cast<int32_t*>(planar), static_cast<size_t>(plane_));
    }
    for (int64_t group = 0; group < groups_; ++group) {
      int16_t* values[6];
      for (int64_t v = 0; v < 6; ++v) {
        values[v] = buffers.values + (v * groups_ + group) * RowValues();
        buffers.value_rows[v * groups_ + group] = values[v];
      }
      TransformRows<FourOutputs>(buffers.planar_rows + 3 * group,
                                 static_cast<size_t>(input_channels_ / 2 * plane_ * 2), values);
    }
  }

  int64_t kernel_height_;
  int64_t kernel_width_;
  int64_t groups_;  // of three kernel rows
  int64_t input_channels_;
  int64_t output_channels_;
  int64_t pairs_;  // of input channels, rounded up to four
  PaddedRows rows_;
  FewWeights weights_;
  Int8AccumulateFew accumulate_;
  int64_t columns_;
  int64_t plane_;  // columns of the input, rounded up to four
};

}  // namespace

std::unique_ptr<Int8TileKernel> MakeFewOutputsForm(const Int8ConvolutionSpec& spec,
                                                   const Int8InstructionSet& instructions) {
  return std::make_unique<FewOutputsForm>(spec, instructions);
}

}  // namespace brushwork
