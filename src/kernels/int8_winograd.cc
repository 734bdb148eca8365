// The forms with fewer products: four output rows, or 4×4 outputs, at once (int8_transform.h).
#include "kernels/int8_form.h"
#include "kernels/int8_rows.h"
#include "kernels/int8_transform.h"
#include "kernels/int8_weights.h"

namespace brushwork {
namespace {

// Of the largest arrays of a tile, so that they stay in the first two caches.
constexpr int64_t kRowsFormBytes = 64 * 1024;
constexpr int64_t kTilesFormBytes = 64 * 1024;

PackedInt8Weights Pack(const FilterProducts& products, const Int8ConvolutionSpec& spec,
                       const Int8InstructionSet& instructions) {
  return {products, ZeroPointSums(*spec.layer.filter, spec.input.quantization.zero_point),
          ChooseBlockLoop(instructions, spec.output.shape.channels)};
}

// Kernels of any size with stride 1 in the direction of rows: cut into groups of three rows, each
// of them F(4, 3) in that direction, and a direct form in the other. The products of all groups are
// added up before they are transformed back.
class RowsForm final : public Int8TileKernel {
 public:
  RowsForm(const Int8ConvolutionSpec& spec, const Int8InstructionSet& instructions)
      : stride_(spec.layer.stride_width),
        kernel_height_(spec.layer.filter->kernel_height),
        kernel_width_(spec.layer.filter->kernel_width),
        groups_((kernel_height_ + 2) / 3),
        input_channels_(spec.input.shape.channels),
        output_channels_(spec.output.shape.channels),
        rows_(spec.input, spec.upsampling, spec.padding_mode, spec.layer.padding),
        weights_(Pack(RowProducts<FourOutputs>(*spec.layer.filter), spec, instructions)),
        columns_(PieceColumns(spec.output.shape.width, LargestPiece(), 8)) {}

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
    const int64_t pixels = tile.column_end - tile.column_begin;
    TransformInput(tile, buffers);
    const size_t plane = static_cast<size_t>(pixels * weights_.block());
    for (int64_t index = 0; index < weights_.blocks(); ++index) {
      weights_.Accumulate(index, buffers.value_rows, stride_ * input_channels_, pixels,
                          buffers.products);
      const Int8ChannelBlock block = ChannelBlock(index, weights_.block(), output_channels_);
      Int8Outputs outputs{tile.requantization, block, tile.output.type};
      outputs.stride = output_channels_;
      for (int64_t i = 0; i < tile.rows.size(); ++i) {
        outputs.data[static_cast<size_t>(i)] =
            OutputPixel(tile, block, tile.rows.begin + i, tile.column_begin);
      }
      StoreProducts<FourOutputs, 0>(outputs, buffers.products, plane, pixels);
    }
  }

 private:
  struct Buffers {
    int16_t* inputs;             // [InputRows()][row_values()]
    const int16_t** input_rows;  // [InputRows()]
    int16_t* values;             // [6][groups_][row_values()]
    int16_t** value_rows;        // [6][groups_]
    int32_t* products;           // [6][pixels][block]
  };

  int64_t InputRows() const { return 3 * groups_ + 3; }
  int64_t InputColumns(int64_t columns) const { return (columns - 1) * stride_ + kernel_width_; }
  // Between rows, so that vectors may write a little past a row's end.
  int64_t RowValues() const {
    return InputColumns(columns_) * input_channels_ +
           static_cast<int64_t>(kTransformOverrun / sizeof(int16_t));
  }

  int64_t LargestPiece() const {
    const int64_t values = 6 * groups_ * stride_ * input_channels_ * int64_t{sizeof(int16_t)};
    const int64_t columns = (kRowsFormBytes / values) - kernel_width_ / stride_;
    return std::clamp<int64_t>(columns, 24, 128);
  }

  Buffers Divide(Scratch& scratch) const {
    return {scratch.Take<int16_t>(InputRows() * RowValues()),
            scratch.Take<const int16_t*>(InputRows()),
            scratch.Take<int16_t>(6 * groups_ * RowValues()), scratch.Take<int16_t*>(6 * groups_),
            scratch.Take<int32_t>(6 * columns_ * weights_.block())};
  }

  void TransformInput(const Int8Tile& tile, const Buffers& buffers) const {
    const int64_t columns = InputColumns(tile.column_end - tile.column_begin);
    const RowRange needed = {tile.rows.begin, tile.rows.end - 1 + kernel_height_};
    rows_.FetchRows(tile.input, needed, {tile.rows.begin, tile.rows.begin + InputRows()},
                    tile.column_begin * stride_, columns, RowValues(), buffers.inputs,
                    buffers.input_rows);
    for (int64_t group = 0; group < groups_; ++group) {
      int16_t* values[6];
      for (int64_t v = 0; v < 6; ++v) {
        values[v] = buffers.values + (v * groups_ + group) * RowValues();
        buffers.value_rows[v * groups_ + group] = values[v];
      }
      TransformRows<FourOutputs>(buffers.input_rows + 3 * group,
                                 static_cast<size_t>(columns * input_channels_), values);
    }
  }

