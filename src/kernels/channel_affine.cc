#include "kernels/check.h"
#include "kernels/kernels.h"
#include "kernels/normalization.h"
#include "kernels/rows.h"

namespace brushwork {
namespace {

constexpr const char* kName = "channel affine";

class ChannelAffineKernel final : public ElementwiseKernel {
 public:
  ChannelAffineKernel(const ChannelAffineLayer& layer, const Shape4& shape,
                      const OutputRange& range)
      : ElementwiseKernel(shape),
        map_{std::vector<float>(layer.scale.size(), 0.0F), layer.scale, layer.shift},
        range_(range) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    ApplyChannelMap(map_, inputs[0], output, rows, range_, context);
    return OkStatus();
  }

 private:
  ChannelMap map_;
  OutputRange range_;
};

}  // namespace

KernelOr CreateChannelAffine(const ChannelAffineLayer& layer, const TensorSpec& input,
                             const TensorSpec& output, const OutputRange& range) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, input.shape));
  BRUSHWORK_RETURN_IF_ERROR(CheckType(kName, DataType::kFloat32, input, output));
  const size_t channels = static_cast<size_t>(input.shape.channels);
  if (layer.scale.size() != channels || layer.shift.size() != channels) {
    return Internal("channel affine: scale and shift need one value per channel");
  }
  return KernelOr(std::make_unique<ChannelAffineKernel>(layer, input.shape, range));
}

}  // namespace brushwork
