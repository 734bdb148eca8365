// Float generators quantized on load: small ones written here, and those of others where they are.
#include "plan/quantization.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <utility>

#include "image/decode.h"
#include "image/resize.h"
#include "plan/calibration.h"
#include "plan/calibration_pictures.h"
#include "tests/support/files.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/psnr.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

constexpr ColorEncoding kUnit{0.0F, 1.0F, ChannelOrder::kRgb};
constexpr ColorEncoding kSigned{-1.0F, 1.0F, ChannelOrder::kRgb};
constexpr ColorEncoding kBytes{0.0F, 255.0F, ChannelOrder::kBgr};

template <typename T>
T Need(StatusOr<T> value) {
  INFO(value.status().message());
  REQUIRE(value.ok());
  return std::move(value).value();
}

// Adds convolutions and normalizations with weights of their own.
class GeneratorBuilder {
 public:
  explicit GeneratorBuilder(uint32_t seed) : random_(seed) {
    builder.Input("x", {1, 3, -1, -1});
    builder.Floats("scales", {4}, {1.0F, 1.0F, 2.0F, 2.0F});
  }

  void Convolution(const std::string& input, const std::string& output, int64_t from, int64_t to,
                   int64_t stride = 1) {
    Weights(output, {to, from, 3, 3});
    builder.Node("Conv", {input, output + "_w", output + "_b"}, {output},
                 {{"pads", {1, 1, 1, 1}}, {"strides", {stride, stride}}});
  }
  void TransposedConvolution(const std::string& input, const std::string& output, int64_t from,
                             int64_t to) {
    Weights(output, {from, to, 4, 4}, to);
    builder.Node("ConvTranspose", {input, output + "_w", output + "_b"}, {output},
                 {{"pads", {1, 1, 1, 1}}, {"strides", {2, 2}}});
  }
  // With channels of very different spread.
  void Normalization(const std::string& input, const std::string& output, int64_t channels) {
    const size_t count = static_cast<size_t>(channels);
    builder.Floats(output + "_s", {channels}, random_.Uniforms(count, 0.1F, 2.0F));
    builder.Floats(output + "_t", {channels}, random_.Uniforms(count, -0.5F, 0.5F));
    builder.Node("InstanceNormalization", {input, output + "_s", output + "_t"}, {output});
  }
  void Block(const std::string& input, const std::string& output, int64_t from, int64_t to,
             int64_t stride = 1) {
    Convolution(input, output + "_c", from, to, stride);
    Normalization(output + "_c", output + "_n", to);
    builder.Node("Relu", {output + "_n"}, {output});
  }

  OnnxBuilder builder{17};

 private:
  void Weights(const std::string& name, const std::vector<int64_t>& dims, int64_t outputs = 0) {
    size_t count = 1;
    for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
    if (outputs == 0) outputs = dims[0];
    builder.Floats(name + "_w", dims, random_.Uniforms(count, -0.2F, 0.25F));
    builder.Floats(name + "_b", {outputs},
                   random_.Uniforms(static_cast<size_t>(outputs), -0.1F, 0.1F));
  }

  Random random_;
};

// Shrinks, a residual block, grows by nearest neighbour and by a transposed convolution; `end` is
// the operator of the last layer.
std::vector<uint8_t> Hourglass(const std::string& end, uint32_t seed = 1) {
  GeneratorBuilder generator(seed);
  OnnxBuilder& builder = generator.builder;
  builder.Ints("pads", {0, 0, 2, 2, 0, 0, 2, 2});
  builder.Node("Pad", {"x", "pads"}, {"padded"}, {{"mode", "reflect"}});
  builder.Ints("begin", {2, 2}).Ints("end", {-2, -2}).Ints("axes", {2, 3});
  generator.Block("padded", "first", 3, 8);
  generator.Block("first", "down", 8, 16, 2);
  generator.Block("down", "down2", 16, 16, 2);
  generator.Block("down2", "inner", 16, 16);
  generator.Convolution("inner", "inner2", 16, 16);
  generator.Normalization("inner2", "inner3", 16);
  builder.Node("Add", {"down2", "inner3"}, {"sum"});
  builder.Node("Resize", {"sum", "", "scales"}, {"large"},
               {{"mode", "nearest"},
                {"coordinate_transformation_mode", "asymmetric"},
                {"nearest_mode", "floor"}});
  generator.Block("large", "up", 16, 16);
  generator.TransposedConvolution("up", "up2", 16, 8);
  generator.Normalization("up2", "up3", 8);
  builder.Node("Relu", {"up3"}, {"up4"});
  generator.Convolution("up4", "last", 8, 3);
  builder.Node("Slice", {"last", "begin", "end", "axes"}, {"cropped"});
  builder.Float("zero", 0.0F).Float("one", 1.0F);
  if (end == "Clip") {
    builder.Node(end, {"cropped", "zero", "one"}, {"y"});
  } else {
    builder.Node(end, {"cropped"}, {"y"});
  }
  builder.Output("y");
  return builder.Build();
}