  int64_t stride_;
  int64_t kernel_height_;
  int64_t kernel_width_;
  int64_t groups_;  // of three kernel rows
  int64_t input_channels_;
  int64_t output_channels_;
  PaddedRows rows_;
  PackedInt8Weights weights_;
  int64_t columns_;
};

// What TilesForm<FourEnlargedOutputs> reads: the picture before it is enlarged, with the one pixel
// that padding of the enlarged one shows. Reflected and repeated padding are the same there.
PaddedRows TileRows(const Int8ConvolutionSpec& spec) {
  if (spec.upsampling == 1) {
    return {spec.input, 1, spec.padding_mode, spec.layer.padding};
  }
  const bool constant = spec.padding_mode == PadMode::kConstant;
  return {spec.input, 1, constant ? PadMode::kConstant : PadMode::kEdge, {1, 1, 1, 1}};
}

// 3×3 kernels of stride 1: 4×4 outputs at once, transformed in both directions.
template <typename Transform>
class TilesForm final : public Int8TileKernel {
 public:
  TilesForm(const Int8ConvolutionSpec& spec, const Int8InstructionSet& instructions)
      : input_channels_(spec.input.shape.channels),
        output_channels_(spec.output.shape.channels),
        value_stride_((input_channels_ + 15) / 16 * 16),
        rows_(TileRows(spec)),
        weights_(Pack(TileProducts<Transform>(*spec.layer.filter), spec, instructions)),
        columns_(PieceColumns(spec.output.shape.width, LargestPiece(), 4)) {}

  int64_t tile_rows() const override { return 4; }
  int64_t row_alignment() const override { return kEnlargement; }
  int64_t tile_columns() const override { return columns_; }
  size_t scratch_bytes() const override {
    Scratch scratch;
    Divide(scratch);
    return scratch.used();
  }

  void Compute(const Int8Tile& tile) const override {
    Scratch scratch(tile.scratch);
    const Buffers buffers = Divide(scratch);
    const int64_t groups = Groups(tile.column_end - tile.column_begin);
    TransformInput(tile, groups, buffers);
    for (int64_t index = 0; index < weights_.blocks(); ++index) {
      weights_.Accumulate(index, buffers.product_values, value_stride_, groups, buffers.products);
      FinishRows(groups, buffers);
      StoreColumn<0>(tile, index, groups, buffers);
      StoreColumn<1>(tile, index, groups, buffers);
      StoreColumn<2>(tile, index, groups, buffers);
      StoreColumn<3>(tile, index, groups, buffers);
    }
  }

 private:
  static constexpr int64_t kValues = Transform::kValues;
  static constexpr int64_t kProducts = Transform::kProducts;
  static constexpr int64_t kInputs = Transform::kInputs;
  static constexpr int64_t kEnlargement = 4 / static_cast<int64_t>(Transform::kStep);

  struct Buffers {
    int16_t* inputs;                 // [kInputs][RowValues()]
    int16_t* row_values;             // [kValues][RowValues()]
    int16_t* values;                 // [kValues][kValues][groups][value_stride_]
    const int16_t** product_values;  // [kProducts][kProducts]
    int32_t* products;               // [kProducts][kProducts][groups][block]
    int32_t* half;                   // [kProducts][4][Plane(groups)]
  };

  static int64_t Groups(int64_t columns) { return (columns + 3) / 4; }
  static int64_t InputColumns(int64_t groups) {
    return (groups - 1) * static_cast<int64_t>(Transform::kStep) + kInputs;
  }
  // The sums of one output of each group, so that vectors may write a little past them.
  int64_t Plane(int64_t groups) const {
    constexpr int64_t kMultiple = kTransformOverrun / sizeof(int32_t);
    return (groups * weights_.block() + kMultiple - 1) / kMultiple * kMultiple;
  }
  int64_t RowValues() const {
    return InputColumns(Groups(columns_)) * input_channels_ +
           static_cast<int64_t>(kTransformOverrun / sizeof(int16_t));
  }

  int64_t LargestPiece() const {
    const int64_t group_bytes = kValues * kValues * value_stride_ * int64_t{sizeof(int16_t)} +
                                kProducts * kProducts * weights_.block() * int64_t{sizeof(int32_t)};
    return std::clamp<int64_t>(kTilesFormBytes / group_bytes * 4, 16, 256);
  }

