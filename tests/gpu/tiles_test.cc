// Tiles painted one by one by a float plan of their own size, as a GPU would, against the picture
// painted as a whole.
#include "gpu/tiles.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <string>

#include "gpu/float_network.h"
#include "gpu/tile_rows.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/files.h"
#include "tests/support/operator_cases.h"
#include "tests/support/picture_builder.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

Image RandomPhoto(int width, int height, uint32_t seed) {
  Random random(seed);
  auto photo = Image::Create(width, height);
  REQUIRE(photo.ok());
  for (int64_t i = 0; i < 4 * photo->pixel_count(); ++i) {
    photo->data()[i] = static_cast<uint8_t>(random.Integer(0, 255));
  }
  return std::move(*photo);
}

std::shared_ptr<const Generator> LoadFloat(std::span<const uint8_t> onnx) {
  GeneratorOptions options;
  options.precision = GeneratorPrecision::kFloat;
  auto generator = Generator::Load(onnx, options);
  REQUIRE(generator.ok());
  return *generator;
}

// Stands for a GPU: float plans of any size with the same statistics.
class Engine {
 public:
  // Statistics of a small picture of noise.
  explicit Engine(std::shared_ptr<const Generator> generator) : generator_(std::move(generator)) {
    const auto frame = FitFrame(generator_->model(), 32, 32);
    REQUIRE(frame.ok());
    const auto plan =
        Plan::Create(ToFloatNetwork(frame->network), {.precision = Precision::kFloat});
    REQUIRE(plan.ok());
    RunPlan(**plan, 5);
    statistics_ = (*plan)->statistics();
  }

  std::vector<float> Run(const std::vector<float>& planes, int64_t height, int64_t width) const {
    const auto network = generator_->model().Specialize(height, width);
    REQUIRE(network.ok());
    const auto plan = Plan::Create(ToFloatNetwork(*network),
                                   {.precision = Precision::kFloat, .statistics_given = true});
    REQUIRE(plan.ok());
    REQUIRE((*plan)->SetStatistics(statistics_).ok());
    const auto pixels = static_cast<size_t>(height * width);
    std::vector<float> picture;
    for (size_t i = 0; i < pixels; ++i) {
      for (size_t c = 0; c < 3; ++c) picture.push_back(planes[c * pixels + i]);
    }
    const std::vector<float> painting = RunPlan(**plan, picture);
    std::vector<float> painted;
    for (size_t c = 0; c < 3; ++c) {
      for (size_t i = 0; i < painting.size() / 3; ++i) painted.push_back(painting[i * 3 + c]);
    }
    return painted;
  }

 private:
  std::shared_ptr<const Generator> generator_;
  NormStatistics statistics_;
};

struct Painted {
  Image painting;
  size_t tiles = 0;
  int64_t tile_width = 0;
};

Painted PaintInTiles(const Generator& generator, const Engine& engine, const Image& photo,
                     int64_t max_pixels) {
  const auto tiles = PaintingTiles::Create(generator, photo.width(), photo.height(), max_pixels);
  INFO(tiles.status().message());
  REQUIRE(tiles.ok());
  auto painting = Image::Create(photo.width(), photo.height());
  REQUIRE(painting.ok());
  for (size_t i = 0; i < tiles->tiles().size(); ++i) {
    if (tiles->tiles().size() > 1) CHECK(tiles->tile_height() * tiles->tile_width() <= max_pixels);
    const auto planes = tiles->Read(photo.view(), i);
    REQUIRE(planes.ok());
    const Status status =
        tiles->Write(i, engine.Run(*planes, tiles->tile_height(), tiles->tile_width()), *painting);
    INFO(status.message());
    REQUIRE(status.ok());
  }
  return {std::move(*painting), tiles->tiles().size(), tiles->tile_width()};
}

