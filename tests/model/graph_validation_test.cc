// What a file has to be to become a model, and how errors say what is wrong.
#include <protozero/pbf_writer.hpp>

#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

// A graph whose output y is relu(x).
OnnxBuilder Minimal(int64_t opset = 17) {
  OnnxBuilder builder(opset);
  builder.Input("x", {1, 3, -1, -1}).Node("Relu", {"x"}, {"y"}).Output("y");
  return builder;
}

void CheckError(const std::vector<uint8_t>& file, StatusCode code, const std::string& message) {
  const Status status = ErrorOf(file);
  CHECK(StatusCodeName(status.code()) == StatusCodeName(code));
  INFO(status.message());
  CHECK(Contains(status.message(), message));
}

std::vector<uint8_t> WithInput(const std::vector<int64_t>& dims, OnnxType type = OnnxType::kFloat) {
  OnnxBuilder builder(17);
  builder.Input("x", dims, type).Node("Relu", {"x"}, {"y"}).Output("y");
  return builder.Build();
}

}  // namespace

TEST_CASE("graph: declared sizes and metadata") {
  const StatusOr<Model> dynamic = Model::Read(Minimal().Metadata("style", "starry").Build());
  REQUIRE(dynamic.ok());
  CHECK(dynamic->declared_height() == 0);
  CHECK(dynamic->declared_width() == 0);
  CHECK(dynamic->Metadata("style") == "starry");
  CHECK(dynamic->Metadata("other").empty());
  const StatusOr<Model> fixed = Model::Read(WithInput({1, 3, 224, 320}));
  REQUIRE(fixed.ok());
  CHECK(fixed->declared_height() == 224);
  CHECK(fixed->declared_width() == 320);
  // The declared size is no limit.
  CHECK(fixed->Specialize(10, 20).ok());
}

TEST_CASE("graph: opsets 11 to 21") {
  for (const int64_t opset : {11, 15, 21}) CHECK(Model::Read(Minimal(opset).Build()).ok());
  CheckError(Minimal(10).Build(), StatusCode::kUnsupportedModel, "opset 10 is not supported");
  CheckError(Minimal(22).Build(), StatusCode::kUnsupportedModel, "supported are 11 to 21");
}

TEST_CASE("graph: nodes in any order are sorted") {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1});
  builder.Node("Tanh", {"b"}, {"y"}).Node("Relu", {"a"}, {"b"}).Node("Abs", {"x"}, {"a"});
  builder.Output("y");
  CHECK(KindsOf(NetworkOf(builder.Build(), 4, 4)) ==
        std::vector<std::string>{"absolute value", "ReLU", "tanh"});
}

TEST_CASE("graph: names") {
  CheckError(OnnxBuilder(17)
                 .Input("x", {1, 3, -1, -1})
                 .Node("Relu", {"z"}, {"y"}, {}, "first")
                 .Output("y")
                 .Build(),
             StatusCode::kInvalidModel, "node 'first': its input 'z' is defined nowhere");
  CheckError(Minimal().Node("Tanh", {"x"}, {"y"}, {}, "again").Build(), StatusCode::kInvalidModel,
             "node 'again': its output 'y' is defined twice");
  CheckError(Minimal().Float("c", 1.0F).Float("c", 2.0F).Build(), StatusCode::kInvalidModel,
             "initializer 'c' is defined twice");
  OnnxBuilder cycle(17);
  cycle.Input("x", {1, 3, -1, -1}).Output("y");
  cycle.Node("Add", {"x", "b"}, {"a"}, {}, "one").Node("Relu", {"a"}, {"b"}, {}, "two");
  cycle.Node("Relu", {"b"}, {"y"});
  CheckError(cycle.Build(), StatusCode::kInvalidModel, "node 'one': is part of a cycle");
  OnnxBuilder nowhere(17);
  nowhere.Input("x", {1, 3, -1, -1}).Node("Relu", {"x"}, {"y"}).Output("z");
  CheckError(nowhere.Build(), StatusCode::kInvalidModel, "output 'z' is defined nowhere");
}

