// TensorProto to Constant.
#pragma once

#include <protozero/pbf_reader.hpp>
#include <string>

#include "base/status.h"
#include "model/constant.h"

namespace brushwork {

struct OnnxTensorMessage {
  std::string name;
  ConstantPointer value;
};

// `place` is how errors call a tensor without a name, such as "attribute 'value'". Lets protozero's
// exceptions pass.
StatusOr<OnnxTensorMessage> ReadOnnxTensor(protozero::pbf_reader message, const std::string& place);

// A repeated number, in the packed form or not; and any other field is left alone.
template <typename Packed, typename T>
void AppendPacked(const Packed& range, std::vector<T>& values) {
  for (const auto value : range) values.push_back(static_cast<T>(value));
}

}  // namespace brushwork