std::vector<float> ToModel(const Image& image, const ColorEncoding& encoding) {
  std::vector<float> values(static_cast<size_t>(image.pixel_count()) * 3);
  const Shape4 shape{1, image.height(), image.width(), 3};
  REQUIRE(
      PictureToTensor(image.view(), encoding, {values.data(), shape, DataType::kFloat32, {}}).ok());
  return values;
}

// A picture that calibration doesn't see.
std::vector<float> UnseenPicture(int width, int height, const ColorEncoding& encoding) {
  const std::vector<Image> images = Need(MakeCalibrationPictures(5, std::max({width, height, 16})));
  return ToModel(Need(ResizeImage(images[4].view(), width, height)), encoding);
}

struct Outcome {
  double psnr = 0.0;
  bool all_int8 = true;
};

// The quantized network's painting against the float one's, with statistics of the whole picture.
Outcome Compare(const Model& model, const QuantizationRecipe& recipe, int width, int height,
                const std::vector<float>& picture, const CalibrationOptions& options) {
  const Network network = Need(model.Specialize(height, width));
  const Network quantized = Need(QuantizeNetwork(network, recipe));
  const auto exact = Need(Plan::Create(network, {.precision = Precision::kFloat}));
  const auto plan = Need(Plan::Create(quantized, {}));
  Outcome outcome;
  outcome.psnr = PaintingPsnr(RunPlan(*exact, picture), RunPlan(*plan, picture), options.output);
  for (const StepInfo& step : plan->steps()) {
    if (step.type != DataType::kInt8) UNSCOPED_INFO(step.name << " (" << step.kind << ")");
    outcome.all_int8 = outcome.all_int8 && step.type == DataType::kInt8;
  }
  outcome.all_int8 = outcome.all_int8 && plan->output().type == DataType::kInt8;
  return outcome;
}

CalibrationOptions Options(const ColorEncoding& input, const ColorEncoding& output) {
  CalibrationOptions options;
  options.input = input;
  options.output = output;
  options.attempts = 0;
  return options;
}

const LayerRecipe& LayerOf(const QuantizationRecipe& recipe, const std::string& name) {
  const auto found = std::ranges::find(recipe.layers, name, &LayerRecipe::name);
  REQUIRE(found != recipe.layers.end());
  return *found;
}

}  // namespace

TEST_CASE("quantization: every layer in int8, close to float, at any size", "[quantization]") {
  struct End {
    const char* operation;
    ColorEncoding encoding;
  };
  for (const End& end : {End{"Tanh", kSigned}, End{"Sigmoid", kUnit}, End{"Clip", kUnit}}) {
    CAPTURE(end.operation);
    const Model model = Need(Model::Read(Hourglass(end.operation)));
    const CalibrationOptions options = Options(kUnit, end.encoding);
    const QuantizationRecipe recipe = Need(CalibrateModel(model, {.side = 64}, options));
    CHECK(recipe.psnr > 26.0);
    for (const auto& [width, height] : {std::pair{64, 64}, {96, 40}}) {
      CAPTURE(width, height);
      const Outcome outcome =
          Compare(model, recipe, width, height, UnseenPicture(width, height, kUnit), options);
      CHECK(outcome.all_int8);
      CHECK(outcome.psnr > 26.0);
    }
  }
}

