#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/parallel.h"

namespace brushwork {
namespace {

constexpr const char* kName = "concat";

std::array<int64_t, 4> Dimensions(const Shape4& shape) {
  return {shape.batch, shape.height, shape.width, shape.channels};
}

// Everything before the axis repeats; from the axis on, each input is one contiguous chunk.
class ConcatKernel final : public Kernel {
 public:
  ConcatKernel(size_t repetitions, std::vector<size_t> chunk_bytes)
      : repetitions_(repetitions),
        chunk_bytes_(std::move(chunk_bytes)),
        total_bytes_(std::accumulate(chunk_bytes_.begin(), chunk_bytes_.end(), size_t{0})) {}

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    // A task for some 16 kB: a pixel's worth is too little, and a row may be the whole picture.
    const size_t tile = std::max<size_t>(1, 16384 / total_bytes_);
    ParallelForTiles(context.threadpool, repetitions_, tile, [&](size_t begin, size_t end) {
      uint8_t* target = static_cast<uint8_t*>(output.data) + begin * total_bytes_;
      for (size_t i = begin; i < end; ++i) target = CopyChunks(inputs, i, target);
    });
    return OkStatus();
  }

 private:
  uint8_t* CopyChunks(std::span<const TensorView> inputs, size_t index, uint8_t* target) const {
    for (size_t k = 0; k < inputs.size(); ++k) {
      const uint8_t* source = static_cast<const uint8_t*>(inputs[k].data);
      std::memcpy(target, source + index * chunk_bytes_[k], chunk_bytes_[k]);
      target += chunk_bytes_[k];
    }
    return target;
  }

  size_t repetitions_;
  std::vector<size_t> chunk_bytes_;  // of each input
  size_t total_bytes_;
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
  size_t repetitions = 1;
  for (size_t i = 0; i < axis; ++i) repetitions *= static_cast<size_t>(whole[i]);
  return KernelOr(std::make_unique<ConcatKernel>(repetitions, std::move(chunk_bytes)));
}

}  // namespace brushwork
