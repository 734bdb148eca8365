#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/resize_coordinates.h"
#include "kernels/rows.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

constexpr const char* kName = "resize";

// Copies `bytes` bytes to each of `count` targets in a row. A copy of fixed size is one instruction
// or a few, where a call of memcpy for each short pixel would take most of the time.
template <size_t kBytes>
void CopyPixels(const uint8_t* source, const std::vector<int64_t>& columns, uint8_t* target) {
  for (const int64_t column : columns) {
    std::memcpy(target, source + static_cast<size_t>(column) * kBytes, kBytes);
    target += kBytes;
  }
}

void CopyPixels(const uint8_t* source, const std::vector<int64_t>& columns, size_t pixel_bytes,
                uint8_t* target) {
  switch (pixel_bytes) {
    case 3:
      return CopyPixels<3>(source, columns, target);
    case 12:
      return CopyPixels<12>(source, columns, target);
    case 16:
      return CopyPixels<16>(source, columns, target);
    case 24:
      return CopyPixels<24>(source, columns, target);
    case 32:
      return CopyPixels<32>(source, columns, target);
    case 48:
      return CopyPixels<48>(source, columns, target);
    case 64:
      return CopyPixels<64>(source, columns, target);
    default:
      for (const int64_t column : columns) {
        std::memcpy(target, source + static_cast<size_t>(column) * pixel_bytes, pixel_bytes);
        target += pixel_bytes;
      }
  }
}

// Works on bytes: a pixel is channels * element size of them.
class NearestKernel final : public Kernel {
 public:
  NearestKernel(const ResizeLayer& layer, const TensorSpec& input, const TensorSpec& output)
      : input_(input.shape),
        rows_(NearestIndices(layer, layer.scale_height, input.shape.height, output.shape.height)),
        columns_(NearestIndices(layer, layer.scale_width, input.shape.width, output.shape.width)),
        pixel_bytes_(static_cast<size_t>(input.shape.channels) * ByteSize(input.type)) {
    std::vector<RowRange> needed;
    for (int64_t row = 0; row < output.shape.height; ++row) {
      const int64_t source = SourceRow(row);
      if (row == 0 || source != SourceRow(row - 1)) runs_.push_back(row);
      needed.push_back({source, source + 1});
    }
    runs_.push_back(output.shape.height);
    covering_ = CoveringRows(needed, input.shape.height);
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    return input_.batch > 1 ? AllRows(input_) : covering_.Of(rows);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const size_t row_bytes = output.row_bytes();
    const RowRange runs = RunsOf(rows);
    ParallelForRows(context.threadpool, input_.batch, runs, [&](int64_t picture, int64_t run) {
      const size_t index = static_cast<size_t>(run);
      const int64_t first = std::max(rows.begin, runs_[index]);
      const int64_t last = std::min(rows.end, runs_[index + 1]);
      uint8_t* target = output.row<uint8_t>(picture * output.shape.height + first);
      CopyPixels(inputs[0].row<const uint8_t>(picture * input_.height + SourceRow(first)), columns_,
                 pixel_bytes_, target);
      for (int64_t y = first + 1; y < last; ++y) {
        std::memcpy(target + static_cast<size_t>(y - first) * row_bytes, target, row_bytes);
      }
    });
    return OkStatus();
  }

 private:
  int64_t SourceRow(int64_t row) const { return rows_[static_cast<size_t>(row)]; }

  // The runs that `rows` have a part in.
  RowRange RunsOf(RowRange rows) const {
    const auto after = std::upper_bound(runs_.begin(), runs_.end(), rows.begin);
    const auto end = std::lower_bound(runs_.begin(), runs_.end(), rows.end);
    return {after - runs_.begin() - 1, end - runs_.begin()};
  }

  Shape4 input_;
  std::vector<int64_t> rows_;     // input row of each output row
  std::vector<int64_t> columns_;  // input column of each output column
  size_t pixel_bytes_;
  std::vector<int64_t> runs_;  // where runs of output rows that show the same input row begin
  CoveringRows covering_;
};

// One output pixel between four input pixels.
BRUSHWORK_INLINE void BlendPixel(const float* __restrict top_left,
                                 const float* __restrict top_right,
                                 const float* __restrict bottom_left,
                                 const float* __restrict bottom_right, const LinearTap& row,
                                 const LinearTap& column, size_t channels,
                                 float* __restrict output) {
  const float weight_top_left = row.first_weight * column.first_weight;
  const float weight_top_right = row.first_weight * column.second_weight;
  const float weight_bottom_left = row.second_weight * column.first_weight;
  const float weight_bottom_right = row.second_weight * column.second_weight;
  for (size_t c = 0; c < channels; ++c) {
    output[c] = weight_top_left * top_left[c] + weight_top_right * top_right[c] +
                weight_bottom_left * bottom_left[c] + weight_bottom_right * bottom_right[c];
  }
}

BRUSHWORK_VECTORIZED void BlendRow(const float* top, const float* bottom, const LinearTap& row,
                                   const LinearTap* columns, size_t width, size_t channels,
                                   float* output) {
  for (size_t x = 0; x < width; ++x) {
    const size_t left = static_cast<size_t>(columns[x].first) * channels;
    const size_t right = static_cast<size_t>(columns[x].second) * channels;
    BlendPixel(top + left, top + right, bottom + left, bottom + right, row, columns[x], channels,
               output + x * channels);
  }
}

class LinearKernel final : public Kernel {
 public:
  LinearKernel(const ResizeLayer& layer, const TensorSpec& input, const TensorSpec& output)
      : input_(input.shape),
        rows_(LinearTaps(layer, layer.scale_height, input.shape.height, output.shape.height)),
        columns_(LinearTaps(layer, layer.scale_width, input.shape.width, output.shape.width)) {
    std::vector<RowRange> needed;
    for (const LinearTap& tap : rows_) needed.push_back({tap.first, tap.second + 1});
    covering_ = CoveringRows(needed, input.shape.height);
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    return input_.batch > 1 ? AllRows(input_) : covering_.Of(rows);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const TensorView& input = inputs[0];
    ParallelForRows(context.threadpool, input_.batch, rows, [&](int64_t picture, int64_t y) {
      const LinearTap& tap = rows_[static_cast<size_t>(y)];
      const int64_t first = picture * input_.height;
      BlendRow(input.row<const float>(first + tap.first),
               input.row<const float>(first + tap.second), tap, columns_.data(), columns_.size(),
               static_cast<size_t>(input_.channels),
               output.row<float>(picture * output.shape.height + y));
    });
    return OkStatus();
  }

 private:
  Shape4 input_;
  std::vector<LinearTap> rows_;
  std::vector<LinearTap> columns_;
  CoveringRows covering_;
};

bool ValidScale(float scale) { return std::isfinite(scale) && scale > 0.0F; }

}  // namespace

KernelOr CreateResize(const ResizeLayer& layer, const TensorSpec& input, const TensorSpec& output) {
  const Shape4 required{input.shape.batch, output.shape.height, output.shape.width,
                        input.shape.channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, required));
  if (!ValidScale(layer.scale_height) || !ValidScale(layer.scale_width)) {
    return Internal("resize: scales must be positive and finite");
  }
  if (layer.mode == ResizeMode::kNearest) {
    BRUSHWORK_RETURN_IF_ERROR(CheckSameType(kName, input, output));
    return KernelOr(std::make_unique<NearestKernel>(layer, input, output));
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckType(kName, DataType::kFloat32, input, output));
  return KernelOr(std::make_unique<LinearKernel>(layer, input, output));
}

}  // namespace brushwork
