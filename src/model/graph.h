// An ONNX graph that has been checked: every name stands for one value, nodes come after what they
// read, operators are known, and there is one picture in and one picture out. Immutable but for the
// filters, which are built once and shared by the networks of all sizes.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "model/constant.h"
#include "model/network.h"
#include "model/node.h"
#include "model/onnx_reader.h"

namespace brushwork {

class Graph {
 public:
  // Also folds what does not depend on the picture's size.
  static StatusOr<std::unique_ptr<const Graph>> Create(OnnxModelMessage message);

  int64_t opset() const { return opset_; }
  // In topological order; only those which the output needs and which aren't folded.
  const std::vector<Node>& nodes() const { return nodes_; }
  size_t value_count() const { return value_names_.size(); }
  const std::string& value_name(GraphValue value) const {
    return value_names_[static_cast<size_t>(value)];
  }
  // Null for values that aren't known before the picture is.
  const ConstantPointer& constant(GraphValue value) const {
    return constants_[static_cast<size_t>(value)];
  }
  GraphValue input() const { return input_; }
  GraphValue output() const { return output_; }
  int64_t declared_height() const { return declared_height_; }
  int64_t declared_width() const { return declared_width_; }
  std::string Metadata(const std::string& key) const;

  // The filter made for a node at an earlier size; null at first, to be set by the lowering.
  std::shared_ptr<const Filter>& filter(const Node& node) const { return filters_[&node]; }

 private:
  friend class GraphBuilder;
  Graph() = default;

  int64_t opset_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::string> value_names_;
  std::vector<ConstantPointer> constants_;
  GraphValue input_ = kAbsent;
  GraphValue output_ = kAbsent;
  int64_t declared_height_ = 0;
  int64_t declared_width_ = 0;
  std::vector<std::pair<std::string, std::string>> metadata_;
  mutable std::unordered_map<const Node*, std::shared_ptr<const Filter>> filters_;
};

}  // namespace brushwork
