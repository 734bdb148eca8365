#include "model/onnx_tensor_reader.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/half.h"

namespace brushwork {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr auto kVarint = pbf_wire_type::varint;
constexpr auto kBytes = pbf_wire_type::length_delimited;

// The fields of a TensorProto as they come.
struct Fields {
  std::string name;
  Dims dims;
  int32_t type = 0;
  bool external = false;
  bool segmented = false;
  bool has_raw = false;
  protozero::data_view raw;
  std::vector<float> floats;
  std::vector<int32_t> int32s;
  std::vector<int64_t> int64s;
  std::vector<double> doubles;
};

void ReadField(pbf_reader& message, Fields& fields) {
  switch (message.tag_and_type()) {
    case tag_and_type(1, kVarint):
      return fields.dims.push_back(message.get_int64());
    case tag_and_type(1, kBytes):
      return AppendPacked(message.get_packed_int64(), fields.dims);
    case tag_and_type(2, kVarint):
      fields.type = message.get_int32();
      return;
    case tag_and_type(3, kBytes):
      fields.segmented = true;
      return message.skip();
    case tag_and_type(4, kBytes):
      return AppendPacked(message.get_packed_float(), fields.floats);
    case tag_and_type(4, pbf_wire_type::fixed32):
      return fields.floats.push_back(message.get_float());
    case tag_and_type(5, kBytes):
      return AppendPacked(message.get_packed_int32(), fields.int32s);
    case tag_and_type(5, kVarint):
      return fields.int32s.push_back(message.get_int32());
    case tag_and_type(7, kBytes):
      return AppendPacked(message.get_packed_int64(), fields.int64s);
    case tag_and_type(7, kVarint):
      return fields.int64s.push_back(message.get_int64());
    case tag_and_type(8, kBytes):
      fields.name = message.get_string();
      return;
    case tag_and_type(9, kBytes):
      fields.raw = message.get_view();
      fields.has_raw = true;
      return;
    case tag_and_type(10, kBytes):
      return AppendPacked(message.get_packed_double(), fields.doubles);
    case tag_and_type(10, pbf_wire_type::fixed64):
      return fields.doubles.push_back(message.get_double());
    case tag_and_type(14, kVarint):
      fields.external = message.get_int32() == 1;
      return;
    default:
      return message.skip();
  }
}

float Bfloat16ToFloat(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

// How elements of one type are stored, and turned into what a Constant holds.
template <typename Stored, typename Held>
std::vector<Held> FromRaw(const protozero::data_view& raw, Held (*convert)(Stored)) {
  static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");
  std::vector<Held> values(raw.size() / sizeof(Stored));
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = convert(stored);
  }
  return values;
}

template <typename Held, typename Stored, typename Listed>
std::vector<Held> FromList(const std::vector<Listed>& list, Held (*convert)(Stored)) {
  std::vector<Held> values(list.size());
  for (size_t i = 0; i < values.size(); ++i) values[i] = convert(static_cast<Stored>(list[i]));
  return values;
}

template <typename Held, typename Stored>
Held Same(Stored value) {
  return static_cast<Held>(value);
}

int64_t BoolToInteger(uint8_t value) { return value != 0 ? 1 : 0; }

// Doubles beyond float's range become infinite rather than undefined.
float DoubleToFloat(double value) {
  if (value > 3.4028234663852886e38) return INFINITY;
  if (value < -3.4028234663852886e38) return -INFINITY;
  return static_cast<float>(value);
}

template <typename Held, typename Stored, typename Listed>
StatusOr<Constant::Values> Elements(const Fields& fields, const std::vector<Listed>& list,
                                    int64_t count, Held (*convert)(Stored)) {
  const auto expected = static_cast<uint64_t>(count);
  if (fields.has_raw) {
    if (fields.raw.size() / sizeof(Stored) != expected || fields.raw.size() % sizeof(Stored) != 0) {
      return InvalidModel(std::to_string(fields.raw.size()) + " bytes of raw_data for " +
                          DimsToString(fields.dims) + " of " + ElementTypeName(fields.type));
    }
    return Constant::Values(FromRaw(fields.raw, convert));
  }
  if (list.size() != expected) {
    return InvalidModel(std::to_string(list.size()) + " elements for " + DimsToString(fields.dims) +
                        " of " + ElementTypeName(fields.type));
  }
  return Constant::Values(FromList(list, convert));
}

StatusOr<Constant::Values> ReadElements(const Fields& fields, int64_t count) {
  switch (static_cast<ElementType>(fields.type)) {
    case ElementType::kFloat:
      return Elements(fields, fields.floats, count, Same<float, float>);
    case ElementType::kDouble:
      return Elements(fields, fields.doubles, count, DoubleToFloat);
    case ElementType::kFloat16:
      return Elements(fields, fields.int32s, count, HalfToFloat);
    case ElementType::kBfloat16:
      return Elements(fields, fields.int32s, count, Bfloat16ToFloat);
    case ElementType::kInt8:
      return Elements(fields, fields.int32s, count, Same<int8_t, int8_t>);
    case ElementType::kUint8:
      return Elements(fields, fields.int32s, count, Same<uint8_t, uint8_t>);
    case ElementType::kBool:
      return Elements(fields, fields.int32s, count, BoolToInteger);
    case ElementType::kInt32:
      return Elements(fields, fields.int32s, count, Same<int64_t, int32_t>);
    case ElementType::kInt64:
      return Elements(fields, fields.int64s, count, Same<int64_t, int64_t>);
    case ElementType::kUndefined:
      break;
  }
  return UnsupportedModel("elements of " + ElementTypeName(fields.type) + " are not supported");
}

StatusOr<Constant> ToConstant(const Fields& fields) {
  if (fields.external) {
    return UnsupportedModel("its data is in an external file; save the model as one file");
  }
  if (fields.segmented) return UnsupportedModel("tensors in segments are not supported");
  if (fields.dims.size() > 16) {
    return InvalidModel("has " + std::to_string(fields.dims.size()) + " dimensions");
  }
  const std::optional<int64_t> count = ElementCount(fields.dims);
  if (!count) return InvalidModel("impossible shape " + DimsToString(fields.dims));
  BRUSHWORK_ASSIGN_OR_RETURN(Constant::Values values, ReadElements(fields, *count));
  return Constant{static_cast<ElementType>(fields.type), fields.dims, std::move(values), nullptr};
}

}  // namespace

StatusOr<OnnxTensorMessage> ReadOnnxTensor(pbf_reader message, const std::string& place) {
  Fields fields;
  while (message.next()) ReadField(message, fields);
  StatusOr<Constant> constant = ToConstant(fields);
  if (!constant.ok()) {
    const std::string name = fields.name.empty() ? place : "tensor '" + fields.name + "'";
    return Status(constant.status().code(), name + ": " + constant.status().message());
  }
  return OnnxTensorMessage{fields.name,
                           std::make_shared<const Constant>(std::move(constant).value())};
}

}  // namespace brushwork
