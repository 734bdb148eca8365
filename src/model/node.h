// One operation of a Graph, with typed access to its attributes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/onnx_reader.h"

namespace brushwork {

struct Operator;  // model/operators.h

// Index into Graph::values(). Not a ValueId, which counts the values of a Network.
using GraphValue = int;
inline constexpr GraphValue kAbsent = -1;  // an optional input or output left out

class Node {
 public:
  std::string name;  // or the name of its first output
  std::string operation;
  const Operator* definition = nullptr;
  std::vector<GraphValue> inputs;
  std::vector<GraphValue> outputs;
  std::vector<OnnxAttributeMessage> attributes;
  int64_t opset = 0;

  GraphValue input(size_t index) const { return index < inputs.size() ? inputs[index] : kAbsent; }
  bool Has(std::string_view attribute) const { return Find(attribute) != nullptr; }
  int64_t Int(std::string_view attribute, int64_t absent) const;
  float Float(std::string_view attribute, float absent) const;
  std::string String(std::string_view attribute, std::string_view absent) const;
  // Empty if there is none.
  std::vector<int64_t> Ints(std::string_view attribute) const;
  const OnnxAttributeMessage* Find(std::string_view attribute) const;

  // "node 'x': message"
  Status Invalid(const std::string& message) const;      // kInvalidModel
  Status DoesNotFit(const std::string& message) const;   // kInvalidArgument: not at this size
  Status Unsupported(const std::string& message) const;  // "node 'x': operator 'Y': message"

 private:
  std::string Prefix() const { return "node '" + name + "': "; }
};

}  // namespace brushwork