TEST_CASE("graph: one picture in, one activation out") {
  CheckError(WithInput({1, 4, -1, -1}), StatusCode::kUnsupportedModel, "'x' has 4 channels");
  CheckError(WithInput({1, 3, -1}), StatusCode::kUnsupportedModel, "'x' has shape [1, 3, -1]");
  CheckError(WithInput({2, 3, -1, -1}), StatusCode::kUnsupportedModel, "batch of 2");
  CheckError(WithInput({1, 3, -1, -1}, OnnxType::kUint8), StatusCode::kUnsupportedModel,
             "'x' is of type uint8");
  CHECK(ErrorOf(WithInput({-1, -1, -1, -1})).ok());
  CheckError(Minimal().Input("style", {1, 8}).Build(), StatusCode::kUnsupportedModel,
             "inputs 'x' and 'style'");
  CheckError(Minimal().Output("x").Build(), StatusCode::kUnsupportedModel, "outputs 'y' and 'x'");
  TestGraph wide;
  const std::string name = wide.Wide(8);
  CHECK(OutputShape(NetworkOf(wide.Finish(name), 6, 4)) == Shape4{1, 6, 4, 8});
  TestGraph flat;
  CheckError(flat.Finish(flat.Node("Flatten", {flat.Node("GlobalAveragePool", {"x"})}, {}, "flat")),
             StatusCode::kUnsupportedModel,
             "graph output 'flat' has shape [1, 3]; needed is [1, channels, height, width]");
  OnnxBuilder constant(17);
  constant.Input("x", {1, 3, -1, -1}).Filled("c", {1, 3, 4, 4}, 1.0F).Output("c");
  CheckError(constant.Build(), StatusCode::kUnsupportedModel, "does not depend on the picture");
}

TEST_CASE("graph: initializers listed as inputs, as before IR version 4") {
  OnnxBuilder builder(11, 3);
  builder.Input("x", {1, 3, -1, -1}).Input("slope", {1});
  builder.Floats("slope", {1}, {0.5F}).Node("PRelu", {"x", "slope"}, {"y"}).Output("y");
  CHECK(ErrorOf(builder.Build()).ok());
}

TEST_CASE("graph: unknown operators and domains name the node") {
  const auto with = [](const char* operation, const char* domain) {
    OnnxBuilder builder(17);
    builder.Input("x", {1, 3, -1, -1}).Output("y").ImportDomain("com.example", 1);
    builder.Node(operation, {"x"}, {"y"}, {}, "odd", domain);
    return builder.Build();
  };
  CheckError(with("Einsum", ""), StatusCode::kUnsupportedModel,
             "node 'odd': operator 'Einsum' is not supported; supported are Abs, Add, ");
  CheckError(with("Relu", "com.example"), StatusCode::kUnsupportedModel,
             "node 'odd': operator 'Relu' of domain 'com.example' is not supported");
  CHECK(ErrorOf(with("Relu", "ai.onnx")).ok());
  CheckError(with("Add", ""), StatusCode::kInvalidModel,
             "node 'odd': operator 'Add' has 1 inputs, needs 2 to 2");
  // Only shapes can be indexed, not pictures.
  TestGraph graph;
  CheckError(graph.Finish(graph.Node("Gather", {"x", graph.Ints({0})}, {}, "g")),
             StatusCode::kUnsupportedModel, "node 'g': operator 'Gather': not supported on values");
}

TEST_CASE("graph: outputs that nothing computes") {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Output("y");
  builder.Node("Dropout", {"x"}, {"a", "mask"}).Node("Add", {"a", "mask"}, {"y"}, {}, "sum");
  CheckError(builder.Build(), StatusCode::kUnsupportedModel,
             "node 'sum': operator 'Add': its input 'mask'");
}

TEST_CASE("graph: sizes of pictures") {
  const StatusOr<Model> model = Model::Read(Minimal().Build());
  REQUIRE(model.ok());
  CHECK(model->Specialize(1, 1).ok());
  CHECK(model->Specialize(2, 20000).ok());
  for (const int64_t height : {int64_t{0}, int64_t{-1}, INT64_MAX}) {
    CHECK(model->Specialize(height, 7).status().code() == StatusCode::kInvalidArgument);
  }
}

