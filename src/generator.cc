// Generators: loading a model, and quantizing it if it is not yet.
#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "base/memory_refused.h"
#include "metadata.h"
#include "plan/calibration.h"
#include "plan/multiply_adds.h"
#include "stylizer.h"

namespace brushwork {
namespace {

// Beyond this a thumbnail would be no thumbnail.
constexpr int kMaxThumbnailSide = 4096;

// The side of the pictures that float models are calibrated with.
constexpr int kCalibrationSide = 160;

// What has failed for want of memory says nothing about the model.
void ThrowIfRefused(const Status& status) {
  if (status.code() == StatusCode::kOutOfMemory) throw std::bad_alloc();
}

bool IsQuantized(const Network& network) {
  return std::ranges::any_of(network.layers, [](const Layer& layer) {
    return std::holds_alternative<FakeQuantizeLayer>(layer.parameters);
  });
}

// Nobody can stop a calibration, which paints some dozen such pictures. In multiply-adds; what is
// written counts for more than one each, as in Plan.
constexpr int64_t kMaxCalibrated = int64_t{1} << 36;

int64_t CostOf(const Network& network) {
  int64_t sum = 0;
  for (const Layer& layer : network.layers) {
    if (layer.inputs.empty()) continue;
    const Shape4& output = network.values[layer.output].shape;
    sum += 16 * output.elements() +
           CountMultiplyAdds(layer.parameters, network.values[layer.inputs[0]].shape, output);
  }
  return sum;
}

// Null for models that stay as they are.
StatusOr<std::unique_ptr<const QuantizationRecipe>> MakeRecipe(const Model& model,
                                                               const GeneratorOptions& options) {
  std::unique_ptr<const QuantizationRecipe> none;
  if (options.precision == GeneratorPrecision::kFloat) return none;
  const StatusOr<Frame> frame = FitFrame(model, kCalibrationSide, kCalibrationSide);
  // A model may refuse this size and take others: in float, then.
  ThrowIfRefused(frame.status());
  if (!frame.ok() || IsQuantized(frame->network)) return none;
  CalibrationOptions calibration;
  calibration.input = options.input;
  calibration.output = options.output;
  const bool at_any_price = options.precision == GeneratorPrecision::kInt8;
  if (CostOf(frame->network) > kMaxCalibrated) {
    if (!at_any_price) return none;
    return UnsupportedModel("the model takes too much arithmetic to be quantized as it is loaded");
  }
  if (at_any_price) calibration.attempts = 0;
  StatusOr<QuantizationRecipe> recipe =
      CalibrateModel(model, {.side = kCalibrationSide}, calibration);
  if (recipe.ok()) return std::make_unique<const QuantizationRecipe>(std::move(*recipe));
  ThrowIfRefused(recipe.status());
  if (at_any_price) return recipe.status();
  return none;
}

// The network at the size that the model declares, else at one that most models take.
StatusOr<Network> SampleNetwork(const Model& model) {
  if (model.declared_height() > 0 && model.declared_width() > 0) {
    return model.Specialize(model.declared_height(), model.declared_width());
  }
  BRUSHWORK_ASSIGN_OR_RETURN(Frame frame, FitFrame(model, kCalibrationSide, kCalibrationSide));
  return std::move(frame.network);
}

Status CheckRanges(const GeneratorOptions& options) {
  for (const ColorEncoding& encoding : {options.input, options.output}) {
    if (encoding.high > encoding.low) continue;
    return InvalidArgument("a colour range needs its second value above its first, got [" +
                           std::to_string(encoding.low) + ", " + std::to_string(encoding.high) +
                           "]");
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::shared_ptr<const Generator>> Generator::Load(std::span<const uint8_t> onnx,
                                                           const GeneratorOptions& options) {
  return WithinMemory("a generator", [&] { return LoadUnguarded(onnx, options); });
}

StatusOr<std::shared_ptr<const Generator>> Generator::LoadUnguarded(
    std::span<const uint8_t> onnx, const GeneratorOptions& options) {
  BRUSHWORK_RETURN_IF_ERROR(CheckRanges(options));
  BRUSHWORK_ASSIGN_OR_RETURN(Model model, Model::Read(onnx));
  auto generator = std::shared_ptr<Generator>(new Generator(std::move(model), options));
  generator->thumbnail_side_ =
      MetadataSize(generator->model_, "brushwork.thumbnail", kMaxThumbnailSide);
  const StatusOr<Network> sample = SampleNetwork(generator->model_);
  ThrowIfRefused(sample.status());
  if (sample.ok()) {
    BRUSHWORK_RETURN_IF_ERROR(CheckPaints(*sample));
    generator->style_size_ = StyleSize(*sample);
  } else if (sample.status().code() == StatusCode::kUnsupportedModel) {
    return sample.status();
  }
  BRUSHWORK_ASSIGN_OR_RETURN(generator->recipe_, MakeRecipe(generator->model_, options));
  return std::shared_ptr<const Generator>(std::move(generator));
}

StatusOr<Frame> Generator::MakeFrame(int width, int height) const {
  BRUSHWORK_ASSIGN_OR_RETURN(Frame frame, FitFrame(model_, width, height));
  if (recipe_ == nullptr) return frame;
  // A model whose layers are others at this size is painted in float.
  StatusOr<Network> quantized = QuantizeNetwork(frame.network, *recipe_);
  ThrowIfRefused(quantized.status());
  if (quantized.ok()) frame.network = std::move(*quantized);
  return frame;
}

}  // namespace brushwork
