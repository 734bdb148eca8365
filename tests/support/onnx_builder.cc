#include "tests/support/onnx_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <protozero/pbf_writer.hpp>

namespace brushwork {
namespace {

using protozero::pbf_writer;

// Field numbers of onnx.proto3.
constexpr uint32_t kModelIrVersion = 1, kModelProducer = 2, kModelGraph = 7, kModelOpset = 8,
                   kModelMetadata = 14;
constexpr uint32_t kGraphNode = 1, kGraphName = 2, kGraphInitializer = 5, kGraphInput = 11,
                   kGraphOutput = 12;
constexpr uint32_t kNodeInput = 1, kNodeOutput = 2, kNodeName = 3, kNodeOperator = 4,
                   kNodeAttribute = 5, kNodeDomain = 7;
constexpr uint32_t kTensorDims = 1, kTensorType = 2, kTensorFloats = 4, kTensorInt32s = 5,
                   kTensorInt64s = 7, kTensorName = 8, kTensorRaw = 9, kTensorDoubles = 10;

template <typename T>
std::vector<uint8_t> LittleEndian(std::span<const T> values) {
  static_assert(std::endian::native == std::endian::little);
  std::vector<uint8_t> bytes(values.size_bytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <typename T>
std::vector<T> Elements(const std::vector<uint8_t>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

template <typename T>
void AddInt32Data(pbf_writer& writer, const std::vector<uint8_t>& bytes) {
  const std::vector<T> values = Elements<T>(bytes);
  writer.add_packed_int32(kTensorInt32s, values.begin(), values.end());
}

void AddTypedData(pbf_writer& writer, const OnnxTensorData& tensor) {
  switch (tensor.type) {
    case OnnxType::kFloat: {
      const std::vector<float> values = Elements<float>(tensor.bytes);
      return writer.add_packed_float(kTensorFloats, values.begin(), values.end());
    }
    case OnnxType::kDouble: {
      const std::vector<double> values = Elements<double>(tensor.bytes);
      return writer.add_packed_double(kTensorDoubles, values.begin(), values.end());
    }
    case OnnxType::kInt64: {
      const std::vector<int64_t> values = Elements<int64_t>(tensor.bytes);
      return writer.add_packed_int64(kTensorInt64s, values.begin(), values.end());
    }
    case OnnxType::kInt32:
      return AddInt32Data<int32_t>(writer, tensor.bytes);
    case OnnxType::kInt8:
      return AddInt32Data<int8_t>(writer, tensor.bytes);
    case OnnxType::kUint8:
    case OnnxType::kBool:
      return AddInt32Data<uint8_t>(writer, tensor.bytes);
    default:
      return AddInt32Data<uint16_t>(writer, tensor.bytes);
  }
}

std::string TensorMessage(const std::string& name, const OnnxTensorData& tensor) {
  std::string message;
  pbf_writer writer(message);
  writer.add_packed_int64(kTensorDims, tensor.dims.begin(), tensor.dims.end());
  writer.add_int32(kTensorType, static_cast<int32_t>(tensor.type));
  if (!name.empty()) writer.add_string(kTensorName, name);
  if (tensor.typed) {
    AddTypedData(writer, tensor);
  } else {
    writer.add_bytes(kTensorRaw, reinterpret_cast<const char*>(tensor.bytes.data()),
                     tensor.bytes.size());
  }
  return message;
}

struct AttributeWriter {
  pbf_writer& writer;
  void Type(int32_t type) const { writer.add_enum(20, type); }
  void operator()(float value) const { writer.add_float(2, value), Type(1); }
  void operator()(int64_t value) const { writer.add_int64(3, value), Type(2); }
  void operator()(const std::string& value) const { writer.add_bytes(4, value), Type(3); }
  void operator()(const OnnxTensorData& value) const {
    writer.add_message(5, TensorMessage("", value));
    Type(4);
  }
  void operator()(const std::vector<float>& values) const {
    for (const float value : values) writer.add_float(7, value);  // not packed, as in proto2
    Type(6);
  }
  void operator()(const std::vector<int64_t>& values) const {
    for (const int64_t value : values) writer.add_int64(8, value);
    Type(7);
  }
};

std::string ValueInfoMessage(const std::string& name, const std::vector<int64_t>& dims,
                             OnnxType type) {
  std::string message;
  pbf_writer value(message);
  value.add_string(1, name);
  pbf_writer type_writer(value, 2);
  pbf_writer tensor(type_writer, 1);
  tensor.add_int32(1, static_cast<int32_t>(type));
  pbf_writer shape(tensor, 2);
  for (size_t i = 0; i < dims.size(); ++i) {
    pbf_writer dim(shape, 1);
    if (dims[i] >= 0) {
      dim.add_int64(1, dims[i]);
    } else {
      dim.add_string(2, "d" + std::to_string(i));
    }
  }
  return message;
}

void AddToGraph(std::string& graph, uint32_t field, const std::string& message) {
  pbf_writer(graph).add_message(field, message);
}

uint16_t ToHalf(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000U);
  const float magnitude = std::fabs(value);
  if (magnitude < 6.103515625e-05F) {  // subnormal: units of 2^-24
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(std::lrint(magnitude * 16777216.0F)));
  }
  int exponent = 0;
  const float fraction = std::frexp(magnitude, &exponent);                      // in [0.5, 1)
  const auto mantissa = static_cast<uint32_t>(std::lrint(fraction * 2048.0F));  // 1024 ... 2048
  return static_cast<uint16_t>(sign + (static_cast<uint32_t>(exponent + 13) << 10) + mantissa);
}

}  // namespace

OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const float> values)
    : OnnxTensorData(OnnxType::kFloat, std::move(d), LittleEndian(values)) {}
OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const double> values)
    : OnnxTensorData(OnnxType::kDouble, std::move(d), LittleEndian(values)) {}
OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const int8_t> values)
    : OnnxTensorData(OnnxType::kInt8, std::move(d), LittleEndian(values)) {}
OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const uint8_t> values)
    : OnnxTensorData(OnnxType::kUint8, std::move(d), LittleEndian(values)) {}
OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const int32_t> values)
    : OnnxTensorData(OnnxType::kInt32, std::move(d), LittleEndian(values)) {}
OnnxTensorData::OnnxTensorData(std::vector<int64_t> d, std::span<const int64_t> values)
    : OnnxTensorData(OnnxType::kInt64, std::move(d), LittleEndian(values)) {}

OnnxTensorData HalfTensor(std::vector<int64_t> dims, std::span<const float> values) {
  std::vector<uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), ToHalf);
  return {OnnxType::kFloat16, std::move(dims), LittleEndian(std::span<const uint16_t>(halves))};
}

OnnxBuilder::OnnxBuilder(int64_t opset, int64_t ir_version) : ir_version_(ir_version) {
  opsets_.emplace_back("", opset);
  pbf_writer(graph_).add_string(kGraphName, "test");
}

OnnxBuilder& OnnxBuilder::Input(const std::string& name, const std::vector<int64_t>& dims,
                                OnnxType type) {
  AddToGraph(graph_, kGraphInput, ValueInfoMessage(name, dims, type));
  return *this;
}

OnnxBuilder& OnnxBuilder::Output(const std::string& name, const std::vector<int64_t>& dims,
                                 OnnxType type) {
  AddToGraph(graph_, kGraphOutput, ValueInfoMessage(name, dims, type));
  return *this;
}

OnnxBuilder& OnnxBuilder::Initializer(const std::string& name, const OnnxTensorData& tensor) {
  AddToGraph(graph_, kGraphInitializer, TensorMessage(name, tensor));
  return *this;
}

OnnxBuilder& OnnxBuilder::Filled(const std::string& name, const std::vector<int64_t>& dims,
                                 float value) {
  size_t count = 1;
  for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
  return Floats(name, dims, std::vector<float>(count, value));
}

OnnxBuilder& OnnxBuilder::Node(const std::string& operation, const std::vector<std::string>& inputs,
                               const std::vector<std::string>& outputs,
                               const std::vector<OnnxAttribute>& attributes,
                               const std::string& name, const std::string& domain) {
  std::string message;
  pbf_writer writer(message);
  for (const std::string& input : inputs) writer.add_string(kNodeInput, input);
  for (const std::string& output : outputs) writer.add_string(kNodeOutput, output);
  if (!name.empty()) writer.add_string(kNodeName, name);
  writer.add_string(kNodeOperator, operation);
  for (const OnnxAttribute& attribute : attributes) {
    pbf_writer attribute_writer(writer, kNodeAttribute);
    attribute_writer.add_string(1, attribute.name);
    std::visit(AttributeWriter{attribute_writer}, attribute.value);
  }
  if (!domain.empty()) writer.add_string(kNodeDomain, domain);
  AddToGraph(graph_, kGraphNode, message);
  return *this;
}

OnnxBuilder& OnnxBuilder::Metadata(const std::string& key, const std::string& value) {
  metadata_.emplace_back(key, value);
  return *this;
}

OnnxBuilder& OnnxBuilder::ImportDomain(const std::string& domain, int64_t version) {
  opsets_.emplace_back(domain, version);
  return *this;
}

OnnxBuilder& OnnxBuilder::RawGraphField(uint32_t field, const std::string& message) {
  AddToGraph(graph_, field, message);
  return *this;
}

std::vector<uint8_t> OnnxBuilder::Build() const {
  std::string file;
  pbf_writer writer(file);
  writer.add_int64(kModelIrVersion, ir_version_);
  writer.add_string(kModelProducer, "brushwork tests");
  writer.add_message(kModelGraph, graph_);
  for (const auto& [domain, version] : opsets_) {
    pbf_writer opset(writer, kModelOpset);
    opset.add_string(1, domain);
    opset.add_int64(2, version);
  }
  for (const auto& [key, value] : metadata_) {
    pbf_writer entry(writer, kModelMetadata);
    entry.add_string(1, key);
    entry.add_string(2, value);
  }
  return {file.begin(), file.end()};
}

}  // namespace brushwork
