#include "kernels/normalization.h"

#include "kernels/check.h"
#include "kernels/kernels.h"

namespace brushwork {
namespace {

constexpr const char* kName = "normalization";

class NormalizationKernel final : public Kernel {
 public:
  NormalizationKernel(const NormalizationLayer& layer, const TensorSpec& input,
                      const TensorSpec& output, const OutputRange& range)
      : layer_(layer), input_(input), output_(output), range_(range) {}

  size_t workspace_bytes() const override { return StatisticsWorkspaceBytes(input_); }

  Status Run(std::span<const TensorView> inputs, TensorView output,
             const ExecutionContext& context) override {
    const ChannelStatistics statistics = ComputeStatistics(inputs[0], layer_.groups, context);
    const ChannelMap map = FoldNormalization(layer_, statistics, input_, output_);
    ApplyChannelMap(map, inputs[0], output, range_, context);
    return OkStatus();
  }

 private:
  NormalizationLayer layer_;
  TensorSpec input_;
  TensorSpec output_;
  OutputRange range_;
};

}  // namespace

KernelOr CreateNormalization(const NormalizationLayer& layer, const TensorSpec& input,
                             const TensorSpec& output, const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, input.shape));
  const size_t channels = static_cast<size_t>(input.shape.channels);
  if (input.shape.batch != 1) return Internal("normalization: needs a batch of 1");
  if (layer.groups < 1 || input.shape.channels % layer.groups != 0) {
    return Internal("normalization: groups do not divide the channels");
  }
  if (layer.scale.size() != channels || layer.shift.size() != channels) {
    return Internal("normalization: scale and shift need one value per channel");
  }
  if (input.type == DataType::kFloat32 && output.type == DataType::kInt8) {
    return UnsupportedTypes(kName, input, output);
  }
  return KernelOr(std::make_unique<NormalizationKernel>(layer, input, output, range));
}

}  // namespace brushwork
