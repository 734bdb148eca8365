#include <algorithm>
#include <limits>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/normalization.h"
#include "kernels/rows.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

constexpr const char* kName = "pool";

// One axis of a window: taps begin + i * dilation for i in [first, last), all inside of the input.
struct WindowAxis {
  int64_t begin = 0;
  int64_t first = 0;
  int64_t last = 0;
  int64_t counted = 0;  // taps inside of the input and its stated padding
};

WindowAxis MakeWindow(int64_t index, int64_t stride, int64_t kernel, int64_t dilation,
                      int64_t padding_before, int64_t padding_after, int64_t size) {
  WindowAxis window;
  window.begin = index * stride - padding_before;
  window.first = window.begin < 0 ? (-window.begin + dilation - 1) / dilation : 0;
  const int64_t room = size - 1 - window.begin;
  window.last = room < 0 ? 0 : std::min(kernel, room / dilation + 1);
  window.last = std::max(window.last, window.first);
  // ceil_mode can let a window reach beyond the padding; that part never counts.
  window.counted = std::min(kernel, (room + padding_after) / dilation + 1);
  return window;
}

template <typename T>
BRUSHWORK_INLINE void MaximumLoop(const T* __restrict input, T* __restrict output,
                                  size_t channels) {
  for (size_t c = 0; c < channels; ++c) output[c] = input[c] > output[c] ? input[c] : output[c];
}
BRUSHWORK_VECTORIZED void Maximum(const float* input, float* output, size_t channels) {
  MaximumLoop(input, output, channels);
}
BRUSHWORK_VECTORIZED void Maximum(const int8_t* input, int8_t* output, size_t channels) {
  MaximumLoop(input, output, channels);
}
BRUSHWORK_VECTORIZED void Add(const float* __restrict input, float* __restrict output,
                              size_t channels) {
  for (size_t c = 0; c < channels; ++c) output[c] += input[c];
}

class PoolKernel final : public Kernel {
 public:
  PoolKernel(const PoolLayer& layer, const Shape4& input, const Shape4& output)
      : layer_(layer), input_(input), output_(output) {
    std::vector<RowRange> needed;
    for (int64_t y = 0; y < output.height; ++y) {
      const WindowAxis window = RowWindow(y);
      const int64_t first = window.begin + window.first * layer.dilation_height;
      const int64_t taps = window.last - window.first;
      needed.push_back({first, taps > 0 ? first + (taps - 1) * layer.dilation_height + 1 : first});
    }
    covering_ = CoveringRows(needed, input.height);
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    return input_.batch > 1 ? AllRows(input_) : covering_.Of(rows);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    if (output.type == DataType::kFloat32) {
      Pool<float>(inputs[0], output, rows, context.threadpool);
    } else {
      Pool<int8_t>(inputs[0], output, rows, context.threadpool);
    }
    return OkStatus();
  }

 private:
  WindowAxis RowWindow(int64_t y) const {
    return MakeWindow(y, layer_.stride_height, layer_.kernel_height, layer_.dilation_height,
                      layer_.padding.top, layer_.padding.bottom, input_.height);
  }

  template <typename T>
  void Pool(const TensorView& input, const TensorView& output, RowRange rows,
            pthreadpool_t threadpool) const {
    ParallelForRows(threadpool, output_.batch, rows, [&](int64_t picture, int64_t row) {
      PoolRow(input, picture * input_.height, RowWindow(row),
              output.row<T>(picture * output_.height + row));
    });
  }

  // `first_row` is that of the picture in its batch.
  template <typename T>
  void PoolRow(const TensorView& input, int64_t first_row, const WindowAxis& y, T* output) const {
    for (int64_t column = 0; column < output_.width; ++column, output += output_.channels) {
      const WindowAxis x =
          MakeWindow(column, layer_.stride_width, layer_.kernel_width, layer_.dilation_width,
                     layer_.padding.left, layer_.padding.right, input_.width);
      PoolPixel(input, first_row, y, x, output);
    }
  }

