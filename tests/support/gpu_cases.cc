#include "tests/support/gpu_cases.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/base64.h"
#include "image/decode.h"
#include "image/resize.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/files.h"
#include "tests/support/operator_cases.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

using Json = nlohmann::json;

template <typename T>
T Need(StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().message());
  return std::move(value).value();
}

void AddOperators(std::vector<GpuCase>& cases) {
  Random random(11);
  for (OperatorCase& made : AllOperatorCases()) {
    GpuCase added;
    added.name = "gpu_" + made.name;
    added.model = std::move(made.model);
    added.height = made.height;
    added.width = made.width;
    added.planes = random.Uniforms(static_cast<size_t>(3 * made.height * made.width), -1.0F, 1.0F);
    added.tolerance = made.tolerance;
    cases.push_back(std::move(added));
  }
}

// What the operator cases resize by, graphs for GPUs can't: these resize by two, and shuffle.
class EvenCases {
 public:
  explicit EvenCases(std::vector<GpuCase>& cases) : cases_(cases) {}

  using Build = std::function<std::string(CaseGraph&)>;
  void Add(const std::string& name, const Build& build, float tolerance = 1e-4F) {
    CaseGraph graph(random_, 17, 4);
    GpuCase added;
    added.name = "gpu_even_" + name;
    added.model = graph.Finish(build(graph), 4);
    added.height = 14;
    added.width = 10;
    added.planes = random_.Uniforms(size_t{3} * 14 * 10, -1.0F, 1.0F);
    added.tolerance = tolerance;
    cases_.push_back(std::move(added));
  }

 private:
  std::vector<GpuCase>& cases_;
  Random random_{13};
};

void AddResizes(EvenCases& cases) {
  for (const std::string mode : {"nearest", "linear"}) {
    for (const std::string transform : {"half_pixel", "pytorch_half_pixel", "asymmetric"}) {
      for (const std::string rounding : {"floor", "round_prefer_floor"}) {
        for (const float scale : {2.0F, 0.5F}) {
          const std::string name = "resize_" + mode + "_" + transform + "_" + rounding +
                                   (scale > 1.0F ? "_larger" : "_smaller");
          cases.Add(name, [&](CaseGraph& graph) {
            graph.builder().Floats("scales", {4}, {1.0F, 1.0F, scale, scale});
            return graph.Node("Resize", {graph.input(), "", "scales"},
                              {{"mode", mode},
                               {"coordinate_transformation_mode", transform},
                               {"nearest_mode", rounding}});
          });
        }
      }
    }
  }
}

// With a convolution between, so that the order of channels counts.
void AddShuffles(EvenCases& cases) {
  cases.Add("space_to_depth", [](CaseGraph& graph) {
    const std::string deep = graph.Node("SpaceToDepth", {graph.input()}, {{"blocksize", 2}});
    const std::string mixed = graph.Node("Conv", {deep, graph.Weights({16, 16, 1, 1})});
    return graph.Node("DepthToSpace", {mixed}, {{"blocksize", 2}});
  });
  cases.Add("pixel_unshuffle", [](CaseGraph& graph) {
    const std::string split =
        graph.Node("Reshape", {graph.input(), graph.Ints({1, 4, 7, 2, 5, 2})});
    const std::string turned = graph.Node("Transpose", {split}, {{"perm", {0, 1, 3, 5, 2, 4}}});
    const std::string deep = graph.Node("Reshape", {turned, graph.Ints({1, 16, 7, 5})});
    const std::string mixed = graph.Node("Conv", {deep, graph.Weights({16, 16, 1, 1})});
    return graph.Node("DepthToSpace", {mixed}, {{"blocksize", 2}, {"mode", "CRD"}});
  });
}

// Behind the convolution that every case has.
void AddActivationChains(EvenCases& cases) {
  cases.Add("tanh_behind_clip", [](CaseGraph& graph) {
    return graph.Node("Tanh", {graph.Quantize(graph.input(), 0.01F, 10)});
  });
  cases.Add("clip_behind_tanh", [](CaseGraph& graph) {
    return graph.Quantize(graph.Node("Tanh", {graph.input()}), 0.005F, 10);
  });
  cases.Add("three_activations", [](CaseGraph& graph) {
    const std::string bent = graph.Node("LeakyRelu", {graph.input()}, {{"alpha", 0.3F}});
    return graph.Node("Sigmoid", {graph.Node("HardSigmoid", {bent})});
  });
}

