#include "plan/calibration_run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "plan/calibration_ranges.h"
#include "plan/layer_runner.h"
#include "plan/weight_quantization.h"

namespace brushwork {
namespace {

// Of a convolution, ordinary or transposed.
void SetWeights(LayerParameters& parameters, std::shared_ptr<const Filter> filter,
                std::vector<float> bias) {
  if (auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    convolution->filter = std::move(filter);
    convolution->bias = std::move(bias);
  } else if (auto* transposed = std::get_if<TransposedConvolutionLayer>(&parameters)) {
    transposed->filter = std::move(filter);
    transposed->bias = std::move(bias);
  }
}

const std::vector<float>& BiasOf(const LayerParameters& parameters) {
  if (const auto* convolution = std::get_if<ConvolutionLayer>(&parameters)) {
    return convolution->bias;
  }
  return std::get<TransposedConvolutionLayer>(parameters).bias;
}

class CalibrationRun {
 public:
  CalibrationRun(const CalibrationTask& task, const PrecisionChoice& choice)
      : task_(task),
        network_(task.network),
        assignment_(AssignPrecision(task.network, task.structure, choice)),
        quantizations_(task.network.values.size()),
        factors_(task.factors),
        exact_(task.network, task.inputs.size()),
        quantized_(task.network, task.inputs.size()) {}

  StatusOr<QuantizationRecipe> Run() {
    BRUSHWORK_RETURN_IF_ERROR(ReadPictures());
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      BRUSHWORK_RETURN_IF_ERROR(RunLayer(i));
    }
    ComparePaintings();
    return std::move(recipe_);
  }

 private:
  Status ReadPictures() {
    recipe_.input = task_.input;
    recipe_.quantize_input = assignment_.quantizer[network_.input];
    const Shape4& shape = network_.values[network_.input].shape;
    for (Activations* lane : {&exact_, &quantized_}) {
      BRUSHWORK_RETURN_IF_ERROR(lane->Allocate(network_.input));
      for (size_t p = 0; p < task_.inputs.size(); ++p) {
        std::ranges::copy(task_.inputs[p], lane->at(network_.input, p));
      }
    }
    if (!recipe_.quantize_input) return OkStatus();
    quantizations_[network_.input] = task_.input;
    const FakeQuantizer quantizer(task_.input, {}, ChannelsOf(shape));
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      float* values = quantized_.at(network_.input, p);
      quantizer.Run(values, values, PixelsOf(shape));
    }
    return OkStatus();
  }