  template <typename T>
  void PoolPixel(const TensorView& input, int64_t first_row, const WindowAxis& y,
                 const WindowAxis& x, T* output) const {
    const size_t channels = static_cast<size_t>(input_.channels);
    const bool average = layer_.mode == PoolMode::kAverage;
    const T lowest = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                          : std::numeric_limits<T>::lowest();
    std::fill_n(output, channels, average ? T{0} : lowest);
    for (int64_t i = y.first; i < y.last; ++i) {
      const T* row = input.row<const T>(first_row + y.begin + i * layer_.dilation_height);
      for (int64_t j = x.first; j < x.last; ++j) {
        const T* pixel = row + (x.begin + j * layer_.dilation_width) * input_.channels;
        if constexpr (std::is_same_v<T, float>) {
          average ? Add(pixel, output, channels) : Maximum(pixel, output, channels);
        } else {
          Maximum(pixel, output, channels);
        }
      }
    }
    if constexpr (std::is_same_v<T, float>) {
      if (average) Divide(y, x, output);
    }
  }

  void Divide(const WindowAxis& y, const WindowAxis& x, float* output) const {
    const int64_t taps =
        layer_.count_include_pad ? y.counted * x.counted : (y.last - y.first) * (x.last - x.first);
    // A window that lies in the padding altogether has nothing to average.
    const float divisor = static_cast<float>(std::max<int64_t>(taps, 1));
    for (int64_t c = 0; c < output_.channels; ++c) output[c] /= divisor;
  }

  PoolLayer layer_;
  Shape4 input_;
  Shape4 output_;
  CoveringRows covering_;
};

class GlobalAveragePoolKernel final : public Kernel {
 public:
  explicit GlobalAveragePoolKernel(const TensorSpec& input) : input_(input) {}

  size_t workspace_bytes(size_t /*threads*/) const override {
    return StatisticsWorkspaceBytes(input_);
  }

  RowRange InputRows(size_t /*index*/, RowRange /*rows*/) const override {
    return AllRows(input_.shape);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange /*rows*/,
                 const ExecutionContext& context) override {
    const ChannelStatistics statistics =
        ComputeStatistics(inputs[0], /*groups=*/input_.shape.channels, context);
    std::copy(statistics.mean.begin(), statistics.mean.end(), output.f32());
    return OkStatus();
  }

 private:
  TensorSpec input_;
};

bool Positive(const PoolLayer& layer) {
  const Padding2d& padding = layer.padding;
  return std::min({layer.kernel_height, layer.kernel_width, layer.stride_height, layer.stride_width,
                   layer.dilation_height, layer.dilation_width}) > 0 &&
         std::min({padding.top, padding.left, padding.bottom, padding.right}) >= 0;
}

}  // namespace

KernelOr CreatePool(const PoolLayer& layer, const TensorSpec& input, const TensorSpec& output) {
  const Shape4 required{input.shape.batch, output.shape.height, output.shape.width,
                        input.shape.channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, required));
  BRUSHWORK_RETURN_IF_ERROR(CheckSameType(kName, input, output));
  if (!Positive(layer)) return Internal("pool: geometry out of range");
  if (layer.mode == PoolMode::kAverage && input.type != DataType::kFloat32) {
    return UnsupportedTypes(kName, input, output);
  }
  return KernelOr(std::make_unique<PoolKernel>(layer, input.shape, output.shape));
}

KernelOr CreateGlobalAveragePool(const TensorSpec& input, const TensorSpec& output) {
  const Shape4 required{input.shape.batch, 1, 1, input.shape.channels};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes("global average pool", input, output, required));
  BRUSHWORK_RETURN_IF_ERROR(CheckType("global average pool", DataType::kFloat32, input, output));
  if (input.shape.batch != 1) return UnsupportedModel("global average pool: needs a batch of 1");
  return KernelOr(std::make_unique<GlobalAveragePoolKernel>(input));
}

}  // namespace brushwork
