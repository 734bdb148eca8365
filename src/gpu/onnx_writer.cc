#include "gpu/onnx_writer.h"

#include <bit>
#include <protozero/pbf_writer.hpp>

namespace brushwork {
namespace {

using protozero::pbf_writer;

// Field numbers and enumerations of onnx.proto3.
constexpr uint32_t kModelIrVersion = 1, kModelProducer = 2, kModelGraph = 7, kModelOpset = 8;
constexpr uint32_t kOpsetDomain = 1, kOpsetVersion = 2;
constexpr uint32_t kGraphNode = 1, kGraphName = 2, kGraphInitializer = 5, kGraphInput = 11,
                   kGraphOutput = 12;
constexpr uint32_t kNodeInput = 1, kNodeOutput = 2, kNodeName = 3, kNodeOperator = 4,
                   kNodeAttribute = 5;
constexpr uint32_t kAttributeName = 1, kAttributeFloat = 2, kAttributeInt = 3, kAttributeString = 4,
                   kAttributeInts = 8, kAttributeType = 20;
constexpr int32_t kTypeFloat = 1, kTypeInt = 2, kTypeString = 3, kTypeInts = 7;
constexpr uint32_t kTensorDims = 1, kTensorType = 2, kTensorName = 8, kTensorRaw = 9;
constexpr int32_t kTensorFloat = 1, kTensorInt64 = 7;
constexpr uint32_t kValueName = 1, kValueType = 2, kTypeTensor = 1, kTensorTypeElement = 1,
                   kTensorTypeShape = 2, kShapeDim = 1, kDimValue = 1, kDimName = 2;

// The first with opset 17.
constexpr int64_t kIrVersion = 8;

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

void AddValue(std::string& graph, uint32_t field, const std::string& name,
              const std::vector<OnnxWriter::Dimension>& dims) {
  pbf_writer writer(graph);
  pbf_writer value(writer, field);
  value.add_string(kValueName, name);
  pbf_writer type(value, kValueType);
  pbf_writer tensor(type, kTypeTensor);
  tensor.add_int32(kTensorTypeElement, kTensorFloat);
  pbf_writer shape(tensor, kTensorTypeShape);
  for (const OnnxWriter::Dimension& dim : dims) {
    pbf_writer dimension(shape, kShapeDim);
    if (const auto* number = std::get_if<int64_t>(&dim)) {
      dimension.add_int64(kDimValue, *number);
    } else {
      dimension.add_string(kDimName, std::get<std::string>(dim));
    }
  }
}

void AddTensor(std::string& graph, const std::string& name, int32_t type,
               const std::vector<int64_t>& dims, const void* data, size_t size) {
  pbf_writer writer(graph);
  pbf_writer tensor(writer, kGraphInitializer);
  tensor.add_packed_int64(kTensorDims, dims.begin(), dims.end());
  tensor.add_int32(kTensorType, type);
  tensor.add_string(kTensorName, name);
  tensor.add_bytes(kTensorRaw, static_cast<const char*>(data), size);
}

struct AttributeValueWriter {
  pbf_writer& writer;

  void operator()(int64_t value) const {
    writer.add_int64(kAttributeInt, value);
    writer.add_enum(kAttributeType, kTypeInt);
  }
  void operator()(float value) const {
    writer.add_float(kAttributeFloat, value);
    writer.add_enum(kAttributeType, kTypeFloat);
  }
  void operator()(const std::string& value) const {
    writer.add_bytes(kAttributeString, value);
    writer.add_enum(kAttributeType, kTypeString);
  }
  void operator()(const OnnxWriter::Integers& integers) const {
    for (const int64_t value : integers.values) writer.add_int64(kAttributeInts, value);
    writer.add_enum(kAttributeType, kTypeInts);
  }
};

}  // namespace

OnnxWriter::OnnxWriter(const std::string& graph_name) {
  pbf_writer(graph_).add_string(kGraphName, graph_name);
}

void OnnxWriter::AddInput(const std::string& name, const std::vector<OnnxWriter::Dimension>& dims) {
  AddValue(graph_, kGraphInput, name, dims);
}

void OnnxWriter::AddOutput(const std::string& name,
                           const std::vector<OnnxWriter::Dimension>& dims) {
  AddValue(graph_, kGraphOutput, name, dims);
}

void OnnxWriter::AddFloats(const std::string& name, const std::vector<int64_t>& dims,
                           std::span<const float> values) {
  AddTensor(graph_, name, kTensorFloat, dims, values.data(), values.size_bytes());
}

void OnnxWriter::AddInts(const std::string& name, std::span<const int64_t> values) {
  AddTensor(graph_, name, kTensorInt64, {static_cast<int64_t>(values.size())}, values.data(),
            values.size_bytes());
}

void OnnxWriter::AddNode(const std::string& operation, const std::string& name,
                         const std::vector<std::string>& inputs, const std::string& output,
                         const std::vector<Attribute>& attributes) {
  pbf_writer writer(graph_);
  pbf_writer node(writer, kGraphNode);
  for (const std::string& input : inputs) node.add_string(kNodeInput, input);
  node.add_string(kNodeOutput, output);
  node.add_string(kNodeName, name);
  node.add_string(kNodeOperator, operation);
  for (const Attribute& attribute : attributes) {
    pbf_writer attribute_writer(node, kNodeAttribute);
    attribute_writer.add_string(kAttributeName, attribute.name);
    std::visit(AttributeValueWriter{attribute_writer}, attribute.value);
  }
}

std::vector<uint8_t> OnnxWriter::Finish(int64_t opset) const {
  std::string file;
  pbf_writer model(file);
  model.add_int64(kModelIrVersion, kIrVersion);
  model.add_string(kModelProducer, "brushwork");
  model.add_message(kModelGraph, graph_);
  {
    pbf_writer domain(model, kModelOpset);
    domain.add_string(kOpsetDomain, "");
    domain.add_int64(kOpsetVersion, opset);
  }
  return {file.begin(), file.end()};
}

}  // namespace brushwork