void CheckAnyCut(const std::vector<uint8_t>& onnx, int width, int height,
                 std::initializer_list<int> rows) {
  const auto generator = LoadFloat(onnx);
  const Engine engine(generator);
  const Image photo = RandomPhoto(width, height, 7);
  const Painted whole = PaintInTiles(*generator, engine, photo, int64_t{1} << 40);
  CHECK(whole.tiles == 1);
  for (const int tile_rows : rows) {
    INFO(tile_rows << " rows a tile");
    const Painted cut = PaintInTiles(*generator, engine, photo, tile_rows * whole.tile_width);
    CHECK(cut.tiles > 1);
    CHECK(std::ranges::equal(cut.painting.bytes(), whole.painting.bytes()));
  }
}

// Shrinks its picture by 4, in two ways, and brings it back, in two ways.
std::vector<uint8_t> Hourglass() {
  Random random(31);
  CaseGraph graph(random, 17, 6);
  const std::string narrow =
      graph.Node("Conv", {graph.input(), graph.Weights({8, 6, 3, 3}, -0.2F, 0.2F)},
                 {{"strides", {2, 2}}, {"pads", {1, 1, 1, 1}}});
  const std::string pooled =
      graph.Node("MaxPool", {narrow}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  const std::string normalized =
      graph.Node("InstanceNormalization", {pooled, graph.Weights({8}), graph.Weights({8})});
  const std::string wide =
      graph.Node("ConvTranspose", {normalized, graph.Weights({8, 6, 4, 4}, -0.2F, 0.2F)},
                 {{"strides", {2, 2}}, {"pads", {1, 1, 1, 1}}});
  graph.builder().Floats("scales", {4}, {1, 1, 2, 2});
  const std::string large =
      graph.Node("Resize", {wide, "", "scales"},
                 {{"mode", "linear"}, {"coordinate_transformation_mode", "half_pixel"}});
  return graph.Finish(graph.Node("Add", {large, graph.input()}), 6);
}

TEST_CASE("any cut into tiles gives the same painting", "[gpu]") {
  SECTION("our generator") {
    CheckAnyCut(ReadTestFile(SourceFolder() + "/models/painter.onnx"), 40, 700, {512, 384, 300});
  }
  SECTION("a conditional generator") {
    CheckAnyCut(ConditionalGenerator(RandomStyle(1)), 23, 61, {40, 12, 6, 4});
  }
  SECTION("an hourglass") { CheckAnyCut(Hourglass(), 30, 90, {60, 40, 25}); }
}

TEST_CASE("tiles are as high as each other and fit the model", "[gpu]") {
  const auto generator = LoadFloat(Hourglass());
  const auto tiles = PaintingTiles::Create(*generator, 30, 89, 32 * 41);
  REQUIRE(tiles.ok());
  // Frames of this model are multiples of four.
  CHECK(tiles->tile_width() == 32);
  CHECK(tiles->tile_height() == 40);
  int64_t painted = 0;
  for (const Tile& tile : tiles->tiles()) {
    CHECK(tile.read.begin % 4 == 0);
    CHECK(tile.read.size() == 40);
    CHECK(tile.painted.begin == painted);
    painted = tile.painted.end;
  }
  CHECK(painted == 89);
  CHECK(tiles->tiles().back().read.end == 92);
}

TEST_CASE("pictures of one row and of one pixel are tiles", "[gpu]") {
  const auto generator = LoadFloat(ConditionalGenerator(RandomStyle(1)));
  const Engine engine(generator);
  const auto [width, height] = GENERATE(std::pair(50, 1), std::pair(1, 50), std::pair(1, 1));
  const Painted painted =
      PaintInTiles(*generator, engine, RandomPhoto(width, height, 9), int64_t{1} << 20);
  CHECK(painted.tiles == 1);
}

TEST_CASE("models of one size have one tile, which is scaled", "[gpu]") {
  OnnxBuilder builder(17);
  builder.Input("picture", {1, 3, 12, 20});
  builder.Ints("shape", {1, 3, 12, 20});
  builder.Node("Reshape", {"picture", "shape"}, {"same"});
  builder.Node("Neg", {"same"}, {"negative"});
  builder.Float("one", 1.0F);
  builder.Node("Add", {"negative", "one"}, {"painting"});
  builder.Output("painting", {1, 3, 12, 20});
  const auto generator = LoadFloat(builder.Build());
  const auto tiles = PaintingTiles::Create(*generator, 40, 24, 10);
  INFO(tiles.status().message());
  REQUIRE(tiles.ok());
  REQUIRE(tiles->tiles().size() == 1);
  CHECK(tiles->tile_height() == 12);
  CHECK(tiles->tile_width() == 20);
  auto photo = Image::Create(40, 24);
  REQUIRE(photo.ok());
  std::fill_n(photo->data(), 4 * photo->pixel_count(), uint8_t{255});
  const auto planes = tiles->Read(photo->view(), 0);
  REQUIRE(planes.ok());
  CHECK(*planes == std::vector<float>(size_t{3} * 12 * 20, 1.0F));
  REQUIRE(tiles->Write(0, std::vector<float>(size_t{3} * 12 * 20, 0.2F), *photo).ok());
  CHECK(photo->width() == 40);
  CHECK(photo->row(23)[0] == 51);
}

TEST_CASE("what a GPU gets wrong is an error", "[gpu]") {
  const auto generator = LoadFloat(ConditionalGenerator(RandomStyle(1)));
  const auto tiles = PaintingTiles::Create(*generator, 8, 8, 1000);
  REQUIRE(tiles.ok());
  auto painting = Image::Create(8, 8);
  REQUIRE(painting.ok());
  std::vector<float> planes(size_t{3} * 8 * 8, 0.5F);
  CHECK(tiles->Write(0, planes, *painting).ok());
  CHECK(tiles->Write(1, planes, *painting).code() == StatusCode::kInvalidArgument);
  const Status few = tiles->Write(0, std::span(planes).first(100), *painting);
  CHECK(few.code() == StatusCode::kInternal);
  CHECK(few.message() == "a painted tile: got 100 values, needed 192");
  planes[77] =
      GENERATE(std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity());
  CHECK(tiles->Write(0, planes, *painting).code() == StatusCode::kInternal);
}

TEST_CASE("tiles need the rows that one row depends on, and a photo of their size", "[gpu]") {
  const auto generator = LoadFloat(ReadTestFile(SourceFolder() + "/models/painter.onnx"));
  const auto few = PaintingTiles::Create(*generator, 40, 700, 40 * 60);
  CHECK(few.status().code() == StatusCode::kInvalidArgument);
  const std::string& message = few.status().message();
  INFO(message);
  REQUIRE(message.starts_with("tiles: got 60 rows at most, needed "));
  const int needed = std::stoi(message.substr(message.rfind(' ')));
  CHECK(PaintingTiles::Create(*generator, 40, 700, 40 * needed).ok());
  const auto none = PaintingTiles::Create(*generator, 40, 700, 0);
  CHECK(none.status().code() == StatusCode::kInvalidArgument);
  const auto tiles = PaintingTiles::Create(*generator, 40, 30, 1 << 20);
  REQUIRE(tiles.ok());
  CHECK(tiles->Read(RandomPhoto(40, 31, 1).view(), 0).status().code() ==
        StatusCode::kInvalidArgument);
}

TEST_CASE("row alignment follows strides and upsampling", "[gpu]") {
  const auto alignment = [](const std::vector<uint8_t>& onnx) {
    const auto model = Model::Read(onnx);
    REQUIRE(model.ok());
    const auto network = model->Specialize(64, 64);
    REQUIRE(network.ok());
    return RowAlignment(*network);
  };
  CHECK(alignment(Hourglass()) == 4);
  CHECK(alignment(ConditionalGenerator(RandomStyle(1))) == 1);
  CHECK(alignment(ReadTestFile(SourceFolder() + "/models/painter.onnx")) == 8);
}

}  // namespace
}  // namespace brushwork
