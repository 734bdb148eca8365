// Tiles painted one by one by a float plan of their own size, as a GPU would, against the picture
// painted as a whole.
#include "gpu/tiles.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <string>

#include "gpu/float_network.h"
#include "plan/plan.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/files.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/operator_cases.h"
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

Model Read(std::span<const uint8_t> onnx) {
  auto model = Model::Read(onnx);
  INFO(model.status().message());
  REQUIRE(model.ok());
  return std::move(*model);
}

StatusOr<PaintingTiles> CutPicture(const Model& model, int width, int height, int64_t max_pixels) {
  return PaintingTiles::Create(model, {}, {}, width, height, max_pixels);
}

// Stands for a GPU: float plans of any size with the same statistics.
class Engine {
 public:
  // Statistics of a small picture of noise.
  explicit Engine(const Model& model) : model_(model) {
    const auto frame = FitFrame(model_, 32, 32);
    REQUIRE(frame.ok());
    const auto plan =
        Plan::Create(ToFloatNetwork(frame->network), {.precision = Precision::kFloat});
    REQUIRE(plan.ok());
    RunPlan(**plan, 5);
    statistics_ = (*plan)->statistics();
  }

  std::vector<float> Run(const std::vector<float>& planes, int64_t height, int64_t width) const {
    const auto network = model_.Specialize(height, width);
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
  const Model& model_;
  NormStatistics statistics_;
};

struct Painted {
  std::vector<uint8_t> bytes;
  size_t tiles = 0;
  int64_t tile_width = 0;
};

// The photo's rows that the tile reads, and no others.
StatusOr<std::vector<float>> ReadRows(const PaintingTiles& tiles, const Image& photo, size_t tile) {
  const RowRange rows = tiles.PhotoRows(tile);
  const ImageView view{photo.row(static_cast<int>(rows.begin)), photo.width(),
                       static_cast<int>(rows.size())};
  return tiles.Read({view, rows.begin, photo.height()}, tile);
}

Painted PaintInTiles(const Model& model, const Engine& engine, const Image& photo,
                     int64_t max_pixels) {
  const auto tiles = CutPicture(model, photo.width(), photo.height(), max_pixels);
  INFO(tiles.status().message());
  REQUIRE(tiles.ok());
  Painted painted{{}, tiles->tiles().size(), tiles->tile_width()};
  for (size_t i = 0; i < painted.tiles; ++i) {
    if (painted.tiles > 1) CHECK(tiles->tile_height() * tiles->tile_width() <= max_pixels);
    const auto planes = ReadRows(*tiles, photo, i);
    INFO(planes.status().message());
    REQUIRE(planes.ok());
    const auto rows =
        tiles->Write(i, engine.Run(*planes, tiles->tile_height(), tiles->tile_width()));
    INFO(rows.status().message());
    REQUIRE(rows.ok());
    CHECK(rows->width() == photo.width());
    CHECK(rows->height() == tiles->tiles()[i].painted.size());
    painted.bytes.insert(painted.bytes.end(), rows->bytes().begin(), rows->bytes().end());
  }
  CHECK(painted.bytes.size() == photo.bytes().size());
  return painted;
}

void CheckAnyCut(const std::vector<uint8_t>& onnx, int width, int height,
                 std::initializer_list<int> rows) {
  const Model model = Read(onnx);
  const Engine engine(model);
  const Image photo = RandomPhoto(width, height, 7);
  const Painted whole = PaintInTiles(model, engine, photo, int64_t{1} << 40);
  CHECK(whole.tiles == 1);
  for (const int tile_rows : rows) {
    INFO(tile_rows << " rows a tile");
    const Painted cut = PaintInTiles(model, engine, photo, tile_rows * whole.tile_width);
    CHECK(cut.tiles > 1);
    CHECK(cut.bytes == whole.bytes);
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
  const Model model = Read(Hourglass());
  const auto tiles = CutPicture(model, 30, 89, 32 * 41);
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
  const Model model = Read(ConditionalGenerator(RandomStyle(1)));
  const Engine engine(model);
  const auto [width, height] = GENERATE(std::pair(50, 1), std::pair(1, 50), std::pair(1, 1));
  const Painted painted =
      PaintInTiles(model, engine, RandomPhoto(width, height, 9), int64_t{1} << 20);
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
  const Model model = Read(builder.Build());
  const auto tiles = CutPicture(model, 40, 24, 10);
  INFO(tiles.status().message());
  REQUIRE(tiles.ok());
  REQUIRE(tiles->tiles().size() == 1);
  CHECK(tiles->tile_height() == 12);
  CHECK(tiles->tile_width() == 20);
  auto photo = Image::Create(40, 24);
  REQUIRE(photo.ok());
  std::fill_n(photo->data(), 4 * photo->pixel_count(), uint8_t{255});
  CHECK(tiles->PhotoRows(0) == RowRange{0, 24});
  const auto planes = ReadRows(*tiles, *photo, 0);
  REQUIRE(planes.ok());
  CHECK(*planes == std::vector<float>(size_t{3} * 12 * 20, 1.0F));
  const auto painting = tiles->Write(0, std::vector<float>(size_t{3} * 12 * 20, 0.2F));
  REQUIRE(painting.ok());
  CHECK(painting->width() == 40);
  REQUIRE(painting->height() == 24);
  CHECK(painting->row(23)[0] == 51);
}

TEST_CASE("what a GPU gets wrong is an error", "[gpu]") {
  const Model model = Read(ConditionalGenerator(RandomStyle(1)));
  const auto tiles = CutPicture(model, 8, 8, 1000);
  REQUIRE(tiles.ok());
  std::vector<float> planes(size_t{3} * 8 * 8, 0.5F);
  CHECK(tiles->Write(0, planes).ok());
  CHECK(tiles->Write(1, planes).status().code() == StatusCode::kInvalidArgument);
  const Status few = tiles->Write(0, std::span(planes).first(100)).status();
  CHECK(few.code() == StatusCode::kInternal);
  CHECK(few.message() == "a painted tile: got 100 values, needed 192");
  planes[77] =
      GENERATE(std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity());
  CHECK(tiles->Write(0, planes).status().code() == StatusCode::kInternal);
}

TEST_CASE("tiles need the rows that one row depends on, and a photo of their size", "[gpu]") {
  const Model model = Read(ReadTestFile(SourceFolder() + "/models/painter.onnx"));
  const auto few = CutPicture(model, 40, 700, 40 * 60);
  CHECK(few.status().code() == StatusCode::kInvalidArgument);
  const std::string& message = few.status().message();
  INFO(message);
  REQUIRE(message.starts_with("tiles: got 60 rows at most, needed "));
  const int needed = std::stoi(message.substr(message.rfind(' ')));
  CHECK(CutPicture(model, 40, 700, 40 * needed).ok());
  const auto none = CutPicture(model, 40, 700, 0);
  CHECK(none.status().code() == StatusCode::kInvalidArgument);
  const auto tiles = CutPicture(model, 40, 30, 1 << 20);
  REQUIRE(tiles.ok());
  const Image photo = RandomPhoto(40, 30, 1);
  CHECK(tiles->Read({photo.view(), 0, 31}, 0).status().code() == StatusCode::kInvalidArgument);
  CHECK(tiles->Read({photo.view(), 0, 30}, 1).status().code() == StatusCode::kInvalidArgument);
  const ImageView lower{photo.row(1), 40, 29};
  CHECK(tiles->Read({lower, 1, 30}, 0).status().message() ==
        "tile 0: got rows 1 to 30 of a photo of 40x30 pixels, needed 0 to 30 of 40x30");
}

TEST_CASE("row alignment follows strides and upsampling", "[gpu]") {
  const auto alignment = [](const std::vector<uint8_t>& onnx) {
    const auto network = Read(onnx).Specialize(64, 64);
    REQUIRE(network.ok());
    return RowAlignment(*network);
  };
  CHECK(alignment(Hourglass()) == 4);
  // Far more than any picture has rows.
  OnnxBuilder builder(17);
  builder.Input("x0", {1, 3, -1, -1});
  builder.Filled("weights", {3, 3, 1, 1}, 0.5F);
  for (int i = 0; i < 8; ++i) {
    builder.Node("Conv", {"x" + std::to_string(i), "weights"}, {"x" + std::to_string(i + 1)},
                 {{"strides", {int64_t{1} << 20, int64_t{1} << 20}}});
  }
  builder.Output("x8");
  CHECK(alignment(builder.Build()) >= kMaxImageDimension);
  CHECK(alignment(ConditionalGenerator(RandomStyle(1))) == 1);
  CHECK(alignment(ReadTestFile(SourceFolder() + "/models/painter.onnx")) == 8);
}

}  // namespace
}  // namespace brushwork
