#include "model/node.h"

#include <algorithm>

namespace brushwork {

const OnnxAttributeMessage* Node::Find(std::string_view attribute) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(),
                   [&](const OnnxAttributeMessage& a) { return a.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

int64_t Node::Int(std::string_view attribute, int64_t absent) const {
  const OnnxAttributeMessage* found = Find(attribute);
  return found == nullptr ? absent : found->int_value;
}

float Node::Float(std::string_view attribute, float absent) const {
  const OnnxAttributeMessage* found = Find(attribute);
  return found == nullptr ? absent : found->float_value;
}

std::string Node::String(std::string_view attribute, std::string_view absent) const {
  const OnnxAttributeMessage* found = Find(attribute);
  return found == nullptr ? std::string(absent) : found->string_value;
}

std::vector<int64_t> Node::Ints(std::string_view attribute) const {
  const OnnxAttributeMessage* found = Find(attribute);
  return found == nullptr ? std::vector<int64_t>{} : found->ints;
}

Status Node::Invalid(const std::string& message) const { return InvalidModel(Prefix() + message); }

Status Node::DoesNotFit(const std::string& message) const {
  return InvalidArgument(Prefix() + message);
}

Status Node::Unsupported(const std::string& message) const {
  return UnsupportedModel(Prefix() + "operator '" + operation + "': " + message);
}

}  // namespace brushwork
