#include "gpu/graph_layers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace brushwork {
namespace {

// Channels that a shuffle may make: its convolution has the square of as many weights.
constexpr int64_t kMostPicks = 1024;

constexpr int64_t kToTheEnd = std::numeric_limits<int64_t>::max();

// Whole numbers and their inverses: others would not repeat from row to row of a tile.
bool RepeatsByRows(float scale) {
  const float whole = scale >= 1.0F ? scale : 1.0F / scale;
  return whole == std::round(whole);
}

const char* Name(CoordinateTransform transform) {
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return "half_pixel";
    case CoordinateTransform::kPytorchHalfPixel:
      return "pytorch_half_pixel";
    case CoordinateTransform::kAsymmetric:
      return "asymmetric";
    case CoordinateTransform::kAlignCorners:
    case CoordinateTransform::kHalfPixelSymmetric:
      return nullptr;  // change with the size of the picture
  }
  return nullptr;
}

const char* Name(NearestRounding rounding) {
  static constexpr const char* kNames[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
                                           "ceil"};
  return kNames[static_cast<size_t>(rounding)];
}

const char* Name(BinaryOperation operation) {
  static constexpr const char* kNames[] = {"Add", "Sub", "Mul", "Div"};
  return kNames[static_cast<size_t>(operation)];
}

const char* Name(PadMode mode) {
  static constexpr const char* kNames[] = {"constant", "reflect", "edge"};
  return kNames[static_cast<size_t>(mode)];
}

// Where a slice of a dimension ends, said so that it holds for any size of the dimension of which
// it leaves as much.
int64_t SliceEnd(int64_t begin, int64_t step, int64_t count, int64_t size) {
  const int64_t rest = size - (begin + step * (count - 1) + 1);
  return rest < step ? kToTheEnd : -rest;
}

class LayerWriter {
 public:
  LayerWriter(const GraphPlace& place, OnnxWriter& writer) : place_(place), writer_(writer) {}

  Status operator()(const ConvolutionLayer& layer) { return Convolve(layer); }
  Status operator()(const TransposedConvolutionLayer& layer) { return Convolve(layer); }

  Status operator()(const NormalizationLayer&) {
    return Internal("a normalization without its coefficients");
  }

  Status operator()(const ChannelAffineLayer& layer) {
    const std::string scale = Channels("scale", layer.scale);
    const std::string shift = Channels("shift", layer.shift);
    const std::string scaled = Step("Mul", "scaled", {place_.inputs[0], scale});
    return Last("Add", {scaled, shift});
  }

  Status operator()(const PadLayer& layer) {
    const Padding2d& padding = layer.padding;
    const std::string pads =
        Ints("pads", {0, 0, padding.top, padding.left, 0, 0, padding.bottom, padding.right});
    std::vector<std::string> inputs{place_.inputs[0], pads};
    if (layer.mode == PadMode::kConstant) inputs.push_back(Scalar("value", layer.value));
    return Last("Pad", inputs, {{"mode", std::string(Name(layer.mode))}});
  }

  Status operator()(const ResizeLayer& layer) {
    const char* transform = Name(layer.transform);
    if (transform == nullptr || !RepeatsByRows(layer.scale_height) ||
        !RepeatsByRows(layer.scale_width)) {
      return Refuse(
          "needed are whole scales or their inverses, and coordinates that don't depend "
          "on the picture's size");
    }
    const std::string scales =
        Floats("scales", {4}, {1.0F, 1.0F, layer.scale_height, layer.scale_width});
    const bool linear = layer.mode == ResizeMode::kLinear;
    return Last("Resize", {place_.inputs[0], "", scales},
                {{"mode", std::string(linear ? "linear" : "nearest")},
                 {"coordinate_transformation_mode", std::string(transform)},
                 {"nearest_mode", std::string(Name(layer.rounding))}});
  }

  Status operator()(const DepthToSpaceLayer& layer) {
    const char* mode = layer.order == ShuffleOrder::kDcr ? "DCR" : "CRD";
    return Last("DepthToSpace", {place_.inputs[0]},
                {{"blocksize", layer.block}, {"mode", std::string(mode)}});
  }

