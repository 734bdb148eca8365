#include "model/onnx_reader.h"

#include <exception>
#include <new>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <stdexcept>

#include "model/onnx_tensor_reader.h"

namespace brushwork {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr auto kVarint = pbf_wire_type::varint;
constexpr auto kBytes = pbf_wire_type::length_delimited;
constexpr size_t kMaxMessages = size_t{1} << 20;

// Reads one model. `place_` follows where it is, for what protozero throws says only what is wrong.
// A field of an unexpected wire type counts as unknown and is skipped, as protobuf does.
class Reader {
 public:
  Status ReadModel(pbf_reader message);

  const std::string& place() const { return place_; }
  OnnxModelMessage& model() { return model_; }

 private:
  Status ReadGraph(pbf_reader message);
  Status ReadNode(pbf_reader message);
  Status ReadAttribute(pbf_reader message, OnnxNodeMessage& node);
  Status ReadInitializer(pbf_reader message);
  OnnxValueMessage ReadValueInfo(pbf_reader message);
  std::pair<std::string, std::string> ReadEntry(pbf_reader message);
  std::pair<std::string, int64_t> ReadOpset(pbf_reader message);

  // A message of two bytes becomes a hundred here; a file of nothing else must not fill the memory.
  void CountMessage() {
    if (++message_count_ > kMaxMessages) throw std::length_error("too many messages");
  }

