// The messages of an ONNX file, read but not yet understood: names are strings, nodes are in the
// file's order, and nothing says that they fit together. Field numbers are those of onnx.proto3.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/constant.h"

namespace brushwork {

// AttributeProto. A subgraph, a sparse tensor and the like are only known to be there.
struct OnnxAttributeMessage {
  std::string name;
  int32_t type = 0;  // AttributeProto.AttributeType; 0 in files older than the field
  float float_value = 0.0F;
  int64_t int_value = 0;
  std::string string_value;
  ConstantPointer tensor;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  bool has_unsupported_value = false;  // graph(s), sparse tensors, lists of tensors
};

struct OnnxNodeMessage {
  std::string name;
  std::string operation;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<OnnxAttributeMessage> attributes;
};

// ValueInfoProto of a tensor.
struct OnnxValueMessage {
  std::string name;
  int32_t element_type = 0;
  bool has_shape = false;
  Dims dims;  // -1 for dynamic ones
};

struct OnnxModelMessage {
  int64_t ir_version = 0;
  std::vector<std::pair<std::string, int64_t>> opsets;  // domain, version
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<OnnxNodeMessage> nodes;
  std::vector<std::pair<std::string, ConstantPointer>> initializers;
  std::vector<OnnxValueMessage> inputs;
  std::vector<OnnxValueMessage> outputs;
};

inline constexpr size_t kMaxModelBytes = size_t{512} << 20;
inline constexpr size_t kMaxNodes = 65536;
inline constexpr size_t kMaxRank = 16;

// kInvalidModel names the message that is damaged, kUnsupportedModel what is not read (external
// data, sparse tensors, 16-bit integers, ...).
StatusOr<OnnxModelMessage> ReadOnnxModel(std::span<const uint8_t> bytes);

}  // namespace brushwork
