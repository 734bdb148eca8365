#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "concat";

std::array<int64_t, 4> Dimensions(const Shape4& shape) {
  return {shape.batch, shape.height, shape.width, shape.channels};
}

// Along the width or the channels, or of a batch: everything before the axis repeats; from the axis
// on, each input is one contiguous chunk.
class ChunkConcatKernel final : public Kernel {
 public:
  ChunkConcatKernel(std::span<const TensorSpec> inputs, const Shape4& output, size_t repetitions,
                    std::vector<size_t> chunk_bytes)
      : output_(output),
        repetitions_(repetitions),
        chunk_bytes_(std::move(chunk_bytes)),
        total_bytes_(std::accumulate(chunk_bytes_.begin(), chunk_bytes_.end(), size_t{0})) {
    for (const TensorSpec& input : inputs) heights_.push_back(input.shape.height);
  }

  RowRange InputRows(size_t index, RowRange rows) const override {
    return output_.batch > 1 ? RowRange{0, heights_[index]} : rows;
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    // Of a batch, all of it; else as many repetitions as lie in the rows.
    const size_t per_row = repetitions_ / static_cast<size_t>(output_.height);
    const size_t count =
        output_.batch > 1 ? repetitions_ : per_row * static_cast<size_t>(rows.size());
    // A task for some 16 kB: a pixel's worth is too little, and a row may be the whole picture.
    const size_t tile = std::max<size_t>(1, 16384 / total_bytes_);
    ParallelForTiles(context.threadpool, count, tile, [&](size_t begin, size_t end) {
      uint8_t* target = output.row<uint8_t>(rows.begin) + begin * total_bytes_;
      for (size_t i = begin; i < end; ++i) target = CopyChunks(inputs, rows.begin, i, target);
    });
    return OkStatus();
  }

 private:
  uint8_t* CopyChunks(std::span<const TensorView> inputs, int64_t first_row, size_t index,
                      uint8_t* target) const {
    for (size_t k = 0; k < inputs.size(); ++k) {
      const uint8_t* source = inputs[k].row<const uint8_t>(first_row);
      std::memcpy(target, source + index * chunk_bytes_[k], chunk_bytes_[k]);
      target += chunk_bytes_[k];
    }
    return target;
  }

  Shape4 output_;
  size_t repetitions_;
  std::vector<size_t> chunk_bytes_;  // of each input
  size_t total_bytes_;
  std::vector<int64_t> heights_;  // of each input
};

// Along the height: each input has its own rows of the output.
class RowConcatKernel final : public Kernel {
 public:
  explicit RowConcatKernel(std::span<const TensorSpec> inputs) {
    for (const TensorSpec& input : inputs)
      ends_.push_back(Begin(ends_.size()) + input.shape.height);
  }

  RowRange InputRows(size_t index, RowRange rows) const override {
    const int64_t begin = Begin(index);
    return ClipRows(rows.begin - begin, rows.end - begin, ends_[index] - begin);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    ParallelForRows(context.threadpool, /*batch=*/1, rows, [&](int64_t, int64_t y) {
      const auto end = std::upper_bound(ends_.begin(), ends_.end(), y);
      const size_t index = static_cast<size_t>(end - ends_.begin());
      std::memcpy(output.row<uint8_t>(y), inputs[index].row<const uint8_t>(y - Begin(index)),
                  output.row_bytes());
    });
    return OkStatus();
  }

 private:
  int64_t Begin(size_t index) const { return index == 0 ? 0 : ends_[index - 1]; }

  std::vector<int64_t> ends_;  // behind the last output row of each input
};

}  // namespace

KernelOr CreateConcat(const ConcatLayer& layer, std::span<const TensorSpec> inputs,
                      const TensorSpec& output) {
  if (inputs.empty()) return Internal("concat: no inputs");
  if (layer.axis < 0 || layer.axis > 3) return Internal("concat: axis out of range");
  const size_t axis = static_cast<size_t>(layer.axis);
  const std::array<int64_t, 4> whole = Dimensions(output.shape);
  int64_t along_axis = 0;
  std::vector<size_t> chunk_bytes;
  for (const TensorSpec& input : inputs) {
    BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, output.shape));
    BRUSHWORK_RETURN_IF_ERROR(CheckSameType(kName, input, output));
    const std::array<int64_t, 4> dimensions = Dimensions(input.shape);
    size_t bytes = ByteSize(input.type);
    for (size_t i = 0; i < 4; ++i) {
      if (i != axis && dimensions[i] != whole[i]) {
        return Internal("concat: input " + input.shape.ToString() + " does not fit " +
                        output.shape.ToString());
      }
      if (i >= axis) bytes *= static_cast<size_t>(dimensions[i]);
    }
    along_axis += dimensions[axis];
    chunk_bytes.push_back(bytes);
  }
  if (along_axis != whole[axis]) return Internal("concat: inputs do not add up to the output");
  if (axis == 1 && output.shape.batch == 1) {
    return KernelOr(std::make_unique<RowConcatKernel>(inputs));
  }
  size_t repetitions = 1;
  for (size_t i = 0; i < axis; ++i) repetitions *= static_cast<size_t>(whole[i]);
  return KernelOr(std::make_unique<ChunkConcatKernel>(inputs, output.shape, repetitions,
                                                      std::move(chunk_bytes)));
}

}  // namespace brushwork
