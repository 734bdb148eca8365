// Pad, Slice, Resize, Concat and the pixel shuffles, spelled by name or by Reshape and Transpose.
#include "model/view.h"
#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;

Network Padded(const std::vector<int64_t>& pads, const char* mode, int64_t height, int64_t width) {
  TestGraph graph;
  const std::string y = graph.Node("Pad", {"x", graph.Ints(pads)}, {{"mode", mode}});
  return NetworkOf(graph.Finish(y), height, width);
}

}  // namespace

TEST_CASE("padding: modes and amounts") {
  const Network reflect = Padded({0, 0, 1, 2, 0, 0, 3, 4}, "reflect", 7, 9);
  CHECK(OutputShape(reflect) == Shape4{1, 11, 15, 3});
  CHECK(Only<PadLayer>(reflect).mode == PadMode::kReflect);
  CHECK(Only<PadLayer>(reflect).padding == Padding2d{1, 2, 3, 4});
  CHECK(Only<PadLayer>(Padded({0, 0, 1, 0, 0, 0, 0, 0}, "edge", 2, 2)).mode == PadMode::kEdge);
  CHECK(Padded({0, 0, 0, 0, 0, 0, 0, 0}, "edge", 2, 2).layers.empty());
}

TEST_CASE("padding: a constant, axes") {
  TestGraph graph(18);
  const std::string y =
      graph.Node("Pad", {"x", graph.Ints({1, 2, 3, 4}), graph.Scalar(-1.5F), graph.Ints({-1, 2})});
  const Network network = NetworkOf(graph.Finish(y), 5, 6);
  const auto& layer = Only<PadLayer>(network);
  CHECK(layer.mode == PadMode::kConstant);
  CHECK(layer.value == -1.5F);
  CHECK(layer.padding == Padding2d{2, 1, 4, 3});
}

TEST_CASE("padding: negative amounts crop") {
  const Network network = Padded({0, 0, -2, 1, 0, 0, -1, 0}, "edge", 9, 5);
  CHECK(KindsOf(network) == Kinds{"slice", "edge padding"});
  CHECK(Only<SliceLayer>(network).begin == std::array<int64_t, 4>{0, 2, 0, 0});
  CHECK(OutputShape(network) == Shape4{1, 6, 6, 3});
}