  Status RunLayer(size_t i) {
    const FusedLayer& fused = network_.layers[i];
    const Layer& layer = fused.layer;
    LayerRecipe recipe;
    recipe.fingerprint = Fingerprint(fused);
    recipe.name = layer.name;
    recipe.kind = LayerKindName(layer.parameters);
    recipe.int8 = assignment_.int8_layer[i];
    BRUSHWORK_RETURN_IF_ERROR(exact_.Allocate(layer.output));
    BRUSHWORK_RETURN_IF_ERROR(quantized_.Allocate(layer.output));

    const bool convolves = FilterOf(layer.parameters) != nullptr;
    Layer changed = layer;
    std::shared_ptr<Filter> filter;
    if (convolves) {
      filter = MakeFilter(i);
      SetWeights(changed.parameters, InModelUnits(layer, *filter), BiasOf(layer.parameters));
    }
    // Errors are averaged before anything is cut off.
    const OutputRange range = convolves ? OutputRange{} : fused.range;
    BRUSHWORK_ASSIGN_OR_RETURN(
        LayerRunner exact, LayerRunner::Create(network_, layer, range, task_.options.threadpool));
    BRUSHWORK_ASSIGN_OR_RETURN(LayerRunner runner, LayerRunner::Create(network_, changed, range,
                                                                       task_.options.threadpool));
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      BRUSHWORK_RETURN_IF_ERROR(exact.Run(exact_.InputsOf(layer, p), exact_.at(layer.output, p)));
      BRUSHWORK_RETURN_IF_ERROR(
          runner.Run(quantized_.InputsOf(layer, p), quantized_.at(layer.output, p)));
    }
    std::vector<float> correction;
    const bool quantizes = assignment_.quantizer[layer.output];
    if (convolves) {
      correction = CorrectBias(layer.output);
      ClampOutputs(layer.output, fused.range);
      if (quantizes && OnlyNormalized(task_, layer.output))
        ChooseChannelRanges(layer.output, *filter);
      FillConvolution(layer, std::move(filter), correction, recipe);
    } else if (std::holds_alternative<NormalizationLayer>(layer.parameters)) {
      FillNormalization(layer, recipe);
    }
    const ValueId first_input = layer.inputs.empty() ? -1 : layer.inputs[0];
    if (task_.structure.moves[i]) quantizations_[layer.output] = quantizations_[first_input];
    if (assignment_.quantizer[layer.output]) {
      recipe.output = QuantizeOutput(layer.output);
      quantizations_[layer.output] = recipe.output;
    }
    if (recipe.int8) {
      BRUSHWORK_ASSIGN_OR_RETURN(recipe.signal_to_noise, MeasureAlone(fused, runner, correction));
    }
    exact_.Release(layer);
    quantized_.Release(layer);
    recipe_.layers.push_back(std::move(recipe));
    return OkStatus();
  }

  // The filter with equalized channels, quantized if the layer is.
  std::shared_ptr<Filter> MakeFilter(size_t i) const {
    const Layer& layer = network_.layers[i].layer;
    const int64_t groups = GroupsOf(layer.parameters);
    const std::vector<float>& input_factors = factors_[layer.inputs[0]];
    auto filter = std::make_shared<Filter>(
        RescaleFilter(*FilterOf(layer.parameters), groups, input_factors, factors_[layer.output]));
    if (!assignment_.int8_layer[i]) return filter;
    const ActivationStatistics& statistics = task_.statistics[layer.inputs[0]];
    std::vector<float> power;
    for (size_t c = 0; c < statistics.sum.size(); ++c) {
      const float factor = input_factors.empty() ? 1.0F : input_factors[c];
      power.push_back(statistics.power(c) * factor * factor);
    }
    QuantizeFilter(*filter, groups, power);
    return filter;
  }

  // What the filter amounts to for activations without equalization.
  std::shared_ptr<const Filter> InModelUnits(const Layer& layer, const Filter& filter) const {
    const auto inverse = [](std::vector<float> factors) {
      for (float& factor : factors) factor = 1.0F / factor;
      return factors;
    };
    return std::make_shared<const Filter>(RescaleFilter(filter, GroupsOf(layer.parameters),
                                                        inverse(factors_[layer.inputs[0]]),
                                                        inverse(factors_[layer.output])));
  }

  // Takes the mean error of every channel from the quantized activations, and returns what has to
  // be added to the bias for that.
  std::vector<float> CorrectBias(ValueId value) {
    const Shape4& shape = network_.values[value].shape;
    const size_t channels = ChannelsOf(shape);
    ActivationStatistics exact(channels);
    ActivationStatistics quantized(channels);
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      exact.Add(exact_.at(value, p), PixelsOf(shape));
      quantized.Add(quantized_.at(value, p), PixelsOf(shape));
    }
    std::vector<float> correction(channels);
    for (size_t c = 0; c < channels; ++c) {
      const double mean = (exact.sum[c] - quantized.sum[c]) / exact.count;
      correction[c] = std::isfinite(mean) ? static_cast<float>(mean) : 0.0F;
    }
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      AddToChannels(correction, quantized_.at(value, p), PixelsOf(shape));
    }
    return correction;
  }

  static void AddToChannels(const std::vector<float>& summands, float* values, size_t pixels) {
    for (size_t i = 0; i < pixels; ++i, values += summands.size()) {
      for (size_t c = 0; c < summands.size(); ++c) values[c] += summands[c];
    }
  }

  void ClampOutputs(ValueId value, const OutputRange& range) {
    if (range.minimum == OutputRange{}.minimum && range.maximum == OutputRange{}.maximum) return;
    const size_t elements = static_cast<size_t>(network_.values[value].shape.elements());
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      ClampAll(exact_.at(value, p), elements, range);
      ClampAll(quantized_.at(value, p), elements, range);
    }
  }

  // Gives every channel of a convolution's output a range of its own. Its weights' scales follow.
  void ChooseChannelRanges(ValueId value, Filter& filter) {
    const ActivationStatistics& statistics = task_.statistics[value];
    std::vector<float> largest;
    for (size_t c = 0; c < statistics.sum.size(); ++c) {
      largest.push_back(std::max(std::abs(statistics.minimum[c]), std::abs(statistics.maximum[c])));
    }
    NormalizedRanges ranges(std::move(largest));
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      ranges.Add(exact_.at(value, p), PixelsOf(network_.values[value].shape));
    }
    const std::vector<float> best = ranges.Best();
    const std::vector<float> before = factors_[value];
    factors_[value].resize(best.size());
    const size_t per_output = filter.values.size() / best.size();
    for (size_t o = 0; o < best.size(); ++o) {
      // Channels that never have a value keep their scale.
      const float factor = best[o] > 0.0F ? 1.0F / best[o] : 1.0F;
      const float change = before.empty() ? factor : factor / before[o];
      factors_[value][o] = factor;
      if (!filter.scales.empty()) filter.scales[o] *= change;
      for (size_t i = 0; i < per_output; ++i) filter.values[o * per_output + i] *= change;
    }
    channel_ranges_.insert(value);
  }

  void FillConvolution(const Layer& layer, std::shared_ptr<const Filter> filter,
                       const std::vector<float>& correction, LayerRecipe& recipe) const {
    const std::vector<float>& factors = factors_[layer.output];
    recipe.filter = std::move(filter);
    recipe.bias = BiasOf(layer.parameters);
    for (size_t o = 0; o < recipe.bias.size(); ++o) {
      recipe.bias[o] += correction[o];
      if (!factors.empty()) recipe.bias[o] *= factors[o];
    }
  }

  void FillNormalization(const Layer& layer, LayerRecipe& recipe) const {
    recipe.output_scale = factors_[layer.output];
    for (const float factor : factors_[layer.inputs[0]]) {
      recipe.input_scale.push_back(1.0F / factor);
    }
  }

  // Chooses the range from the float activations and quantizes the others.
  Quantization QuantizeOutput(ValueId value) {
    const Shape4& shape = network_.values[value].shape;
    const Quantization quantization = ChooseQuantization(value);
    const FakeQuantizer quantizer(quantization, factors_[value], ChannelsOf(shape));
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      float* values = quantized_.at(value, p);
      quantizer.Run(values, values, PixelsOf(shape));
    }
    return quantization;
  }

  Quantization ChooseQuantization(ValueId value) {
    const std::optional<Quantization> shared =
        SharedQuantization(task_, value, assignment_.quantizer);
    if (shared) return *shared;
    if (channel_ranges_.contains(value)) return {1.0F / 127.0F, 0};
    const OutputRange range = RangeOf(task_, value, factors_[value]);
    const Shape4& shape = network_.values[value].shape;
    ValueHistogram histogram(range.minimum, range.maximum);
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      histogram.Add(exact_.at(value, p), PixelsOf(shape), factors_[value], ChannelsOf(shape));
    }
    return histogram.Best(FunctionBehind(network_, value));
  }

  // The error of the layer alone, on the first picture.
  StatusOr<double> MeasureAlone(const FusedLayer& fused, LayerRunner& runner,
                                const std::vector<float>& correction) {
    std::vector<AlignedBuffer> inputs;
    std::vector<float*> pointers;
    for (const ValueId input : fused.layer.inputs) {
      BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer copy, Copy(exact_.at(input, 0), input));
      float* values = reinterpret_cast<float*>(copy.data());
      QuantizeAs(input, values);
      pointers.push_back(values);
      inputs.push_back(std::move(copy));
    }
    const ValueId value = fused.layer.output;
    const Shape4& shape = network_.values[value].shape;
    const size_t elements = static_cast<size_t>(shape.elements());
    BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer output,
                               AlignedBuffer::Create(elements * sizeof(float)));
    float* values = reinterpret_cast<float*>(output.data());
    BRUSHWORK_RETURN_IF_ERROR(runner.Run(pointers, values));
    if (!correction.empty()) {
      AddToChannels(correction, values, PixelsOf(shape));
      ClampAll(values, elements, fused.range);
    }
    QuantizeAs(value, values);
    const std::function<float(float)> function = FunctionBehind(network_, value);
    return SignalToNoise(exact_.at(value, 0), values, elements, function);
  }

  StatusOr<AlignedBuffer> Copy(const float* values, ValueId value) const {
    const size_t bytes =
        static_cast<size_t>(network_.values[value].shape.elements()) * sizeof(float);
    BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer copy, AlignedBuffer::Create(bytes));
    std::memcpy(copy.data(), values, bytes);
    return copy;
  }

  void QuantizeAs(ValueId value, float* values) const {
    if (!quantizations_[value]) return;
    const Shape4& shape = network_.values[value].shape;
    FakeQuantizer(*quantizations_[value], factors_[value], ChannelsOf(shape))
        .Run(values, values, PixelsOf(shape));
  }

  void ComparePaintings() {
    const size_t elements = static_cast<size_t>(network_.values[network_.output].shape.elements());
    const ColorEncoding& encoding = task_.options.output;
    const auto level = [&](float value) {
      const float x = (value - encoding.low) / (encoding.high - encoding.low);
      return static_cast<double>(std::clamp(x, 0.0F, 1.0F));
    };
    double total = 0.0;
    for (size_t p = 0; p < task_.inputs.size(); ++p) {
      const float* exact = exact_.at(network_.output, p);
      const float* quantized = quantized_.at(network_.output, p);
      double squares = 0.0;
      for (size_t i = 0; i < elements; ++i) {
        const double difference = level(exact[i]) - level(quantized[i]);
        squares += difference * difference;
      }
      recipe_.picture_psnr.push_back(Decibels(1.0, squares / static_cast<double>(elements)));
      total += squares / static_cast<double>(elements);
    }
    recipe_.psnr = Decibels(1.0, total / static_cast<double>(task_.inputs.size()));
  }

  const CalibrationTask& task_;
  const FusedNetwork& network_;
  PrecisionAssignment assignment_;
  std::vector<std::optional<Quantization>> quantizations_;  // by value
  std::vector<std::vector<float>> factors_;                 // by value, of its channels
  std::set<ValueId> channel_ranges_;                        // with factors for [-1, 1]
  Activations exact_;
  Activations quantized_;
  QuantizationRecipe recipe_;
};

}  // namespace

StatusOr<QuantizationRecipe> RunCalibration(const CalibrationTask& task,
                                            const PrecisionChoice& choice) {
  return CalibrationRun(task, choice).Run();
}

}  // namespace brushwork
