#include "kernels/normalization.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "normalization";

// What both kinds share: folding statistics and applying them.
class NormalizationKernel : public Kernel, public NormalizationStage {
 public:
  NormalizationKernel(const NormalizationLayer& layer, const TensorSpec& input,
                      const TensorSpec& output, const OutputRange& range)
      : layer_(layer), input_(input), output_(output), range_(range) {}

  NormalizationStage* normalization() final { return this; }
  size_t channels() const final { return layer_.scale.size(); }
  const ChannelStatistics& statistics() const final { return statistics_; }
  void SetStyle(std::vector<float> scale, std::vector<float> shift) final {
    layer_.scale = std::move(scale);
    layer_.shift = std::move(shift);
    if (folded()) Fold(std::move(statistics_));
  }

 protected:
  const NormalizationLayer& layer() const { return layer_; }
  const TensorSpec& input() const { return input_; }

  void Fold(ChannelStatistics statistics) {
    statistics_ = std::move(statistics);
    map_ = FoldNormalization(layer_, statistics_, input_, output_);
  }
  bool folded() const { return !map_.multiplier.empty(); }

  void Apply(const TensorView& input, const TensorView& output, RowRange rows,
             const ExecutionContext& context) const {
    ApplyChannelMap(map_, input, output, rows, range_, context);
  }

 private:
  NormalizationLayer layer_;
  TensorSpec input_;
  TensorSpec output_;
  OutputRange range_;
  ChannelStatistics statistics_;
  ChannelMap map_;
};

// Statistics of x from those of what the layer reads, x / input_scale.
ChannelStatistics InModelUnits(ChannelStatistics statistics, const std::vector<float>& scale) {
  for (size_t c = 0; c < scale.size(); ++c) {
    statistics.mean[c] *= scale[c];
    statistics.variance[c] *= scale[c] * scale[c];
  }
  return statistics;
}

class ExactNormalizationKernel final : public NormalizationKernel {
 public:
  using NormalizationKernel::NormalizationKernel;

  bool measures() const override { return true; }
  Status SetStatistics(const ChannelStatistics& /*statistics*/) override {
    return Internal("normalization: measures its statistics itself");
  }

  size_t workspace_bytes(size_t /*threads*/) const override {
    return StatisticsWorkspaceBytes(input());
  }
  RowRange InputRows(size_t /*index*/, RowRange /*rows*/) const override {
    return AllRows(input().shape);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    Fold(InModelUnits(ComputeStatistics(inputs[0], layer().groups, context), layer().input_scale));
    Apply(inputs[0], output, rows, context);
    return OkStatus();
  }
};

class GivenNormalizationKernel final : public NormalizationKernel {
 public:
  using NormalizationKernel::NormalizationKernel;

  bool measures() const override { return false; }
  Status SetStatistics(const ChannelStatistics& statistics) override {
    if (statistics.mean.size() != channels() || statistics.variance.size() != channels()) {
      return InvalidArgument("statistics of " + std::to_string(statistics.mean.size()) +
                             " channels for a normalization of " + std::to_string(channels()));
    }
    Fold(statistics);
    return OkStatus();
  }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override { return rows; }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    if (!folded()) return Internal("normalization: no statistics");
    Apply(inputs[0], output, rows, context);
    return OkStatus();
  }
};

bool ValidInputScale(const NormalizationLayer& layer, int64_t channels) {
  if (layer.input_scale.empty()) return true;
  return layer.groups == channels && layer.input_scale.size() == static_cast<size_t>(channels) &&
         std::all_of(layer.input_scale.begin(), layer.input_scale.end(),
                     [](float scale) { return std::isnormal(scale) && scale > 0.0F; });
}

Status Check(const NormalizationLayer& layer, const TensorSpec& input, const TensorSpec& output) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, input.shape));
  const size_t channels = static_cast<size_t>(input.shape.channels);
  if (input.shape.batch != 1) return UnsupportedModel("normalization: needs a batch of 1");
  if (layer.groups < 1 || input.shape.channels % layer.groups != 0) {
    return Internal("normalization: groups do not divide the channels");
  }
  if (layer.scale.size() != channels || layer.shift.size() != channels) {
    return Internal("normalization: scale and shift need one value per channel");
  }
  if (!ValidInputScale(layer, input.shape.channels)) {
    return Internal("normalization: needs a positive input scale for each channel, each a group");
  }
  if (input.type == DataType::kFloat32 && output.type == DataType::kInt8) {
    return UnsupportedTypes(kName, input, output);
  }
  return OkStatus();
}

}  // namespace

KernelOr CreateNormalization(const NormalizationLayer& layer, const TensorSpec& input,
                             const TensorSpec& output, const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(Check(layer, input, output));
  return KernelOr(std::make_unique<ExactNormalizationKernel>(layer, input, output, range));
}

KernelOr CreateGivenNormalization(const NormalizationLayer& layer, const TensorSpec& input,
                                  const TensorSpec& output, const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(Check(layer, input, output));
  return KernelOr(std::make_unique<GivenNormalizationKernel>(layer, input, output, range));
}

}  // namespace brushwork