  OnnxModelMessage model_;
  std::string place_ = "model";
  size_t message_count_ = 0;
};

Status Reader::ReadModel(pbf_reader message) {
  while (message.next()) {
    place_ = "model";
    CountMessage();
    switch (message.tag_and_type()) {
      case tag_and_type(1, kVarint):
        model_.ir_version = message.get_int64();
        break;
      case tag_and_type(7, kBytes):
        BRUSHWORK_RETURN_IF_ERROR(ReadGraph(message.get_message()));
        break;
      case tag_and_type(8, kBytes):
        place_ = "opset_import";
        model_.opsets.push_back(ReadOpset(message.get_message()));
        break;
      case tag_and_type(14, kBytes):
        place_ = "metadata_props";
        model_.metadata.push_back(ReadEntry(message.get_message()));
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status Reader::ReadGraph(pbf_reader message) {
  while (message.next()) {
    place_ = "graph";
    CountMessage();
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        BRUSHWORK_RETURN_IF_ERROR(ReadNode(message.get_message()));
        break;
      case tag_and_type(5, kBytes):
        BRUSHWORK_RETURN_IF_ERROR(ReadInitializer(message.get_message()));
        break;
      case tag_and_type(11, kBytes):
        place_ = "graph input " + std::to_string(model_.inputs.size());
        model_.inputs.push_back(ReadValueInfo(message.get_message()));
        break;
      case tag_and_type(12, kBytes):
        place_ = "graph output " + std::to_string(model_.outputs.size());
        model_.outputs.push_back(ReadValueInfo(message.get_message()));
        break;
      case tag_and_type(15, kBytes):
        return UnsupportedModel("graph: sparse initializers are not supported");
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status Reader::ReadInitializer(pbf_reader message) {
  place_ = "initializer " + std::to_string(model_.initializers.size());
  BRUSHWORK_ASSIGN_OR_RETURN(OnnxTensorMessage tensor, ReadOnnxTensor(message, place_));
  model_.initializers.emplace_back(std::move(tensor.name), std::move(tensor.value));
  return OkStatus();
}

Status Reader::ReadNode(pbf_reader message) {
  const std::string place = "node " + std::to_string(model_.nodes.size());
  place_ = place;
  if (model_.nodes.size() >= kMaxNodes) {
    return UnsupportedModel("graph: more than " + std::to_string(kMaxNodes) + " nodes");
  }
  OnnxNodeMessage node;
  while (message.next()) {
    place_ = place;
    CountMessage();
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        node.inputs.push_back(message.get_string());
        break;
      case tag_and_type(2, kBytes):
        node.outputs.push_back(message.get_string());
        break;
      case tag_and_type(3, kBytes):
        node.name = message.get_string();
        break;
      case tag_and_type(4, kBytes):
        node.operation = message.get_string();
        break;
      case tag_and_type(5, kBytes):
        BRUSHWORK_RETURN_IF_ERROR(ReadAttribute(message.get_message(), node));
        break;
      case tag_and_type(7, kBytes):
        node.domain = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  model_.nodes.push_back(std::move(node));
  return OkStatus();
}

Status Reader::ReadAttribute(pbf_reader message, OnnxNodeMessage& node) {
  place_ += ", attribute " + std::to_string(node.attributes.size());
  OnnxAttributeMessage attribute;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        attribute.name = message.get_string();
        break;
      case tag_and_type(2, pbf_wire_type::fixed32):
        attribute.float_value = message.get_float();
        break;
      case tag_and_type(3, kVarint):
        attribute.int_value = message.get_int64();
        break;
      case tag_and_type(4, kBytes):
        attribute.string_value = message.get_string();
        break;
      case tag_and_type(5, kBytes): {
        BRUSHWORK_ASSIGN_OR_RETURN(OnnxTensorMessage tensor,
                                   ReadOnnxTensor(message.get_message(), place_));
        attribute.tensor = std::move(tensor.value);
        break;
      }
      case tag_and_type(7, kBytes):
        AppendPacked(message.get_packed_float(), attribute.floats);
        break;
      case tag_and_type(7, pbf_wire_type::fixed32):
        attribute.floats.push_back(message.get_float());
        break;
      case tag_and_type(8, kBytes):
        AppendPacked(message.get_packed_int64(), attribute.ints);
        break;
      case tag_and_type(8, kVarint):
        attribute.ints.push_back(message.get_int64());
        break;
      case tag_and_type(6, kBytes):   // graph
      case tag_and_type(10, kBytes):  // tensors
      case tag_and_type(11, kBytes):  // graphs
      case tag_and_type(22, kBytes):  // sparse tensor
      case tag_and_type(23, kBytes):  // sparse tensors
        attribute.has_unsupported_value = true;
        message.skip();
        break;
      case tag_and_type(20, kVarint):
        attribute.type = message.get_int32();
        break;
      default:
        message.skip();
    }
  }
  node.attributes.push_back(std::move(attribute));
  return OkStatus();
}

// TensorShapeProto.Dimension: its value, or -1.
int64_t ReadDimension(pbf_reader message) {
  int64_t value = -1;
  while (message.next()) {
    if (message.tag_and_type() == tag_and_type(1, kVarint)) {
      value = message.get_int64();
    } else {
      message.skip();
    }
  }
  return value;
}

// TypeProto.Tensor
void ReadTensorType(pbf_reader message, OnnxValueMessage& value) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case tag_and_type(1, kVarint):
        value.element_type = message.get_int32();
        break;
      case tag_and_type(2, kBytes): {
        value.has_shape = true;
        pbf_reader shape = message.get_message();
        while (shape.next(1, kBytes)) value.dims.push_back(ReadDimension(shape.get_message()));
        break;
      }
      default:
        message.skip();
    }
  }
}

OnnxValueMessage Reader::ReadValueInfo(pbf_reader message) {
  OnnxValueMessage value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        value.name = message.get_string();
        break;
      case tag_and_type(2, kBytes): {
        pbf_reader type = message.get_message();
        while (type.next(1, kBytes)) ReadTensorType(type.get_message(), value);
        break;
      }
      default:
        message.skip();
    }
  }
  return value;
}

std::pair<std::string, std::string> Reader::ReadEntry(pbf_reader message) {
  std::pair<std::string, std::string> entry;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        entry.first = message.get_string();
        break;
      case tag_and_type(2, kBytes):
        entry.second = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  return entry;
}

std::pair<std::string, int64_t> Reader::ReadOpset(pbf_reader message) {
  std::pair<std::string, int64_t> opset;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case tag_and_type(1, kBytes):
        opset.first = message.get_string();
        break;
      case tag_and_type(2, kVarint):
        opset.second = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
  return opset;
}

}  // namespace

StatusOr<OnnxModelMessage> ReadOnnxModel(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return InvalidModel("the file is empty");
  if (bytes.size() > kMaxModelBytes) {
    return UnsupportedModel("the file has " + std::to_string(bytes.size()) +
                            " bytes; at most 512 MiB are read");
  }
  Reader reader;
  try {
    BRUSHWORK_RETURN_IF_ERROR(
        reader.ReadModel(pbf_reader(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  } catch (const std::bad_alloc&) {
    throw;  // Model::Read says it
  } catch (const std::exception& exception) {
    return InvalidModel("not an ONNX file, or damaged: " + std::string(exception.what()) + " in " +
                        reader.place());
  }
  return std::move(reader.model());
}

}  // namespace brushwork