void AddConditional(std::vector<GpuCase>& cases) {
  Random random(12);
  for (const bool quantized : {false, true}) {
    GpuCase added;
    added.name = quantized ? "gpu_conditional_int8" : "gpu_conditional_float";
    added.model = ConditionalGenerator(RandomStyle(3), {.quantized = quantized});
    added.height = 37;
    added.width = 29;
    added.planes = random.Uniforms(size_t{3} * 37 * 29, 0.0F, 1.0F);
    added.style = RandomStyle(4);
    added.is_generator = true;
    added.tolerance = 1e-4F;
    cases.push_back(std::move(added));
  }
}

std::vector<float> PhotoPlanes(int width, int height) {
  const Image photo =
      Need(DecodeImage(ReadTestFile(SourceFolder() + "/tests/browser/fixtures/lake.jpg")));
  const Image scaled = Need(ResizeImage(photo.view(), width, height));
  std::vector<float> planes;
  for (int c = 0; c < 3; ++c) {
    for (int64_t i = 0; i < scaled.pixel_count(); ++i) {
      planes.push_back(static_cast<float>(scaled.data()[4 * i + c]) / 255.0F);
    }
  }
  return planes;
}

StyleVector BuiltInStyle(const std::string& id) {
  const std::vector<uint8_t> text = ReadTestFile(SourceFolder() + "/models/manifest.json");
  const Json manifest = Json::parse(text);
  for (const Json& style : manifest.at("styles")) {
    if (style.at("id") != id) continue;
    return Need(UnpackStyle(Need(DecodeBase64(style.at("vector").get<std::string>()))));
  }
  throw std::runtime_error("no style " + id);
}

// Its own style, and two others.
void AddPainter(std::vector<GpuCase>& cases) {
  constexpr int kWidth = 136;
  constexpr int kHeight = 104;
  for (const std::string style : {"", "starry-night", "great-wave"}) {
    GpuCase added;
    added.name = "gpu_painter_" + (style.empty() ? "own" : style);
    added.model = ReadTestFile(SourceFolder() + "/models/painter.onnx");
    added.height = kHeight;
    added.width = kWidth;
    added.planes = PhotoPlanes(kWidth, kHeight);
    if (!style.empty()) added.style = BuiltInStyle(style);
    added.is_generator = true;
    added.tolerance = 0.05F / 255.0F;
    cases.push_back(std::move(added));
  }
}

std::vector<float> ToPixels(const std::vector<float>& planes, const Shape4& shape) {
  const auto pixels = static_cast<size_t>(shape.pixels());
  std::vector<float> values;
  for (size_t i = 0; i < pixels; ++i) {
    for (size_t c = 0; c < 3; ++c) values.push_back(planes[c * pixels + i]);
  }
  return values;
}

}  // namespace

std::vector<GpuCase> AllGpuCases() {
  std::vector<GpuCase> cases;
  AddOperators(cases);
  EvenCases even(cases);
  AddResizes(even);
  AddShuffles(even);
  AddActivationChains(even);
  AddConditional(cases);
  AddPainter(cases);
  return cases;
}

MeasuredPainting MeasureAndPaint(const Network& network, const GpuCase& made) {
  PlanOptions options;
  options.precision = Precision::kFloat;
  const std::unique_ptr<Plan> plan = Need(Plan::Create(network, options));
  if (!made.style.values.empty()) {
    const Status status = plan->SetStyle(made.style);
    if (!status.ok()) throw std::runtime_error(status.message());
  }
  MeasuredPainting result;
  result.painting = RunPlan(*plan, ToPixels(made.planes, plan->input().shape));
  result.statistics = plan->statistics();
  result.channels = plan->output().shape.channels;
  return result;
}

}  // namespace brushwork
