#include <cinttypes>
#include <cstdio>

#include "cli/commands.h"
#include "cli/files.h"
#include "plan/frame.h"

namespace brushwork {
namespace {

std::string PixelsByChannels(const Shape4& shape) {
  return std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
         std::to_string(shape.channels);
}

void PrintStep(size_t index, const StepInfo& step) {
  const std::string with = step.folded.empty() ? "" : " (with " + step.folded + ")";
  std::printf("%3zu  %-24s %-18s -> %-18s %-5s %9.1f  %s%s\n", index, step.kind.c_str(),
              PixelsByChannels(step.input).c_str(), PixelsByChannels(step.output).c_str(),
              step.type == DataType::kInt8 ? "int8" : "float",
              static_cast<double>(step.multiply_adds) * 1e-6, step.name.c_str(), with.c_str());
}

void PrintRecipe(const QuantizationRecipe& recipe) {
  std::printf("\nThe file is in float; quantized on load. On calibration pictures %.1f dB.\n",
              recipe.psnr);
  for (const LayerRecipe& layer : recipe.layers) {
    if (layer.int8 || layer.signal_to_noise == 0.0) continue;
    std::printf("stays in float: %s '%s', in int8 it would have %.1f dB\n", layer.kind.c_str(),
                layer.name.c_str(), layer.signal_to_noise);
  }
}

}  // namespace

Status RunInspect(const InspectArguments& arguments) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(arguments.model.path));
  BRUSHWORK_ASSIGN_OR_RETURN(const GeneratorOptions generator_options, OptionsOf(arguments.model));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto generator, Generator::Load(bytes, generator_options));
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame,
                             generator->MakeFrame(arguments.width, arguments.height));
  PlanOptions options;
  if (generator_options.precision == GeneratorPrecision::kFloat) {
    options.precision = Precision::kFloat;
  }
  options.statistics_given = arguments.statistics_given;
  BRUSHWORK_ASSIGN_OR_RETURN(const auto plan, Plan::Create(frame.network, options));

  std::printf("%3s  %-24s %-18s    %-18s %-5s %9s  %s\n", "", "step", "input (H x W x C)", "output",
              "type", "MMAC", "node");
  int64_t total = 0;
  int64_t in_int8 = 0;
  for (size_t i = 0; i < plan->steps().size(); ++i) {
    const StepInfo& step = plan->steps()[i];
    PrintStep(i, step);
    total += step.multiply_adds;
    if (step.type == DataType::kInt8) in_int8 += step.multiply_adds;
  }
  const Shape4& input = plan->input().shape;
  std::printf("\n%" PRId64 " x %" PRId64
              " pixels: %.3f GMAC, %.0f %% of them in int8; "
              "%.1f MiB of activations; file %.1f kB\n",
              input.width, input.height, static_cast<double>(total) * 1e-9,
              total > 0 ? 100.0 * static_cast<double>(in_int8) / static_cast<double>(total) : 0.0,
              static_cast<double>(plan->memory_bytes()) / (1024.0 * 1024.0),
              static_cast<double>(bytes.size()) * 1e-3);
  if (frame.fit == FrameFit::kScale) {
    std::printf("This model runs at one size only: pictures are scaled to it and back.\n");
  }
  if (generator->recipe() != nullptr) PrintRecipe(*generator->recipe());
  return OkStatus();
}

}  // namespace brushwork
