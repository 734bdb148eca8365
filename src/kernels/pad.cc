#include <algorithm>
#include <cstring>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rounding.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "pad";
constexpr int64_t kOutside = -1;  // of a constant border

// The input index that output index `i` shows, given `before` elements of border and `size` of
// input.
int64_t SourceIndex(PadMode mode, int64_t i, int64_t before, int64_t size) {
  const int64_t position = i - before;
  if (position >= 0 && position < size) return position;
  switch (mode) {
    case PadMode::kConstant:
      return kOutside;
    case PadMode::kEdge:
      return std::clamp<int64_t>(position, 0, size - 1);
    case PadMode::kReflect:
      return position < 0 ? -position : 2 * (size - 1) - position;
  }
  return kOutside;
}

std::vector<int64_t> SourceIndices(PadMode mode, int64_t before, int64_t size, int64_t after) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < before + size + after; ++i) {
    indices.push_back(SourceIndex(mode, i, before, size));
  }
  return indices;
}

// Works on bytes: a pixel is channels * element size of them.
class PadKernel final : public Kernel {
 public:
  PadKernel(const PadLayer& layer, const TensorSpec& input)
      : input_(input.shape),
        left_(static_cast<size_t>(layer.padding.left)),
        rows_(
            SourceIndices(layer.mode, layer.padding.top, input.shape.height, layer.padding.bottom)),
        columns_(
            SourceIndices(layer.mode, layer.padding.left, input.shape.width, layer.padding.right)),
        pixel_bytes_(static_cast<size_t>(input.shape.channels) * ByteSize(input.type)) {
    FillConstantRow(layer, input);
    std::vector<RowRange> needed;
    for (const int64_t row : rows_) {
      needed.push_back(row == kOutside ? RowRange{} : RowRange{row, row + 1});
    }
    covering_ = CoveringRows(needed, input.shape.height);
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    return input_.batch > 1 ? AllRows(input_) : covering_.Of(rows);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    ParallelForRows(context.threadpool, input_.batch, rows, [&](int64_t picture, int64_t y) {
      const int64_t source_row = rows_[static_cast<size_t>(y)];
      uint8_t* target = output.row<uint8_t>(picture * output.shape.height + y);
      if (source_row == kOutside) {
        std::memcpy(target, constant_row_.data(), constant_row_.size());
        return;
      }
      PadRow(inputs[0].row<const uint8_t>(picture * input_.height + source_row), target);
    });
    return OkStatus();
  }

 private:
  // A whole row of the constant value; its size is that of an output row in every mode.
  void FillConstantRow(const PadLayer& layer, const TensorSpec& input) {
    constant_row_.resize(columns_.size() * pixel_bytes_);
    if (input.type == DataType::kInt8) {
      const int8_t value = QuantizeValue(layer.value, input.quantization);
      std::memset(constant_row_.data(), value, constant_row_.size());
      return;
    }
    for (size_t i = 0; i < constant_row_.size(); i += sizeof(float)) {
      std::memcpy(constant_row_.data() + i, &layer.value, sizeof(float));
    }
  }

  void PadRow(const uint8_t* source, uint8_t* target) const {
    const size_t width = static_cast<size_t>(input_.width);
    for (size_t x = 0; x < left_; ++x) PadPixel(source, target, x);
    std::memcpy(target + left_ * pixel_bytes_, source, width * pixel_bytes_);
    for (size_t x = left_ + width; x < columns_.size(); ++x) PadPixel(source, target, x);
  }

  void PadPixel(const uint8_t* source, uint8_t* target, size_t x) const {
    const uint8_t* pixel = columns_[x] == kOutside
                               ? constant_row_.data()
                               : source + static_cast<size_t>(columns_[x]) * pixel_bytes_;
    std::memcpy(target + x * pixel_bytes_, pixel, pixel_bytes_);
  }

  Shape4 input_;
  size_t left_;
  std::vector<int64_t> rows_;     // input row of each output row, or kOutside
  std::vector<int64_t> columns_;  // input column of each output column, or kOutside
  CoveringRows covering_;
  size_t pixel_bytes_;
  std::vector<uint8_t> constant_row_;
};

}  // namespace

KernelOr CreatePad(const PadLayer& layer, const TensorSpec& input, const TensorSpec& output) {
  const Padding2d& padding = layer.padding;
  if (std::min({padding.top, padding.left, padding.bottom, padding.right}) < 0) {
    return Internal("pad: negative padding");
  }
  const Shape4& shape = input.shape;
  const Shape4 required{shape.batch, shape.height + padding.top + padding.bottom,
                        shape.width + padding.left + padding.right, shape.channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, required));
  BRUSHWORK_RETURN_IF_ERROR(CheckSameType(kName, input, output));
  if (layer.mode == PadMode::kReflect && (std::max(padding.top, padding.bottom) >= shape.height ||
                                          std::max(padding.left, padding.right) >= shape.width)) {
    return Internal("pad: reflection of more than the input " + shape.ToString() + " has");
  }
  return KernelOr(std::make_unique<PadKernel>(layer, input));
}

}  // namespace brushwork
