#include <cmath>

#include "kernels/check.h"
#include "kernels/exponential.h"
#include "kernels/kernels.h"
#include "kernels/lookup_table.h"
#include "kernels/reference.h"
#include "kernels/rounding.h"
#include "kernels/rows.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

constexpr const char* kName = "activation";
constexpr size_t kTile = 8192;  // elements

template <typename Function>
BRUSHWORK_INLINE void MapLoop(const float* __restrict input, float* __restrict output, size_t count,
                              const Function& function) {
  for (size_t i = 0; i < count; ++i) output[i] = function(input[i]);
}

using TileFunction = void (*)(const float* input, float* output, size_t count,
                              const ActivationLayer& layer);

BRUSHWORK_VECTORIZED void ReluTile(const float* input, float* output, size_t count,
                                   const ActivationLayer&) {
  MapLoop(input, output, count,
          [](float x) BRUSHWORK_INLINE_LAMBDA { return x > 0.0F ? x : 0.0F; });
}
BRUSHWORK_VECTORIZED void LeakyReluTile(const float* input, float* output, size_t count,
                                        const ActivationLayer& layer) {
  const float alpha = layer.alpha;
  MapLoop(input, output, count,
          [=](float x) BRUSHWORK_INLINE_LAMBDA { return x < 0.0F ? alpha * x : x; });
}
BRUSHWORK_VECTORIZED void ClipTile(const float* input, float* output, size_t count,
                                   const ActivationLayer& layer) {
  const float minimum = layer.minimum;
  const float maximum = layer.maximum;
  MapLoop(input, output, count,
          [=](float x) BRUSHWORK_INLINE_LAMBDA { return Clamp(x, minimum, maximum); });
}
BRUSHWORK_VECTORIZED void TanhTile(const float* input, float* output, size_t count,
                                   const ActivationLayer&) {
  MapLoop(input, output, count, [](float x) BRUSHWORK_INLINE_LAMBDA { return Tanh(x); });
}
BRUSHWORK_VECTORIZED void SigmoidTile(const float* input, float* output, size_t count,
                                      const ActivationLayer&) {
  MapLoop(input, output, count, [](float x) BRUSHWORK_INLINE_LAMBDA { return Sigmoid(x); });
}
BRUSHWORK_VECTORIZED void HardSwishTile(const float* input, float* output, size_t count,
                                        const ActivationLayer&) {
  MapLoop(input, output, count,
          [](float x) BRUSHWORK_INLINE_LAMBDA { return x * Clamp(x / 6.0F + 0.5F, 0.0F, 1.0F); });
}
BRUSHWORK_VECTORIZED void HardSigmoidTile(const float* input, float* output, size_t count,
                                          const ActivationLayer& layer) {
  const float alpha = layer.alpha;
  const float beta = layer.beta;
  MapLoop(input, output, count,
          [=](float x) BRUSHWORK_INLINE_LAMBDA { return Clamp(alpha * x + beta, 0.0F, 1.0F); });
}
// The rest is rare.
void OtherTile(const float* input, float* output, size_t count, const ActivationLayer& layer) {
  for (size_t i = 0; i < count; ++i) output[i] = ActivationReference(layer, input[i], 0);
}

TileFunction TileFor(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return ReluTile;
    case Activation::kLeakyRelu:
      return LeakyReluTile;
    case Activation::kClip:
      return ClipTile;
    case Activation::kTanh:
      return TanhTile;
    case Activation::kSigmoid:
      return SigmoidTile;
    case Activation::kHardSwish:
      return HardSwishTile;
    case Activation::kHardSigmoid:
      return HardSigmoidTile;
    default:
      return OtherTile;
  }
}

class FloatActivationKernel final : public ElementwiseKernel {
 public:
  FloatActivationKernel(const ActivationLayer& layer, const Shape4& shape)
      : ElementwiseKernel(shape), layer_(layer), tile_(TileFor(layer.activation)) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const float* source = inputs[0].row<const float>(rows.begin);
    float* target = output.row<float>(rows.begin);
    ParallelForTiles(context.threadpool, ElementsOf(output.shape, rows), kTile,
                     [&](size_t begin, size_t end) {
                       tile_(source + begin, target + begin, end - begin, layer_);
                     });
    return OkStatus();
  }

 private:
  ActivationLayer layer_;
  TileFunction tile_;
};

BRUSHWORK_VECTORIZED void PReluTile(const float* input, float* output, size_t pixels,
                                    const float* __restrict slopes, size_t channels) {
  for (size_t pixel = 0; pixel < pixels; ++pixel, input += channels, output += channels) {
    const float* __restrict x = input;
    float* __restrict y = output;
    for (size_t c = 0; c < channels; ++c) y[c] = x[c] < 0.0F ? slopes[c] * x[c] : x[c];
  }
}

class PReluKernel final : public ElementwiseKernel {
 public:
  PReluKernel(const std::vector<float>& slopes, const Shape4& shape)
      : ElementwiseKernel(shape), slopes_(slopes) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    const size_t channels = slopes_.size();
    const float* source = inputs[0].row<const float>(rows.begin);
    float* target = output.row<float>(rows.begin);
    ParallelForTiles(context.threadpool, ElementsOf(output.shape, rows) / channels, 256,
                     [&](size_t begin, size_t end) {
                       PReluTile(source + begin * channels, target + begin * channels, end - begin,
                                 slopes_.data(), channels);
                     });
    return OkStatus();
  }

 private:
  std::vector<float> slopes_;
};

class Int8ActivationKernel final : public ElementwiseKernel {
 public:
  Int8ActivationKernel(const ActivationLayer& layer, const TensorSpec& input,
                       const TensorSpec& output)
      : ElementwiseKernel(input.shape),
        table_(MakeLookupTable(input.quantization, output.quantization,
                               [&](float x) { return ActivationReference(layer, x, 0); })) {}

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    ApplyLookupTable(table_, inputs[0].row<const int8_t>(rows.begin),
                     output.row<int8_t>(rows.begin), ElementsOf(output.shape, rows),
                     context.threadpool);
    return OkStatus();
  }

 private:
  LookupTable table_;
};

}  // namespace

KernelOr CreateActivation(const ActivationLayer& layer, const TensorSpec& input,
                          const TensorSpec& output) {
  BRUSHWORK_RETURN_IF_ERROR(CheckShapes(kName, input, output, input.shape));
  if (input.type != output.type) return UnsupportedTypes(kName, input, output);
  if (layer.activation == Activation::kPRelu) {
    if (input.type != DataType::kFloat32) return UnsupportedTypes(kName, input, output);
    if (layer.slopes.size() != static_cast<size_t>(input.shape.channels)) {
      return Internal("activation: PRelu needs one slope per channel");
    }
    return KernelOr(std::make_unique<PReluKernel>(layer.slopes, input.shape));
  }
  if (input.type == DataType::kFloat32) {
    return KernelOr(std::make_unique<FloatActivationKernel>(layer, input.shape));
  }
  return KernelOr(std::make_unique<Int8ActivationKernel>(layer, input, output));
}

}  // namespace brushwork