TEST_CASE("padding: errors") {
  TestGraph small;
  small.builder.Ints("pads", {0, 0, 4, 4, 0, 0, 4, 4});
  small.builder.Node("Pad", {"x", "pads"}, {"y"}, {{"mode", "reflect"}}, "Pad_3");
  const Status error = ErrorOf(small.Finish("y"), 2, 8);
  CHECK(error.code() == StatusCode::kInvalidArgument);
  CHECK(error.message() == "node 'Pad_3': reflect padding of 4 needs more than 4 rows, got 2");

  TestGraph wrap(19);
  const Status mode = ErrorOf(wrap.Finish(
      wrap.Node("Pad", {"x", wrap.Ints({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", "wrap"}}, "p")));
  CHECK(mode.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(mode.message(), "node 'p': operator 'Pad': mode 'wrap' is not supported"));

  TestGraph channels;
  const Status more = ErrorOf(
      channels.Finish(channels.Node("Pad", {"x", channels.Ints({0, 1, 0, 0, 0, 0, 0, 0})})));
  CHECK(Contains(more.message(), "only height and width can be padded"));
}

TEST_CASE("slices: ends far away, negative numbers and steps") {
  TestGraph graph;
  const std::string y =
      graph.Node("Slice", {graph.Wide(8), graph.Ints({-5, 1, 0}), graph.Ints({INT64_MAX, -2, 9}),
                           graph.Ints({1, 2, -1}), graph.Ints({2, 3, 1})});
  const Network network = NetworkOf(graph.Finish(y), 14, 9);
  const auto& layer = Only<SliceLayer>(network);
  CHECK(layer.begin == std::array<int64_t, 4>{0, 1, 0, 3});
  CHECK(layer.step == std::array<int64_t, 4>{1, 3, 1, 2});
  CHECK(OutputShape(network) == Shape4{1, 4, 9, 3});
}

TEST_CASE("slices: of everything is nothing, to nothing is an error") {
  TestGraph all;
  const std::string whole =
      all.Node("Slice", {"x", all.Ints({0}), all.Ints({INT64_MAX}), all.Ints({2})});
  CHECK(NetworkOf(all.Finish(all.Node("Relu", {whole})), 4, 4).layers.size() == 1);
  TestGraph none;
  const Status error = ErrorOf(none.Finish(
      none.Node("Slice", {"x", none.Ints({300}), none.Ints({400}), none.Ints({2})}, {}, "s")));
  CHECK(error.code() == StatusCode::kInvalidArgument);
  CHECK(Contains(error.message(), "node 's'"));
  TestGraph back;
  const Status reversed = ErrorOf(back.Finish(back.Node(
      "Slice", {"x", back.Ints({-1}), back.Ints({-99}), back.Ints({3}), back.Ints({-1})})));
  CHECK(Contains(reversed.message(), "negative steps are not supported"));
}

TEST_CASE("resize: scales and sizes") {
  TestGraph by_scale(13);
  const std::string y =
      by_scale.Node("Resize", {"x", "", by_scale.Floats({4}, {1.0F, 1.0F, 2.5F, 0.5F})},
                    {{"mode", "linear"}, {"coordinate_transformation_mode", "align_corners"}});
  const Network scaled = NetworkOf(by_scale.Finish(y), 5, 7);
  CHECK(OutputShape(scaled) == Shape4{1, 12, 3, 3});
  CHECK(Only<ResizeLayer>(scaled).mode == ResizeMode::kLinear);
  CHECK(Only<ResizeLayer>(scaled).transform == CoordinateTransform::kAlignCorners);
  CHECK(Only<ResizeLayer>(scaled).scale_height == 2.5F);

  TestGraph by_size(18);
  const std::string z = by_size.Node("Resize", {"x", "", "", by_size.Ints({10, 21})},
                                     {{"axes", {2, 3}}, {"nearest_mode", "ceil"}});
  const Network sized = NetworkOf(by_size.Finish(z), 5, 7);
  CHECK(OutputShape(sized) == Shape4{1, 10, 21, 3});
  CHECK(Only<ResizeLayer>(sized).transform == CoordinateTransform::kHalfPixel);
  CHECK(Only<ResizeLayer>(sized).rounding == NearestRounding::kCeil);
  CHECK(Only<ResizeLayer>(sized).scale_width == 3.0F);
}

TEST_CASE("resize: opset 11 with an empty roi, Upsample") {
  TestGraph eleven(11);
  const std::string y = eleven.Node(
      "Resize", {"x", eleven.Floats({0}, {}), eleven.Floats({4}, {1.0F, 1.0F, 2.0F, 2.0F})},
      {{"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}});
  CHECK(OutputShape(NetworkOf(eleven.Finish(y), 5, 7)) == Shape4{1, 10, 14, 3});
  TestGraph nine(11);
  const std::string z = nine.Node("Upsample", {"x", nine.Floats({4}, {1.0F, 1.0F, 3.0F, 3.0F})});
  const Network upsampled = NetworkOf(nine.Finish(z), 5, 7);
  CHECK(OutputShape(upsampled) == Shape4{1, 15, 21, 3});
  CHECK(Only<ResizeLayer>(upsampled).transform == CoordinateTransform::kAsymmetric);
  CHECK(Only<ResizeLayer>(upsampled).rounding == NearestRounding::kFloor);
}

TEST_CASE("resize: what is not supported") {
  const auto error = [](const Attributes& attributes) {
    TestGraph graph(19);
    return ErrorOf(graph.Finish(graph.Node(
        "Resize", {"x", "", graph.Floats({4}, {1.0F, 1.0F, 2.0F, 2.0F})}, attributes, "r")));
  };
  for (const Status& status :
       {error({{"mode", "cubic"}}), error({{"antialias", 1}, {"mode", "linear"}}),
        error({{"coordinate_transformation_mode", "tf_crop_and_resize"}}),
        error({{"exclude_outside", 1}}), error({{"keep_aspect_ratio_policy", "not_larger"}})}) {
    CHECK(status.code() == StatusCode::kUnsupportedModel);
    CHECK(Contains(status.message(), "node 'r': operator 'Resize': "));
  }
}

TEST_CASE("concatenation: axes, constants, mismatches") {
  TestGraph graph;
  const std::string wide = graph.Wide(8);
  const std::string y = graph.Node("Concat", {wide, "x", wide}, {{"axis", -3}});
  const Network network = NetworkOf(graph.Finish(y, 19), 6, 5);
  CHECK(Only<ConcatLayer>(network).axis == 3);
  CHECK(OutputShapeOf<ConcatLayer>(network) == Shape4{1, 6, 5, 19});
  TestGraph rows;
  const std::string z = rows.Node("Concat", {"x", "x"}, {{"axis", 2}});
  CHECK(OutputShape(NetworkOf(rows.Finish(z), 6, 5)) == Shape4{1, 12, 5, 3});
  TestGraph wrong;
  const std::string small =
      wrong.Node("MaxPool", {"x"}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  const Status error =
      ErrorOf(wrong.Finish(wrong.Node("Concat", {"x", small}, {{"axis", 1}}, "c")));
  CHECK(error.code() == StatusCode::kInvalidArgument);
  CHECK(Contains(error.message(), "node 'c': cannot join [1, 3, 8, 8] to "));
}

TEST_CASE("shuffles: by name") {
  TestGraph graph;
  const std::string deep = graph.Node("SpaceToDepth", {"x"}, {{"blocksize", 2}});
  const std::string y = graph.Node("DepthToSpace", {deep}, {{"blocksize", 2}, {"mode", "CRD"}});
  const Network network = NetworkOf(graph.Finish(y), 6, 10);
  CHECK(OutputShapeOf<SpaceToDepthLayer>(network) == Shape4{1, 3, 5, 12});
  CHECK(OutputShape(network) == Shape4{1, 6, 10, 3});
  CHECK(Only<DepthToSpaceLayer>(network).order == ShuffleOrder::kCrd);
  TestGraph odd;
  const Status error =
      ErrorOf(odd.Finish(odd.Node("SpaceToDepth", {"x"}, {{"blocksize", 2}}, "s"), 12), 6, 7);
  CHECK(error.message() == "node 's': needs columns divisible by 2, got 7");
}

namespace {

struct Spelling {
  std::vector<int64_t> split;
  std::vector<int64_t> order;
  std::vector<int64_t> join;
};

Network Spelled(const Spelling& spelling, int64_t channels) {
  TestGraph graph;
  const std::string split = graph.Node("Reshape", {graph.Wide(12), graph.Ints(spelling.split)});
  const std::string moved = graph.Node("Transpose", {split}, {{"perm", spelling.order}});
  const std::string y = graph.Node("Reshape", {moved, graph.Ints(spelling.join)});
  return NetworkOf(graph.Finish(graph.Node("Relu", {y}), channels), 4, 6);
}

}  // namespace

TEST_CASE("shuffles: spelled with Reshape and Transpose") {
  const Network dcr = Spelled({{1, 2, 2, 3, 4, 6}, {0, 3, 4, 1, 5, 2}, {1, 3, 8, 12}}, 3);
  // What works element by element needs no order, and the shuffle waits for what does.
  CHECK(KindsOf(dcr) == Kinds{"convolution", "ReLU", "depth to space", "convolution"});
  CHECK(Only<DepthToSpaceLayer>(dcr).order == ShuffleOrder::kDcr);
  CHECK(Only<DepthToSpaceLayer>(dcr).block == 2);
  const Network crd = Spelled({{-1, 3, 2, 2, 4, 6}, {0, 1, 4, 2, 5, 3}, {1, 3, 8, -1}}, 3);
  CHECK(Only<DepthToSpaceLayer>(crd).order == ShuffleOrder::kCrd);
  CHECK(OutputShapeOf<DepthToSpaceLayer>(crd) == Shape4{1, 8, 12, 3});
  const Network deep_dcr = Spelled({{1, 12, 2, 2, 3, 2}, {0, 3, 5, 1, 2, 4}, {1, 48, 2, 3}}, 48);
  CHECK(Only<SpaceToDepthLayer>(deep_dcr).order == ShuffleOrder::kDcr);
  const Network deep_crd = Spelled({{1, 12, 2, 2, 3, 2}, {0, 1, 3, 5, 2, 4}, {1, 48, 2, 3}}, 48);
  CHECK(Only<SpaceToDepthLayer>(deep_crd).order == ShuffleOrder::kCrd);
  CHECK(OutputShapeOf<SpaceToDepthLayer>(deep_crd) == Shape4{1, 2, 3, 48});
}

TEST_CASE("shuffles: one spelled after another") {
  TestGraph graph;
  std::string value = graph.Wide(48);
  for (const int64_t factor : {1, 2}) {
    const int64_t c = 12 / factor / factor;
    const int64_t h = 4 * factor;
    const int64_t w = 6 * factor;
    value = graph.Node("Reshape", {value, graph.Ints({1, c, 2, 2, h, w})});
    value = graph.Node("Transpose", {value}, {{"perm", {0, 1, 4, 2, 5, 3}}});
    value = graph.Node("Reshape", {value, graph.Ints({1, c, 2 * h, 2 * w})});
  }
  const Network network = NetworkOf(graph.Finish(value), 4, 6);
  CHECK(KindsOf(network) == Kinds{"convolution", "depth to space", "depth to space"});
  CHECK(OutputShape(network) == Shape4{1, 16, 24, 3});
}

TEST_CASE("shuffles: there and back is nothing") {
  TestGraph graph;
  const std::string last = graph.Node("Transpose", {"x"}, {{"perm", {0, 2, 3, 1}}});
  const std::string relu = graph.Node("Relu", {last});
  const std::string y = graph.Node("Transpose", {relu}, {{"perm", {0, 3, 1, 2}}});
  CHECK(KindsOf(NetworkOf(graph.Finish(y), 4, 6)) == Kinds{"ReLU"});
}

TEST_CASE("shuffles: other orders are refused") {
  TestGraph graph;  // a channel shuffle
  const std::string split = graph.Node("Reshape", {graph.Wide(12), graph.Ints({1, 3, 4, 8, 8})});
  const std::string moved = graph.Node("Transpose", {split}, {{"perm", {0, 2, 1, 3, 4}}});
  const std::string joined =
      graph.Node("Reshape", {moved, graph.Ints({1, 12, 8, 8})}, {}, "joined");
  graph.builder.Filled("w", {3, 12, 1, 1}, 1.0F);
  graph.builder.Node("Conv", {joined, "w"}, {"y"}, {}, "after");
  const Status error = ErrorOf(graph.Finish("y"), 8, 8);
  CHECK(error.code() == StatusCode::kUnsupportedModel);
  CHECK(Contains(error.message(), "node 'after': operator 'Conv': its input 'joined'"));
}

TEST_CASE("views: factors of axes") {
  const View picture({1, 12, 4, 6}, 4);
  CHECK(picture.IsPicture());
  CHECK(picture.AsGroups() == 12);
  CHECK(picture.Reshaped({1, 3, 96})->AsGroups() == 3);
  CHECK(picture.Reshaped({1, 3, 4, 24})->AsGroups() == 3);
  CHECK_FALSE(picture.Reshaped({1, 5, 4, 6}).has_value());
  CHECK_FALSE(picture.Reshaped({1, 12, 3, 8}).has_value());
  CHECK(picture.Reshaped({12, 24})->Reshaped({1, 12, 4, 6}) == picture);
  const std::array<size_t, 4> last{0, 2, 3, 1};
  CHECK(picture.Permuted(last).ChannelAxis() == 3);
  CHECK(picture.Permuted(last).IsPixelsByChannels());
  CHECK_FALSE(picture.Permuted(last).IsPicture());
  const View vector({1, 12, 1, 1}, 4);
  CHECK(vector.Reshaped({1, 12})->IsPicture());
  CHECK(vector.Permuted(last).Reshaped({1, 12})->IsPicture());
}

}  // namespace brushwork