TEST_CASE("tensors: every type, raw and in lists") {
  const auto scale_of = [](OnnxTensorData tensor, bool typed) {
    tensor.typed = typed;
    TestGraph graph;
    graph.builder.Initializer("c", tensor);
    const std::string cast = graph.Node("Cast", {"c"}, {{"to", 1}});
    const Network network = NetworkOf(graph.Finish(graph.Node("Mul", {"x", cast})), 2, 2);
    return Only<ChannelAffineLayer>(network).scale[0];
  };
  for (const bool typed : {false, true}) {
    CHECK(scale_of({{1}, std::vector<float>{-1.5F}}, typed) == -1.5F);
    CHECK(scale_of({{1}, std::vector<double>{-1.5}}, typed) == -1.5F);
    CHECK(scale_of(HalfTensor({1}, std::vector<float>{-1.5F}), typed) == -1.5F);
    CHECK(scale_of({OnnxType::kBfloat16, {1}, {0xC0, 0xBF}}, typed) == -1.5F);
    CHECK(scale_of({{1}, std::vector<int8_t>{-7}}, typed) == -7.0F);
    CHECK(scale_of({{1}, std::vector<uint8_t>{250}}, typed) == 250.0F);
    CHECK(scale_of({{1}, std::vector<int32_t>{-70000}}, typed) == -70000.0F);
    CHECK(scale_of({{1}, std::vector<int64_t>{-70000}}, typed) == -70000.0F);
    CHECK(scale_of({OnnxType::kBool, {1}, {1}}, typed) == 1.0F);
  }
}

TEST_CASE("tensors: half precision, subnormal to infinite") {
  const std::vector<float> values{0.0F, 1.0F, -2.0F, 65504.0F, 6.103515625e-05F, 5.9604645e-08F};
  const OnnxTensorData halves = HalfTensor({6, 1, 1, 1}, values);
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Initializer("h", halves);
  builder.Node("Concat", {"h", "h", "h"}, {"w"}, {{"axis", 1}});
  builder.Node("Conv", {"x", "w"}, {"wide"}).Filled("v", {3, 6, 1, 1}, 1.0F);
  builder.Node("Conv", {"wide", "v"}, {"y"}).Output("y");
  const Network network = NetworkOf(builder.Build(), 2, 2);
  const Filter& filter = *std::get<ConvolutionLayer>(network.layers[0].parameters).filter;
  for (size_t o = 0; o < values.size(); ++o) CHECK(filter.values[3 * o] == values[o]);
}

TEST_CASE("tensors: data that does not fill the shape") {
  const auto with = [](const OnnxTensorData& tensor) {
    return Minimal().Initializer("w", tensor).Build();
  };
  CheckError(with({OnnxType::kFloat, {2, 2}, std::vector<uint8_t>(15)}), StatusCode::kInvalidModel,
             "tensor 'w': 15 bytes of raw_data for [2, 2] of float");
  OnnxTensorData list({3}, std::vector<float>{1.0F, 2.0F});
  list.typed = true;
  CheckError(with(list), StatusCode::kInvalidModel, "tensor 'w': 2 elements for [3] of float");
  CheckError(with({OnnxType::kFloat, {-1}, {}}), StatusCode::kInvalidModel,
             "tensor 'w': impossible shape [-1]");
  CheckError(with({OnnxType::kFloat, {INT64_MAX, INT64_MAX}, {}}), StatusCode::kInvalidModel,
             "impossible shape");
  CheckError(with({OnnxType::kString, {1}, {}}), StatusCode::kUnsupportedModel,
             "tensor 'w': elements of string are not supported");
}

TEST_CASE("tensors: external data, sparse tensors and subgraphs are not read") {
  std::string tensor;
  protozero::pbf_writer writer(tensor);
  writer.add_int64(1, 4);
  writer.add_int32(2, 1);
  writer.add_string(8, "far");
  writer.add_enum(14, 1);
  CheckError(Minimal().RawGraphField(5, tensor).Build(), StatusCode::kUnsupportedModel,
             "tensor 'far': its data is in an external file");
  CheckError(Minimal().RawGraphField(15, "").Build(), StatusCode::kUnsupportedModel, "sparse");

  std::string node;
  protozero::pbf_writer node_writer(node);
  node_writer.add_string(1, "x");
  node_writer.add_string(2, "y");
  node_writer.add_string(3, "branch");
  node_writer.add_string(4, "Relu");
  {
    protozero::pbf_writer attribute(node_writer, 5);
    attribute.add_string(1, "then_branch");
    attribute.add_message(6, std::string());
  }
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).RawGraphField(1, node).Output("y");
  CheckError(builder.Build(), StatusCode::kUnsupportedModel,
             "node 'branch': operator 'Relu': attribute 'then_branch'");
}

TEST_CASE("files that are no ONNX") {
  const std::string text = "This is a shopping list: milk, bread, ultramarine.\n";
  CheckError({text.begin(), text.end()}, StatusCode::kInvalidModel, "not an ONNX file");
  CheckError({}, StatusCode::kInvalidModel, "the file is empty");
  CheckError({0x08, 0x08}, StatusCode::kInvalidModel, "there is no graph in it");
}

}  // namespace brushwork
