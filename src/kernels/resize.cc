#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/parallel.h"
#include "kernels/resize_coordinates.h"
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
    for (size_t row = 0; row < rows_.size(); ++row) {
      if (row == 0 || rows_[row] != rows_[row - 1]) runs_.push_back(row);
    }
    runs_.push_back(rows_.size());
  }

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const uint8_t* source = static_cast<const uint8_t*>(inputs[0].data);
    uint8_t* target = static_cast<uint8_t*>(output.data);
    const size_t runs = runs_.size() - 1;
    const size_t source_row_bytes = static_cast<size_t>(input_.width) * pixel_bytes_;
    const size_t row_bytes = columns_.size() * pixel_bytes_;
    ParallelFor(context.threadpool, static_cast<size_t>(input_.batch) * runs, [&](size_t task) {
      const size_t batch = task / runs;
      const size_t first = runs_[task % runs];
      const size_t last = runs_[task % runs + 1];
      const size_t source_row =
          batch * static_cast<size_t>(input_.height) + static_cast<size_t>(rows_[first]);
      uint8_t* row = target + (batch * rows_.size() + first) * row_bytes;
      CopyPixels(source + source_row * source_row_bytes, columns_, pixel_bytes_, row);
      for (size_t i = 1; i < last - first; ++i) std::memcpy(row + i * row_bytes, row, row_bytes);
    });
    return OkStatus();
  }

 private:
  Shape4 input_;
  std::vector<int64_t> rows_;     // input row of each output row
  std::vector<int64_t> columns_;  // input column of each output column
  size_t pixel_bytes_;
  std::vector<size_t> runs_;  // where runs of output rows that show the same input row begin
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
        columns_(LinearTaps(layer, layer.scale_width, input.shape.width, output.shape.width)) {}

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const size_t channels = static_cast<size_t>(input_.channels);
    const size_t source_row = static_cast<size_t>(input_.width) * channels;
    const size_t height = static_cast<size_t>(input_.height);
    const size_t count = static_cast<size_t>(input_.batch) * rows_.size();
    ParallelFor(context.threadpool, count, [&](size_t row) {
      const LinearTap& tap = rows_[row % rows_.size()];
      const float* source = inputs[0].f32() + row / rows_.size() * height * source_row;
      BlendRow(source + static_cast<size_t>(tap.first) * source_row,
               source + static_cast<size_t>(tap.second) * source_row, tap, columns_.data(),
               columns_.size(), channels, output.f32() + row * columns_.size() * channels);
    });
    return OkStatus();
  }

 private:
  Shape4 input_;
  std::vector<LinearTap> rows_;
  std::vector<LinearTap> columns_;
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
