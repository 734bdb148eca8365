#include "plan/calibration.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "image/resize.h"
#include "plan/activation_structure.h"
#include "plan/calibration_pictures.h"
#include "plan/calibration_run.h"
#include "plan/equalization.h"
#include "plan/frame.h"
#include "plan/quantizable_network.h"

namespace brushwork {
namespace {

Status CheckInputs(const Network& network, std::span<const std::vector<float>> inputs) {
  const Shape4& shape = network.values[network.input].shape;
  if (inputs.empty()) return InvalidArgument("calibration: got no pictures, needed at least one");
  for (const std::vector<float>& input : inputs) {
    if (input.size() != static_cast<size_t>(shape.elements())) {
      return InvalidArgument("calibration: got a picture of " + std::to_string(input.size()) +
                             " values, the network reads " + shape.ToString());
    }
    if (!std::ranges::all_of(input, [](float value) { return std::isfinite(value); })) {
      return InvalidArgument("calibration: got a picture with values that are not finite");
    }
  }
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<FakeQuantizeLayer>(layer.parameters)) {
      return InvalidArgument("calibration: the network is quantized already, at node '" +
                             layer.name + "'");
    }
  }
  return OkStatus();
}

// Activations that are not finite for some picture can't be in int8.
std::set<int> NonFiniteGroups(const CalibrationTask& task) {
  std::set<int> groups;
  for (size_t v = 0; v < task.statistics.size(); ++v) {
    if (!task.statistics[v].finite()) groups.insert(task.structure.group[v]);
  }
  return groups;
}

// Layers that int8 has made something else of. They go to float, and so does what they write.
bool MoveUnfit(const CalibrationTask& task, const QuantizationRecipe& recipe,
               PrecisionChoice& choice) {
  bool moved = false;
  for (size_t i = 0; i < recipe.layers.size(); ++i) {
    const LayerRecipe& layer = recipe.layers[i];
    if (!layer.int8 || layer.signal_to_noise >= task.options.least_signal_to_noise) continue;
    choice.float_layers.insert(i);
    choice.float_groups.insert(task.structure.group[task.network.layers[i].layer.output]);
    moved = true;
  }
  return moved;
}

// What normalizations read has heavy tails, and the more a picture's contrast falls short of the
// calibration pictures', the more a normalization amplifies the steps; errors of the first layers
// go through all others. So convolutions write float there, from the first on, two more at a time.
bool MoveNormalized(const CalibrationTask& task, const QuantizationRecipe& recipe,
                    PrecisionChoice& choice) {
  constexpr int kAtOnce = 2;
  int moved = 0;
  for (const FusedLayer& fused : task.network.layers) {
    if (moved == kAtOnce) break;
    if (!std::holds_alternative<NormalizationLayer>(fused.layer.parameters)) continue;
    for (size_t i = 0; i < recipe.layers.size(); ++i) {
      const ValueId output = task.network.layers[i].layer.output;
      if (output != fused.layer.inputs[0] || !recipe.layers[i].output) continue;
      if (!recipe.layers[i].int8 || !task.structure.can_write_float[i]) continue;
      moved += choice.float_groups.insert(task.structure.group[output]).second ? 1 : 0;
    }
  }
  return moved > 0;
}

// Moves the int8 layer with the largest error to float, and its output with it. False if there is
// none left.
bool MoveWorst(const CalibrationTask& task, const QuantizationRecipe& recipe,
               PrecisionChoice& choice) {
  size_t worst = recipe.layers.size();
  for (size_t i = 0; i < recipe.layers.size(); ++i) {
    if (!recipe.layers[i].int8) continue;
    if (worst < recipe.layers.size() &&
        recipe.layers[i].signal_to_noise >= recipe.layers[worst].signal_to_noise) {
      continue;
    }
    worst = i;
  }
  if (worst == recipe.layers.size()) return false;
  choice.float_layers.insert(worst);
  choice.float_groups.insert(task.structure.group[task.network.layers[worst].layer.output]);
  return true;
}

StatusOr<QuantizationRecipe> ChoosePrecision(const CalibrationTask& task) {
  PrecisionChoice choice;
  choice.float_groups = NonFiniteGroups(task);
  BRUSHWORK_ASSIGN_OR_RETURN(QuantizationRecipe best, RunCalibration(task, choice));
  if (MoveUnfit(task, best, choice)) {
    BRUSHWORK_ASSIGN_OR_RETURN(best, RunCalibration(task, choice));
  }
  QuantizationRecipe latest = best;
  for (int i = 0; i < task.options.attempts && best.psnr < task.options.target_psnr; ++i) {
    if (!MoveNormalized(task, latest, choice) && !MoveWorst(task, latest, choice)) break;
    BRUSHWORK_ASSIGN_OR_RETURN(latest, RunCalibration(task, choice));
    if (latest.psnr > best.psnr) best = latest;
  }
  return best;
}

}  // namespace

StatusOr<QuantizationRecipe> Calibrate(const Network& network,
                                       std::span<const std::vector<float>> inputs,
                                       const CalibrationOptions& options) {
  BRUSHWORK_RETURN_IF_ERROR(CheckInputs(network, inputs));
  const Quantization picture = QuantizationForPicture(options.input);
  const FusedNetwork prepared = PrepareForQuantization(network, picture);
  CalibrationTask task{prepared, options, picture, inputs, {}, {}, {}};
  task.structure = AnalyzeActivations(prepared);
  BRUSHWORK_ASSIGN_OR_RETURN(task.statistics,
                             MeasureActivations(prepared, inputs, options.threadpool));
  if (!task.statistics[prepared.output].finite()) {
    return InvalidArgument("calibration: the model's paintings are not finite");
  }
  task.factors = EqualizeChannels(prepared, task.structure, task.statistics);
  return ChoosePrecision(task);
}

StatusOr<QuantizationRecipe> CalibrateModel(const Model& model, const CalibrationPictures& pictures,
                                            const CalibrationOptions& options) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame, FitFrame(model, pictures.side, pictures.side));
  const Shape4& shape = frame.network.values[frame.network.input].shape;
  BRUSHWORK_ASSIGN_OR_RETURN(
      std::vector<Image> images,
      MakeCalibrationPictures(pictures.count,
                              static_cast<int>(std::max(shape.height, shape.width))));
  images.insert(images.end(), pictures.others.begin(), pictures.others.end());
  std::vector<std::vector<float>> inputs;
  for (const Image& image : images) {
    BRUSHWORK_ASSIGN_OR_RETURN(
        const Image scaled,
        ResizeImage(image.view(), static_cast<int>(shape.width), static_cast<int>(shape.height)));
    inputs.emplace_back(static_cast<size_t>(shape.elements()));
    BRUSHWORK_RETURN_IF_ERROR(PictureToTensor(
        scaled.view(), options.input, {inputs.back().data(), shape, DataType::kFloat32, {}}));
  }
  return Calibrate(frame.network, inputs, options);
}

}  // namespace brushwork