TEST_CASE("quantization: per-channel arithmetic at both ends", "[quantization]") {
  // What torch and the like put around a generator: less the mean of the colours, and back.
  GeneratorBuilder generator(3);
  OnnxBuilder& builder = generator.builder;
  builder.Floats("mean", {3, 1, 1}, {104.0F, 117.0F, 124.0F}).Float("gain", 150.0F);
  builder.Node("Sub", {"x", "mean"}, {"centered"});
  generator.Block("centered", "first", 3, 16);
  generator.Convolution("first", "last", 16, 3);
  builder.Node("Tanh", {"last"}, {"t"}).Node("Mul", {"t", "gain"}, {"scaled"});
  builder.Node("Add", {"scaled", "mean"}, {"y"}).Output("y");
  const Model model = Need(Model::Read(builder.Build()));
  const CalibrationOptions options = Options(kBytes, kBytes);
  const QuantizationRecipe recipe = Need(CalibrateModel(model, {.side = 64}, options));
  CHECK(recipe.input == Quantization{1.0F, -128});
  const Outcome outcome = Compare(model, recipe, 48, 64, UnseenPicture(48, 64, kBytes), options);
  CHECK(outcome.all_int8);
  CHECK(outcome.psnr > 32.0);
}

TEST_CASE("quantization: the same recipe every time", "[quantization]") {
  const Model model = Need(Model::Read(Hourglass("Clip")));
  const CalibrationOptions options = Options(kUnit, kUnit);
  const QuantizationRecipe first = Need(CalibrateModel(model, {.side = 32, .count = 2}, options));
  const QuantizationRecipe second = Need(CalibrateModel(model, {.side = 32, .count = 2}, options));
  REQUIRE(first.layers.size() == second.layers.size());
  CHECK(first.picture_psnr == second.picture_psnr);
  for (size_t i = 0; i < first.layers.size(); ++i) {
    CHECK(first.layers[i].output == second.layers[i].output);
    CHECK(first.layers[i].bias == second.layers[i].bias);
    CHECK(first.layers[i].input_scale == second.layers[i].input_scale);
    REQUIRE((first.layers[i].filter == nullptr) == (second.layers[i].filter == nullptr));
    if (first.layers[i].filter == nullptr) continue;
    CHECK(first.layers[i].filter->quantized == second.layers[i].filter->quantized);
  }
}

TEST_CASE("quantization: what int8 can't hold stays in float", "[quantization]") {
  GeneratorBuilder generator(5);
  OnnxBuilder& builder = generator.builder;
  std::string unfit;
  generator.Block("x", "first", 3, 8);
  generator.Convolution("first", "middle", 8, 8);
  SECTION("a small signal on a large constant") {
    builder.Float("much", 10000.0F);
    builder.Node("Add", {"middle", "much"}, {"raised"});
    generator.Convolution("raised", "next", 8, 8);
    generator.Normalization("next", "normalized", 8);
    unfit = "middle";
  }
  SECTION("values that are not finite") {
    builder.Float("much", 10000.0F).Float("low", -1.0F).Float("high", 1.0F);
    builder.Node("Mul", {"middle", "much"}, {"raised"});
    builder.Node("Exp", {"raised"}, {"infinite"});
    builder.Node("Clip", {"infinite", "low", "high"}, {"finite"});
    generator.Convolution("finite", "normalized", 8, 8);
    unfit = "infinite";
  }
  generator.Convolution("normalized", "last", 8, 3);
  builder.Node("Sigmoid", {"last"}, {"y"}).Output("y");
  const Model model = Need(Model::Read(builder.Build()));
  const CalibrationOptions options = Options(kUnit, kUnit);
  const QuantizationRecipe recipe = Need(CalibrateModel(model, {.side = 48}, options));
  CHECK_FALSE(LayerOf(recipe, unfit).output.has_value());
  CHECK(LayerOf(recipe, "first_c").int8);
  CHECK(LayerOf(recipe, "last").int8);
  CHECK(recipe.psnr > 25.0);
  const Outcome outcome = Compare(model, recipe, 48, 48, UnseenPicture(48, 48, kUnit), options);
  CHECK_FALSE(outcome.all_int8);
  CHECK(outcome.psnr > 25.0);
}

TEST_CASE("quantization: more stays in float for a better painting", "[quantization]") {
  const Model model = Need(Model::Read(Hourglass("Clip")));
  CalibrationOptions options = Options(kUnit, kUnit);
  const QuantizationRecipe all = Need(CalibrateModel(model, {.side = 48}, options));
  options.attempts = 1;
  options.target_psnr = 100.0;
  const QuantizationRecipe better = Need(CalibrateModel(model, {.side = 48}, options));
  CHECK(better.psnr > all.psnr);
  // The first convolution computes in int8 all the same.
  CHECK(LayerOf(better, "first_c").int8);
  CHECK_FALSE(LayerOf(better, "first_c").output.has_value());
}

