// Writes ONNX files, so that tests state the models they are about:
//
//   OnnxBuilder builder(17);
//   builder.Input("x", {1, 3, -1, -1});
//   builder.Floats("w", {16, 3, 3, 3}, weights);
//   builder.Node("Conv", {"x", "w"}, {"y"}, {{"strides", {2, 2}}, {"auto_pad", "VALID"}});
//   builder.Output("y", {1, 16, -1, -1});
//   std::vector<uint8_t> file = builder.Build();
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace brushwork {

// TensorProto.DataType
enum class OnnxType : int32_t {
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kBfloat16 = 16,
};

// A TensorProto. The constructors are for raw_data; `typed` says to write float_data, int32_data,
// int64_data or double_data instead, as some exporters do.
struct OnnxTensorData {
  OnnxTensorData(OnnxType tensor_type, std::vector<int64_t> tensor_dims,
                 std::vector<uint8_t> little_endian)
      : type(tensor_type), dims(std::move(tensor_dims)), bytes(std::move(little_endian)) {}
  OnnxTensorData(std::vector<int64_t> dims, std::span<const float> values);
  OnnxTensorData(std::vector<int64_t> dims, std::span<const double> values);
  OnnxTensorData(std::vector<int64_t> dims, std::span<const int8_t> values);
  OnnxTensorData(std::vector<int64_t> dims, std::span<const uint8_t> values);
  OnnxTensorData(std::vector<int64_t> dims, std::span<const int32_t> values);
  OnnxTensorData(std::vector<int64_t> dims, std::span<const int64_t> values);

  OnnxType type;
  std::vector<int64_t> dims;
  std::vector<uint8_t> bytes;
  bool typed = false;
};

// The nearest half-precision floats (no overflow to be expected of tests' values).
OnnxTensorData HalfTensor(std::vector<int64_t> dims, std::span<const float> values);

struct OnnxAttribute {
  using Value = std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                             OnnxTensorData>;
  OnnxAttribute(std::string n, int v) : name(std::move(n)), value(int64_t{v}) {}
  OnnxAttribute(std::string n, int64_t v) : name(std::move(n)), value(v) {}
  OnnxAttribute(std::string n, float v) : name(std::move(n)), value(v) {}
  OnnxAttribute(std::string n, double v) : name(std::move(n)), value(static_cast<float>(v)) {}
  OnnxAttribute(std::string n, const char* v) : name(std::move(n)), value(std::string(v)) {}
  OnnxAttribute(std::string n, std::string v) : name(std::move(n)), value(std::move(v)) {}
  OnnxAttribute(std::string n, std::initializer_list<int64_t> v)
      : name(std::move(n)), value(std::vector<int64_t>(v)) {}
  OnnxAttribute(std::string n, std::vector<int64_t> v) : name(std::move(n)), value(std::move(v)) {}
  OnnxAttribute(std::string n, std::vector<float> v) : name(std::move(n)), value(std::move(v)) {}
  OnnxAttribute(std::string n, OnnxTensorData v) : name(std::move(n)), value(std::move(v)) {}

  std::string name;
  Value value;
};

class OnnxBuilder {
 public:
  explicit OnnxBuilder(int64_t opset, int64_t ir_version = 8);

  // Dimensions of -1 are dynamic (dim_param).
  OnnxBuilder& Input(const std::string& name, const std::vector<int64_t>& dims,
                     OnnxType type = OnnxType::kFloat);
  OnnxBuilder& Output(const std::string& name, const std::vector<int64_t>& dims = {1, 3, -1, -1},
                      OnnxType type = OnnxType::kFloat);

  OnnxBuilder& Initializer(const std::string& name, const OnnxTensorData& tensor);
  template <typename T>
  OnnxBuilder& Initializer(const std::string& name, std::vector<int64_t> dims,
                           std::span<const T> values) {
    return Initializer(name, OnnxTensorData(std::move(dims), values));
  }
  OnnxBuilder& Floats(const std::string& name, std::vector<int64_t> dims,
                      const std::vector<float>& values) {
    return Initializer(name, std::move(dims), std::span<const float>(values));
  }
  // `value` everywhere.
  OnnxBuilder& Filled(const std::string& name, const std::vector<int64_t>& dims, float value);
  OnnxBuilder& Float(const std::string& name, float value) { return Floats(name, {}, {value}); }
  OnnxBuilder& Int8s(const std::string& name, std::vector<int64_t> dims,
                     const std::vector<int8_t>& values) {
    return Initializer(name, std::move(dims), std::span<const int8_t>(values));
  }
  OnnxBuilder& Uint8s(const std::string& name, std::vector<int64_t> dims,
                      const std::vector<uint8_t>& values) {
    return Initializer(name, std::move(dims), std::span<const uint8_t>(values));
  }
  OnnxBuilder& Int32s(const std::string& name, std::vector<int64_t> dims,
                      const std::vector<int32_t>& values) {
    return Initializer(name, std::move(dims), std::span<const int32_t>(values));
  }
  // A list of int64, as shapes, pads, axes and the like are given.
  OnnxBuilder& Ints(const std::string& name, const std::vector<int64_t>& values) {
    return Initializer(name, {static_cast<int64_t>(values.size())},
                       std::span<const int64_t>(values));
  }
  OnnxBuilder& Int(const std::string& name, int64_t value) {
    return Initializer(name, {}, std::span<const int64_t>(&value, 1));
  }

  // An empty input name is an input left out. Without a name the node is called by its first
  // output.
  OnnxBuilder& Node(const std::string& operation, const std::vector<std::string>& inputs,
                    const std::vector<std::string>& outputs,
                    const std::vector<OnnxAttribute>& attributes = {}, const std::string& name = "",
                    const std::string& domain = "");

  OnnxBuilder& Metadata(const std::string& key, const std::string& value);
  OnnxBuilder& ImportDomain(const std::string& domain, int64_t version);

  // For tests of damage: the bytes of a NodeProto or of another message, put into the graph or the
  // model as the field of this number.
  OnnxBuilder& RawGraphField(uint32_t field, const std::string& message);

  std::vector<uint8_t> Build() const;

 private:
  int64_t ir_version_;
  std::vector<std::pair<std::string, int64_t>> opsets_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::string graph_;
};

}  // namespace brushwork
