// How well float generators survive being quantized on load: for each photo of data/photos/eval the
// PSNR of the int8 painting to the float one, with statistics of the whole photo, and with those of
// the float network given.
//
//   quantization_report candy udnie        from data/third_party, which read and write 0..255 BGR
//   ATTEMPTS=0 PIXELS=250000 quantization_report candy
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "image/decode.h"
#include "image/resize.h"
#include "plan/calibration.h"
#include "tests/support/files.h"
#include "tests/support/psnr.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

constexpr ColorEncoding kBytes{0.0F, 255.0F, ChannelOrder::kBgr};

int Setting(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

template <typename T>
T Need(StatusOr<T> value) {
  if (value.ok()) return std::move(value).value();
  std::fprintf(stderr, "%s\n", value.status().message().c_str());
  std::exit(1);
}

std::vector<float> Paint(const Network& network, const PlanOptions& options,
                         const std::vector<float>& picture, NormStatistics* statistics) {
  const auto plan = Need(Plan::Create(network, options));
  if (options.statistics_given && !plan->SetStatistics(*statistics).ok()) std::exit(1);
  std::vector<float> painting = RunPlan(*plan, picture);
  if (!options.statistics_given) *statistics = plan->statistics();
  return painting;
}

struct Result {
  double exact = 0.0;
  double given = 0.0;
};

Result Measure(const Model& model, const QuantizationRecipe& recipe, const Image& photo) {
  const ImageSize fit = FitPixels(photo.width(), photo.height(), Setting("PIXELS", 262144));
  const int width = fit.width / 4 * 4;
  const int height = fit.height / 4 * 4;
  const Image scaled = Need(ResizeImage(photo.view(), width, height));
  std::vector<float> picture(static_cast<size_t>(scaled.pixel_count()) * 3);
  const TensorView view{picture.data(), {1, height, width, 3}, DataType::kFloat32, {}};
  if (!PictureToTensor(scaled.view(), kBytes, view).ok()) std::exit(1);

  const Network network = Need(model.Specialize(height, width));
  const Network quantized = Need(QuantizeNetwork(network, recipe));
  NormStatistics statistics;
  NormStatistics unused;
  PlanOptions options;
  options.precision = Precision::kFloat;
  const std::vector<float> expected = Paint(network, options, picture, &statistics);
  options.precision = Precision::kAuto;
  Result result;
  result.exact = PaintingPsnr(expected, Paint(quantized, options, picture, &unused), kBytes);
  options.statistics_given = true;
  result.given = PaintingPsnr(expected, Paint(quantized, options, picture, &statistics), kBytes);
  return result;
}

void PrintRecipe(const QuantizationRecipe& recipe) {
  for (const LayerRecipe& layer : recipe.layers) {
    std::printf("  %-24s %-36s %-5s %s", layer.kind.c_str(), layer.name.c_str(),
                layer.int8 ? "int8" : "", layer.output ? "quantized" : "");
    if (layer.int8) std::printf(", alone %.1f dB", layer.signal_to_noise);
    std::printf("\n");
  }
}

void PrintSummary(const char* title, std::vector<double> values) {
  std::ranges::sort(values);
  const double median = (values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2.0;
  std::printf("  %s: median %.2f, worst %.2f\n", title, median, values[0]);
}

void Report(const std::string& name) {
  const Model model =
      Need(Model::Read(ReadTestFile(DataFolder() + "/third_party/" + name + ".onnx")));
  CalibrationOptions options;
  options.input = options.output = kBytes;
  options.attempts = Setting("ATTEMPTS", options.attempts);
  CalibrationPictures pictures;
  pictures.side = Setting("SIDE", pictures.side);
  pictures.count = Setting("COUNT", pictures.count);
  const std::clock_t begin = std::clock();
  const QuantizationRecipe recipe = Need(CalibrateModel(model, pictures, options));
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("%s: calibrated in %.2f s of processor time, %.2f dB\n", name.c_str(), seconds,
              recipe.psnr);
  if (Setting("LAYERS", 0) != 0) PrintRecipe(recipe);

  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(DataFolder() + "/photos/eval")) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<double> exact;
  std::vector<double> given;
  for (const auto& path : paths) {
    const Result result = Measure(model, recipe, Need(DecodeImage(ReadTestFile(path.string()))));
    std::printf("  %-20s exact %.2f, given %.2f dB\n", path.stem().c_str(), result.exact,
                result.given);
    std::fflush(stdout);
    exact.push_back(result.exact);
    given.push_back(result.given);
  }
  PrintSummary("exact", exact);
  PrintSummary("given", given);
}

}  // namespace
}  // namespace brushwork

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) brushwork::Report(argv[i]);
}