  // ONNX Runtime's WebGPU provider has no SpaceToDepth: a convolution that picks.
  Status operator()(const SpaceToDepthLayer& layer) {
    const int64_t channels = place_.input_shapes[0].channels;
    const int64_t area = layer.block * layer.block;
    const int64_t outputs = channels * area;
    if (outputs > kMostPicks) return Refuse("its blocks are too large");
    std::vector<float> picks(static_cast<size_t>(outputs * outputs), 0.0F);
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t pixel = 0; pixel < area; ++pixel) {
        const bool is_outer = layer.order == ShuffleOrder::kDcr;
        const int64_t output = is_outer ? pixel * channels + c : c * area + pixel;
        picks[static_cast<size_t>((output * channels + c) * area + pixel)] = 1.0F;
      }
    }
    const std::string weights =
        Floats("picks", {outputs, channels, layer.block, layer.block}, picks);
    const OnnxWriter::Integers block{{layer.block, layer.block}};
    return Last("Conv", {place_.inputs[0], weights}, {{"kernel_shape", block}, {"strides", block}});
  }

  Status operator()(const BinaryLayer& layer) { return Last(Name(layer.operation), place_.inputs); }

  Status operator()(const ActivationLayer& layer) {
    if (!place_.behind_activation || !IsFusable(layer)) return Activate(layer);
    GraphPlace inner = place_;
    inner.name += ".alone";
    inner.output = inner.name;
    inner.behind_activation = false;
    BRUSHWORK_RETURN_IF_ERROR(LayerWriter(inner, writer_).Activate(layer));
    // Nothing is fused behind a value that is read twice.
    const std::string nothing = Step("Mul", "nothing", {place_.inputs[0], Scalar("zero", 0.0F)});
    return Last("Add", {inner.output, nothing});
  }

  Status operator()(const ConcatLayer& layer) {
    static constexpr int64_t kAxes[] = {0, 2, 3, 1};
    if (layer.axis < 2) return Refuse("it puts pictures one below the other");
    return Last("Concat", place_.inputs, {{"axis", kAxes[layer.axis]}});
  }

  Status operator()(const SliceLayer& layer) {
    const Shape4& from = place_.input_shapes[0];
    const Shape4& to = place_.output_shape;
    const std::array<int64_t, 4>& begin = layer.begin;
    const std::array<int64_t, 4>& step = layer.step;
    const std::vector<int64_t> ends{begin[0] + step[0] * to.batch, begin[3] + step[3] * to.channels,
                                    SliceEnd(begin[1], step[1], to.height, from.height),
                                    SliceEnd(begin[2], step[2], to.width, from.width)};
    return Last("Slice",
                {place_.inputs[0], Ints("starts", {begin[0], begin[3], begin[1], begin[2]}),
                 Ints("ends", ends), Ints("axes", {0, 1, 2, 3}),
                 Ints("steps", {step[0], step[3], step[1], step[2]})});
  }

  Status operator()(const PoolLayer& layer) {
    const Padding2d& padding = layer.padding;
    const bool max = layer.mode == PoolMode::kMax;
    std::vector<OnnxWriter::Attribute> attributes{
        {"kernel_shape", OnnxWriter::Integers{{layer.kernel_height, layer.kernel_width}}},
        {"strides", OnnxWriter::Integers{{layer.stride_height, layer.stride_width}}},
        {"pads", OnnxWriter::Integers{{padding.top, padding.left, padding.bottom, padding.right}}}};
    if (max) {
      attributes.push_back(
          {"dilations", OnnxWriter::Integers{{layer.dilation_height, layer.dilation_width}}});
    } else {
      attributes.push_back({"count_include_pad", int64_t{layer.count_include_pad}});
    }
    return Last(max ? "MaxPool" : "AveragePool", place_.inputs, attributes);
  }

  Status operator()(const GlobalAveragePoolLayer&) {
    return Refuse("it reads the whole picture for every pixel");
  }

  Status operator()(const FakeQuantizeLayer&) {
    return Internal("a quantizer in a network of floats");
  }

  Status operator()(const ConstantLayer& layer) {
    const Shape4& shape = place_.output_shape;
    if (shape.pixels() != 1) return Refuse("needed are constants of one value for each channel");
    writer_.AddFloats(place_.output, {1, shape.channels, 1, 1}, layer.values);
    return OkStatus();
  }

 private:
  Status Activate(const ActivationLayer& layer) {
    switch (layer.activation) {
      case Activation::kRelu:
        return Last("Relu", place_.inputs);
      case Activation::kLeakyRelu:
        return Last("LeakyRelu", place_.inputs, {{"alpha", layer.alpha}});
      case Activation::kPRelu:
        return ParametricRelu(layer.slopes);
      case Activation::kClip:
        return Last("Clip", {place_.inputs[0], Limit("minimum", layer.minimum),
                             Limit("maximum", layer.maximum)});
      case Activation::kTanh:
        return Last("Tanh", place_.inputs);
      case Activation::kSigmoid:
        return Last("Sigmoid", place_.inputs);
      case Activation::kHardSwish: {
        const std::string gate =
            Step("HardSigmoid", "gate", place_.inputs, {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}});
        return Last("Mul", {place_.inputs[0], gate});
      }
      case Activation::kHardSigmoid:
        return Last("HardSigmoid", place_.inputs, {{"alpha", layer.alpha}, {"beta", layer.beta}});
      case Activation::kSquareRoot:
        return Last("Sqrt", place_.inputs);
      case Activation::kAbsolute:
        return Last("Abs", place_.inputs);
      case Activation::kNegate:
        return Last("Neg", place_.inputs);
      case Activation::kExponential:
        return Last("Exp", place_.inputs);
    }
    return Internal("an activation of no known kind");
  }

  // slope * min(x, 0) + max(x, 0)
  Status ParametricRelu(const std::vector<float>& slopes) {
    const std::string negative =
        Step("Clip", "negative", {place_.inputs[0], "", Scalar("zero", 0.0F)});
    const std::string bent = Step("Mul", "bent", {negative, Channels("slopes", slopes)});
    const std::string positive = Step("Relu", "positive", place_.inputs);
    return Last("Add", {bent, positive});
  }

  template <typename ConvolutionKind>
  Status Convolve(const ConvolutionKind& layer) {
    AddConvolution(layer, place_, writer_);
    return OkStatus();
  }

  std::string Floats(const char* what, const std::vector<int64_t>& dims,
                     const std::vector<float>& values) {
    std::string name = place_.name + "." + what;
    writer_.AddFloats(name, dims, values);
    return name;
  }
  std::string Scalar(const char* what, float value) { return Floats(what, {}, {value}); }
  std::string Channels(const char* what, const std::vector<float>& values) {
    return Floats(what, {1, static_cast<int64_t>(values.size()), 1, 1}, values);
  }
  // No name for what limits nothing.
  std::string Limit(const char* what, float value) {
    return std::isinf(value) ? "" : Scalar(what, value);
  }
  std::string Ints(const char* what, const std::vector<int64_t>& values) {
    std::string name = place_.name + "." + what;
    writer_.AddInts(name, values);
    return name;
  }

  std::string Step(const char* operation, const char* what, const std::vector<std::string>& inputs,
                   const std::vector<OnnxWriter::Attribute>& attributes = {}) {
    std::string name = place_.name + "." + what;
    writer_.AddNode(operation, name, inputs, name, attributes);
    return name;
  }
  Status Last(const char* operation, const std::vector<std::string>& inputs,
              const std::vector<OnnxWriter::Attribute>& attributes = {}) {
    writer_.AddNode(operation, place_.name, inputs, place_.output, attributes);
    return OkStatus();
  }

  Status Refuse(const std::string& why) const {
    return UnsupportedModel("layer '" + place_.name + "' can't be painted by a GPU: " + why);
  }

  const GraphPlace& place_;
  OnnxWriter& writer_;
};

}  // namespace

bool IsFusable(const LayerParameters& parameters) {
  const auto* layer = std::get_if<ActivationLayer>(&parameters);
  if (layer == nullptr) return false;
  switch (layer->activation) {
    case Activation::kRelu:
    case Activation::kLeakyRelu:
    case Activation::kClip:
    case Activation::kTanh:
    case Activation::kSigmoid:
    case Activation::kHardSigmoid:
      return true;
    default:
      return false;
  }
}

Status AddLayer(const LayerParameters& parameters, const GraphPlace& place, OnnxWriter& writer) {
  return std::visit(LayerWriter(place, writer), parameters);
}

void AddScaling(const GraphPlace& place, const GraphScaling& scaling, OnnxWriter& writer) {
  const std::string scaled = place.name + ".scaled";
  writer.AddNode("Mul", scaled, {place.inputs[0], scaling.scale}, scaled);
  writer.AddNode("Add", place.name, {scaled, scaling.shift}, place.output);
}

}  // namespace brushwork