TEST_CASE("quantization: recipes are for one network", "[quantization]") {
  const CalibrationOptions options = Options(kUnit, kUnit);
  const Model model = Need(Model::Read(Hourglass("Clip", 1)));
  const QuantizationRecipe recipe = Need(CalibrateModel(model, {.side = 32, .count = 1}, options));
  for (const auto& other : {Hourglass("Clip", 2), Hourglass("Tanh", 1)}) {
    const Network network = Need(Need(Model::Read(other)).Specialize(32, 32));
    CHECK(QuantizeNetwork(network, recipe).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(QuantizeNetwork(Network{}, recipe).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("calibration: what it refuses", "[quantization]") {
  const CalibrationOptions options = Options(kUnit, kUnit);
  const Model model = Need(Model::Read(Hourglass("Clip")));
  const Network network = Need(model.Specialize(32, 32));
  const auto code = [&](const Network& refused, std::vector<std::vector<float>> inputs) {
    return Calibrate(refused, inputs, options).status().code();
  };
  std::vector<float> picture = UnseenPicture(32, 32, kUnit);
  CHECK(code(network, {}) == StatusCode::kInvalidArgument);
  CHECK(code(network, {{1.0F, 2.0F}}) == StatusCode::kInvalidArgument);
  const QuantizationRecipe recipe = Need(Calibrate(network, {&picture, 1}, options));
  const Network quantized = Need(QuantizeNetwork(network, recipe));
  CHECK(code(quantized, {picture}) == StatusCode::kInvalidArgument);

  GeneratorBuilder damaged(1);
  damaged.Block("x", "first", 3, 8);
  damaged.builder.Filled("w", {3, 8, 1, 1}, std::numeric_limits<float>::quiet_NaN());
  damaged.builder.Node("Conv", {"first", "w"}, {"y"}).Output("y");
  const Model bad = Need(Model::Read(damaged.builder.Build()));
  CHECK(code(Need(bad.Specialize(32, 32)), {picture}) == StatusCode::kInvalidArgument);

  picture[7] = std::numeric_limits<float>::infinity();
  CHECK(code(network, {picture}) == StatusCode::kInvalidArgument);
}

TEST_CASE("calibration pictures are the same everywhere", "[quantization]") {
  const std::vector<Image> images = Need(MakeCalibrationPictures(4, 64));
  uint32_t hash = 2166136261U;  // FNV-1a
  std::vector<double> means;
  for (const Image& image : images) {
    double sum = 0.0;
    for (const uint8_t byte : image.bytes()) {
      hash = (hash ^ byte) * 16777619U;
      sum += byte;
    }
    means.push_back(sum / static_cast<double>(image.bytes().size()));
    CHECK(image.width() == 64);
  }
  CHECK(hash == 929856974U);
  CHECK(means[1] < means[0]);  // dark
  CHECK(means[2] > means[0]);  // bright
  CHECK(MakeCalibrationPictures(0, 64).status().code() == StatusCode::kInvalidArgument);
  CHECK(MakeCalibrationPictures(1, 15).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("quantization: generators of others", "[quantization]") {
  const std::string photos = DataFolder() + "/photos/eval/";
  for (const auto& [name, median] : {std::pair{"candy", 29.0}, {"udnie", 34.0}}) {
    const std::string path = DataFolder() + "/third_party/" + name + ".onnx";
    if (!FileExists(path) || !FileExists(photos + "kodak_01.jpg")) {
      SKIP("no third-party generators or photos in " << DataFolder());
    }
    CAPTURE(name);
    const Model model = Need(Model::Read(ReadTestFile(path)));
    CalibrationOptions options;
    options.input = options.output = kBytes;
    const QuantizationRecipe recipe = Need(CalibrateModel(model, {}, options));
    std::vector<double> psnr;
    for (const char* photo : {"kodak_01", "kodak_09", "kodak_17"}) {
      const Image image = Need(DecodeImage(ReadTestFile(photos + photo + ".jpg")));
      const Image scaled = Need(ResizeImage(image.view(), 384, 256));
      psnr.push_back(Compare(model, recipe, 384, 256, ToModel(scaled, kBytes), options).psnr);
    }
    std::ranges::sort(psnr);
    CHECK(psnr[1] >= median);
    CHECK(psnr[0] >= 24.0);
  }
}

}  // namespace brushwork