  Buffers Divide(Scratch& scratch) const {
    const int64_t groups = Groups(columns_);
    return {scratch.Take<int16_t>(kInputs * RowValues()),
            scratch.Take<int16_t>(kValues * RowValues()),
            scratch.Take<int16_t>(kValues * kValues * groups * value_stride_),
            scratch.Take<const int16_t*>(kProducts * kProducts),
            scratch.Take<int32_t>(kProducts * kProducts * groups * weights_.block()),
            scratch.Take<int32_t>(kProducts * 4 * Plane(groups))};
  }

  void TransformInput(const Int8Tile& tile, int64_t groups, const Buffers& buffers) const {
    const int64_t columns = InputColumns(groups);
    const int64_t first = tile.rows.begin / kEnlargement;
    // The last output row of an enlarged picture sees (end - 1 + 1) / 2 and, if odd, one more.
    const RowRange needed = {first + (kEnlargement == 2 ? tile.rows.begin % 2 : 0),
                             kEnlargement == 2 ? tile.rows.end / 2 + 2 : tile.rows.end + 2};
    const int16_t* input_rows[kInputs];
    int16_t* row_values[kValues];
    rows_.FetchRows(tile.input, needed, {first, first + kInputs}, tile.column_begin / kEnlargement,
                    columns, RowValues(), buffers.inputs, input_rows);
    for (int64_t v = 0; v < kValues; ++v) row_values[v] = buffers.row_values + v * RowValues();
    TransformRows<Transform>(input_rows, static_cast<size_t>(columns * input_channels_),
                             row_values);
    const int64_t plane = groups * value_stride_;
    for (int64_t v = 0; v < kValues; ++v) {
      TransformColumns<Transform>(row_values[v], static_cast<size_t>(groups),
                                  static_cast<size_t>(input_channels_),
                                  buffers.values + v * kValues * plane, static_cast<size_t>(plane),
                                  static_cast<size_t>(value_stride_));
    }
    for (size_t e = 0; e < static_cast<size_t>(kProducts * kProducts); ++e) {
      const size_t y = Transform::kValueOfProduct[e / Transform::kProducts];
      const size_t x = Transform::kValueOfProduct[e % Transform::kProducts];
      buffers.product_values[e] =
          buffers.values + static_cast<int64_t>(y * Transform::kValues + x) * plane;
    }
  }

  // From products to outputs along rows.
  void FinishRows(int64_t groups, const Buffers& buffers) const {
    const size_t count = static_cast<size_t>(groups * weights_.block());
    const size_t plane = static_cast<size_t>(Plane(groups));
    for (size_t e = 0; e < Transform::kProducts; ++e) {
      TransformProducts<Transform>(buffers.products + e * Transform::kProducts * count, count,
                                   count, buffers.half + e * 4 * plane, plane);
    }
  }

  // Then along columns: the four rows of column x of each group.
  template <size_t x>
  void StoreColumn(const Int8Tile& tile, int64_t index, int64_t groups,
                   const Buffers& buffers) const {
    const int64_t column = tile.column_begin + static_cast<int64_t>(x);
    const int64_t pixels = (tile.column_end - column + 3) / 4;
    if (pixels <= 0) return;
    const Int8ChannelBlock block = ChannelBlock(index, weights_.block(), output_channels_);
    Int8Outputs outputs{tile.requantization, block, tile.output.type};
    outputs.stride = 4 * output_channels_;
    const int64_t top = tile.rows.begin / kEnlargement * kEnlargement;
    for (int64_t y = tile.rows.begin; y < tile.rows.end; ++y) {
      outputs.data[static_cast<size_t>(y - top)] = OutputPixel(tile, block, y, column);
    }
    const size_t plane = static_cast<size_t>(Plane(groups));
    StoreProducts<Transform, Transform::kShifts[x]>(outputs, buffers.half + x * plane, 4 * plane,
                                                    pixels);
  }

  int64_t input_channels_;
  int64_t output_channels_;
  int64_t value_stride_;  // of one group's transformed values: input channels, rounded up
  PaddedRows rows_;
  PackedInt8Weights weights_;
  int64_t columns_;
};

}  // namespace

std::unique_ptr<Int8TileKernel> MakeRowsForm(const Int8ConvolutionSpec& spec,
                                             const Int8InstructionSet& instructions) {
  return std::make_unique<RowsForm>(spec, instructions);
}

std::unique_ptr<Int8TileKernel> MakeTilesForm(const Int8ConvolutionSpec& spec,
                                              const Int8InstructionSet& instructions) {
  if (spec.upsampling == 2) {
    return std::make_unique<TilesForm<FourEnlargedOutputs>>(spec, instructions);
  }
  return std::make_unique<TilesForm<FourOutputs>>(spec, instructions);
}

}  // namespace brushwork
