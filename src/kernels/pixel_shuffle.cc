// DepthToSpace and SpaceToDepth. In NHWC both map a run of channels to a run of pixels: the
// channels of one deep pixel that belong to one row of its block are, up to their order, the
// block's pixels of that row.

#include <cstring>
#include <string>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

// Deep [N, H, W, block * block * channels] and shallow [N, H * block, W * block, channels].
struct Geometry {
  int64_t batch;   // N
  int64_t height;  // H
  size_t width;    // W
  size_t block;
  size_t channels;
  ShuffleOrder order;

  size_t run() const { return block * channels; }
  size_t deep_channels() const { return block * run(); }
};

// For each element of one block row of pixels, [block, channels], its channel in the deep pixel.
std::vector<uint32_t> DeepChannels(const Geometry& geometry, size_t block_row) {
  std::vector<uint32_t> deep;
  for (size_t column = 0; column < geometry.block; ++column) {
    for (size_t c = 0; c < geometry.channels; ++c) {
      const size_t position = block_row * geometry.block + column;
      const size_t channel = geometry.order == ShuffleOrder::kDcr
                                 ? position * geometry.channels + c
                                 : c * geometry.block * geometry.block + position;
      deep.push_back(static_cast<uint32_t>(channel));
    }
  }
  return deep;
}

template <typename T, bool kToSpace>
void ShuffleRow(const T* source, T* target, const Geometry& geometry,
                const std::vector<uint32_t>& deep_channels) {
  const size_t run = geometry.run();
  const uint32_t* channel = deep_channels.data();
  const size_t source_step = kToSpace ? geometry.deep_channels() : run;
  const size_t target_step = kToSpace ? run : geometry.deep_channels();
  for (size_t x = 0; x < geometry.width; ++x, source += source_step, target += target_step) {
    for (size_t i = 0; i < run; ++i) {
      if constexpr (kToSpace) {
        target[i] = source[channel[i]];
      } else {
        target[channel[i]] = source[i];
      }
    }
  }
}

// The order of kDcr keeps each run together.
template <typename T, bool kToSpace>
void CopyRow(const T* source, T* target, const Geometry& geometry, size_t first_channel) {
  const size_t run = geometry.run();
  const size_t deep = geometry.deep_channels();
  for (size_t x = 0; x < geometry.width; ++x) {
    if constexpr (kToSpace) {
      std::memcpy(target + x * run, source + x * deep + first_channel, run * sizeof(T));
    } else {
      std::memcpy(target + x * deep + first_channel, source + x * run, run * sizeof(T));
    }
  }
}

template <bool kToSpace>
class ShuffleKernel final : public Kernel {
 public:
  ShuffleKernel(const Geometry& geometry, DataType type) : geometry_(geometry), type_(type) {
    for (size_t row = 0; row < geometry.block; ++row) {
      deep_channels_.push_back(DeepChannels(geometry, row));
    }
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    const int64_t block = static_cast<int64_t>(geometry_.block);
    if (geometry_.batch > 1) return {0, kToSpace ? geometry_.height : geometry_.height * block};
    if (!kToSpace) return {rows.begin * block, rows.end * block};
    return {rows.begin / block, (rows.end + block - 1) / block};
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    if (type_ == DataType::kFloat32) {
      Shuffle<float>(inputs[0], output, rows, context.threadpool);
    } else {
      Shuffle<int8_t>(inputs[0], output, rows, context.threadpool);
    }
    return OkStatus();
  }

 private:
  // One task for each row of the shallow picture.
  template <typename T>
  void Shuffle(const TensorView& input, const TensorView& output, RowRange rows,
               pthreadpool_t threadpool) const {
    const int64_t block = static_cast<int64_t>(geometry_.block);
    const RowRange shallow =
        kToSpace ? rows : RowRange{rows.begin * block, rows.begin * block + rows.size() * block};
    ParallelForRows(threadpool, geometry_.batch, shallow, [&](int64_t picture, int64_t y) {
      const int64_t row = picture * geometry_.height * block + y;
      const size_t block_row = static_cast<size_t>(y % block);
      const T* source = input.row<const T>(kToSpace ? row / block : row);
      T* target = output.row<T>(kToSpace ? row : row / block);
      if (geometry_.order == ShuffleOrder::kDcr) {
        CopyRow<T, kToSpace>(source, target, geometry_, block_row * geometry_.run());
      } else {
        ShuffleRow<T, kToSpace>(source, target, geometry_, deep_channels_[block_row]);
      }
    });
  }

  Geometry geometry_;
  DataType type_;
  std::vector<std::vector<uint32_t>> deep_channels_;  // of each row of a block
};

template <bool kToSpace>
KernelOr CreateShuffle(const char* name, int64_t block, ShuffleOrder order, const TensorSpec& input,
                       const TensorSpec& output) {
  const Shape4& deep = kToSpace ? input.shape : output.shape;
  const Shape4& shallow = kToSpace ? output.shape : input.shape;
  if (block < 1 || block > 1024 || shallow.channels < 1) {
    return Internal(std::string(name) + ": block or channels out of range");
  }
  const Shape4 required = kToSpace
                              ? Shape4{deep.batch, deep.height * block, deep.width * block,
                                       deep.channels / (block * block)}
                              : Shape4{shallow.batch, shallow.height / block, shallow.width / block,
                                       shallow.channels * block * block};
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(name, input, output, required));
  BRUSHWORK_RETURN_IF_ERROR(CheckSameType(name, input, output));
  if (deep.channels != shallow.channels * block * block || shallow.height != deep.height * block ||
      shallow.width != deep.width * block) {
    return Internal(std::string(name) + ": the block does not divide " + input.shape.ToString());
  }
  const Geometry geometry{deep.batch,
                          deep.height,
                          static_cast<size_t>(deep.width),
                          static_cast<size_t>(block),
                          static_cast<size_t>(shallow.channels),
                          order};
  return KernelOr(std::make_unique<ShuffleKernel<kToSpace>>(geometry, input.type));
}

}  // namespace

KernelOr CreateDepthToSpace(const DepthToSpaceLayer& layer, const TensorSpec& input,
                            const TensorSpec& output) {
  return CreateShuffle<true>("depth to space", layer.block, layer.order, input, output);
}

KernelOr CreateSpaceToDepth(const SpaceToDepthLayer& layer, const TensorSpec& input,
                            const TensorSpec& output) {
  return CreateShuffle<false>("space to depth", layer.block, layer.order, input, output);
}

}  // namespace brushwork
