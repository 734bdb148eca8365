#include <cstring>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "slice";

template <typename T>
void SliceRow(const T* source, T* target, const Shape4& input, const Shape4& output,
              const SliceLayer& layer) {
  const size_t channels = static_cast<size_t>(output.channels);
  const size_t width = static_cast<size_t>(output.width);
  const size_t input_channels = static_cast<size_t>(input.channels);
  const size_t pixel_step = static_cast<size_t>(layer.step[2]) * input_channels;
  const size_t channel_step = static_cast<size_t>(layer.step[3]);
  source +=
      static_cast<size_t>(layer.begin[2]) * input_channels + static_cast<size_t>(layer.begin[3]);
  if (pixel_step == channels && channels == input_channels) {
    std::memcpy(target, source, width * channels * sizeof(T));
    return;
  }
  for (size_t x = 0; x < width; ++x, source += pixel_step, target += channels) {
    for (size_t c = 0; c < channels; ++c) target[c] = source[c * channel_step];
  }
}

class SliceKernel final : public Kernel {
 public:
  SliceKernel(const SliceLayer& layer, const Shape4& input, const Shape4& output)
      : layer_(layer), input_(input), output_(output) {}

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    if (input_.batch > 1) return AllRows(input_);
    if (rows.size() <= 0) return {};
    const int64_t begin = layer_.begin[1];
    const int64_t step = layer_.step[1];
    return {begin + step * rows.begin, begin + step * (rows.end - 1) + 1};
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    if (output.type == DataType::kFloat32) {
      Slice<float>(inputs[0], output, rows, context.threadpool);
    } else {
      Slice<int8_t>(inputs[0], output, rows, context.threadpool);
    }
    return OkStatus();
  }

 private:
  template <typename T>
  void Slice(const TensorView& input, const TensorView& output, RowRange rows,
             pthreadpool_t threadpool) const {
    ParallelForRows(threadpool, output_.batch, rows, [&](int64_t picture, int64_t row) {
      const int64_t source_picture = layer_.begin[0] + layer_.step[0] * picture;
      const int64_t y = layer_.begin[1] + layer_.step[1] * row;
      SliceRow(input.row<const T>(source_picture * input_.height + y),
               output.row<T>(picture * output_.height + row), input_, output_, layer_);
    });
  }

  SliceLayer layer_;
  Shape4 input_;
  Shape4 output_;
};

// True if begin + step * (count - 1) stays within [0, size).
bool Fits(int64_t begin, int64_t step, int64_t count, int64_t size) {
  if (begin < 0 || begin >= size || step < 1) return false;
  return count - 1 <= (size - 1 - begin) / step;
}

}  // namespace

KernelOr CreateSlice(const SliceLayer& layer, const TensorSpec& input, const TensorSpec& output) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, output.shape));
  BRUSHWORK_RETURN_IF_ERROR(CheckSameType(kName, input, output));
  const Shape4& from = input.shape;
  const Shape4& to = output.shape;
  if (!Fits(layer.begin[0], layer.step[0], to.batch, from.batch) ||
      !Fits(layer.begin[1], layer.step[1], to.height, from.height) ||
      !Fits(layer.begin[2], layer.step[2], to.width, from.width) ||
      !Fits(layer.begin[3], layer.step[3], to.channels, from.channels)) {
    return Internal("slice: " + to.ToString() + " reaches beyond " + from.ToString());
  }
  return KernelOr(std::make_unique<SliceKernel>(layer, from, to));
}

}  // namespace brushwork
