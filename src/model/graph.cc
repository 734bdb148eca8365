#include "model/graph.h"

#include <algorithm>
#include <map>
#include <queue>

#include "model/fold.h"
#include "model/operators.h"

namespace brushwork {
namespace {

constexpr int64_t kMinOpset = 11;
constexpr int64_t kMaxOpset = 21;
// What may be folded besides a few times the file's own tensors.
constexpr int64_t kMaxFoldedBesides = int64_t{1} << 24;
constexpr int64_t kFoldedForEach = 4;

}  // namespace

class GraphBuilder {
 public:
  explicit GraphBuilder(OnnxModelMessage message) : message_(std::move(message)) {}

  StatusOr<std::unique_ptr<const Graph>> Build() {
    BRUSHWORK_RETURN_IF_ERROR(CheckOpset());
    BRUSHWORK_RETURN_IF_ERROR(DefineInitializers());
    BRUSHWORK_RETURN_IF_ERROR(DefineInput());
    BRUSHWORK_RETURN_IF_ERROR(DefineNodeOutputs());
    BRUSHWORK_RETURN_IF_ERROR(ResolveNodeInputs());
    BRUSHWORK_RETURN_IF_ERROR(ResolveOutput());
    BRUSHWORK_RETURN_IF_ERROR(SortNodes());
    RemoveUnusedNodes();
    BRUSHWORK_RETURN_IF_ERROR(CheckOperators());
    BRUSHWORK_RETURN_IF_ERROR(FoldConstants());
    graph_->metadata_ = std::move(message_.metadata);
    return std::unique_ptr<const Graph>(std::move(graph_));
  }

 private:
  Status CheckOpset();
  Status DefineInitializers();
  Status DefineInput();
  Status CheckInput(const OnnxValueMessage& input);
  Status DefineNodeOutputs();
  Status ResolveNodeInputs();
  Status ResolveOutput();
  Status SortNodes();
  void RemoveUnusedNodes();
  Status CheckOperators();
  Status FoldConstants();

  GraphValue AddValue(const std::string& name);
  // kAbsent if there is none.
  GraphValue FindValue(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? kAbsent : found->second;
  }

  OnnxModelMessage message_;
  std::unique_ptr<Graph> graph_{new Graph};
  std::map<std::string, GraphValue> values_;  // no file makes it slow, as it does a hash table
  std::vector<int> producers_;                // of each value: index of a node, or -1
  std::vector<std::string> domains_;          // of each node
};

GraphValue GraphBuilder::AddValue(const std::string& name) {
  const auto value = static_cast<GraphValue>(graph_->value_names_.size());
  values_.emplace(name, value);
  graph_->value_names_.push_back(name);
  graph_->constants_.emplace_back();
  producers_.push_back(-1);
  return value;
}

Status GraphBuilder::CheckOpset() {
  if (message_.nodes.empty() && message_.inputs.empty()) {
    return InvalidModel("not an ONNX file, or damaged: there is no graph in it");
  }
  for (const auto& [domain, version] : message_.opsets) {
    if (domain.empty() || domain == "ai.onnx") graph_->opset_ = version;
  }
  if (graph_->opset_ < kMinOpset || graph_->opset_ > kMaxOpset) {
    return UnsupportedModel("opset " + std::to_string(graph_->opset_) +
                            " is not supported; supported are " + std::to_string(kMinOpset) +
                            " to " + std::to_string(kMaxOpset));
  }
  return OkStatus();
}

Status GraphBuilder::DefineInitializers() {
  for (auto& [name, constant] : message_.initializers) {
    if (name.empty()) return InvalidModel("graph: an initializer has no name");
    if (FindValue(name) != kAbsent) {
      return InvalidModel("graph: initializer '" + name + "' is defined twice");
    }
    const GraphValue value = AddValue(name);
    graph_->constants_[static_cast<size_t>(value)] = std::move(constant);
  }
  return OkStatus();
}

Status GraphBuilder::DefineInput() {
  for (const OnnxValueMessage& input : message_.inputs) {
    const GraphValue known = FindValue(input.name);
    // Before IR version 4, initializers are listed among the inputs.
    if (known != kAbsent && known != graph_->input_) continue;
    if (graph_->input_ != kAbsent) {
      return UnsupportedModel("graph: inputs '" + graph_->value_name(graph_->input_) + "' and '" +
                              input.name + "'; brushwork runs models with one input, a picture");
    }
    BRUSHWORK_RETURN_IF_ERROR(CheckInput(input));
    graph_->input_ = AddValue(input.name);
  }
  if (graph_->input_ == kAbsent) return InvalidModel("graph: no input");
  return OkStatus();
}

bool IsPictureType(int32_t type) {
  return type == static_cast<int32_t>(ElementType::kFloat) ||
         type == static_cast<int32_t>(ElementType::kFloat16);
}

Status GraphBuilder::CheckInput(const OnnxValueMessage& input) {
  const std::string name = "graph input '" + input.name + "'";
  if (!IsPictureType(input.element_type)) {
    return UnsupportedModel(name + " is of type " + ElementTypeName(input.element_type) +
                            "; brushwork gives models float pictures");
  }
  if (!input.has_shape || input.dims.size() != 4) {
    return UnsupportedModel(name + " has shape " + DimsToString(input.dims) +
                            "; needed is [1, 3, height, width]");
  }
  if (input.dims[1] != 3 && input.dims[1] > 0) {
    return UnsupportedModel(name + " has " + std::to_string(input.dims[1]) + " channels (shape " +
                            DimsToString(input.dims) + "); needed is [1, 3, height, width]");
  }
  if (input.dims[0] > 1) {
    return UnsupportedModel(name + " is a batch of " + std::to_string(input.dims[0]) +
                            "; brushwork paints one picture at a time");
  }
  graph_->declared_height_ = std::max<int64_t>(input.dims[2], 0);
  graph_->declared_width_ = std::max<int64_t>(input.dims[3], 0);
  return OkStatus();
}

Status GraphBuilder::DefineNodeOutputs() {
  for (OnnxNodeMessage& message : message_.nodes) {
    Node node;
    node.name = message.name;
    node.operation = std::move(message.operation);
    node.opset = graph_->opset_;
    node.attributes = std::move(message.attributes);
    for (const std::string& output : message.outputs) {
      if (node.name.empty()) node.name = output;
      if (!output.empty() && FindValue(output) != kAbsent) {
        return node.Invalid("its output '" + output + "' is defined twice");
      }
      node.outputs.push_back(output.empty() ? kAbsent : AddValue(output));
      if (!output.empty()) producers_.back() = static_cast<int>(graph_->nodes_.size());
    }
    if (node.outputs.empty() || node.outputs[0] == kAbsent) {
      return node.Invalid("operator '" + node.operation + "' has no output");
    }
    domains_.push_back(std::move(message.domain));
    graph_->nodes_.push_back(std::move(node));
  }
  return OkStatus();
}

Status GraphBuilder::ResolveNodeInputs() {
  for (size_t i = 0; i < graph_->nodes_.size(); ++i) {
    Node& node = graph_->nodes_[i];
    for (const std::string& input : message_.nodes[i].inputs) {
      const GraphValue value = input.empty() ? kAbsent : FindValue(input);
      if (value == kAbsent && !input.empty()) {
        return node.Invalid("its input '" + input + "' is defined nowhere");
      }
      node.inputs.push_back(value);
    }
  }
  return OkStatus();
}

Status GraphBuilder::ResolveOutput() {
  if (message_.outputs.empty()) return InvalidModel("graph: no output");
  const OnnxValueMessage& output = message_.outputs[0];
  if (message_.outputs.size() > 1) {
    return UnsupportedModel("graph: outputs '" + output.name + "' and '" +
                            message_.outputs[1].name +
                            "'; brushwork runs models with one output, a picture");
  }
  graph_->output_ = FindValue(output.name);
  if (graph_->output_ == kAbsent) {
    return InvalidModel("graph: its output '" + output.name + "' is defined nowhere");
  }
  if (output.element_type != 0 && !IsPictureType(output.element_type)) {
    return UnsupportedModel("graph output '" + output.name + "' is of type " +
                            ElementTypeName(output.element_type) + "; needed is a float picture");
  }
  return OkStatus();
}

// ONNX demands sorted nodes; some writers don't care. Kahn's algorithm, which keeps the file's
// order where it can.
Status GraphBuilder::SortNodes() {
  std::vector<Node>& nodes = graph_->nodes_;
  std::vector<int> waiting_for(nodes.size(), 0);
  std::vector<std::vector<int>> readers(nodes.size());
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const GraphValue input : nodes[i].inputs) {
      const int producer = input == kAbsent ? -1 : producers_[static_cast<size_t>(input)];
      if (producer < 0) continue;
      readers[static_cast<size_t>(producer)].push_back(static_cast<int>(i));
      ++waiting_for[i];
    }
    if (waiting_for[i] == 0) ready.push(static_cast<int>(i));
  }
  std::vector<Node> sorted;
  std::vector<std::string> sorted_domains;
  sorted.reserve(nodes.size());
  while (!ready.empty()) {
    const auto index = static_cast<size_t>(ready.top());
    ready.pop();
    for (const int reader : readers[index]) {
      if (--waiting_for[static_cast<size_t>(reader)] == 0) ready.push(reader);
    }
    sorted.push_back(std::move(nodes[index]));
    sorted_domains.push_back(std::move(domains_[index]));
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (waiting_for[i] > 0) return nodes[i].Invalid("is part of a cycle");
  }
  nodes = std::move(sorted);
  domains_ = std::move(sorted_domains);
  return OkStatus();
}

void GraphBuilder::RemoveUnusedNodes() {
  std::vector<bool> needed(graph_->value_names_.size(), false);
  needed[static_cast<size_t>(graph_->output_)] = true;
  std::vector<Node> kept;
  std::vector<std::string> kept_domains;
  for (size_t i = graph_->nodes_.size(); i-- > 0;) {
    Node& node = graph_->nodes_[i];
    const bool is_needed =
        std::any_of(node.outputs.begin(), node.outputs.end(), [&](GraphValue output) {
          return output != kAbsent && needed[static_cast<size_t>(output)];
        });
    if (!is_needed) continue;
    for (const GraphValue input : node.inputs) {
      if (input != kAbsent) needed[static_cast<size_t>(input)] = true;
    }
    kept.push_back(std::move(node));
    kept_domains.push_back(std::move(domains_[i]));
  }
  std::reverse(kept.begin(), kept.end());
  std::reverse(kept_domains.begin(), kept_domains.end());
  graph_->nodes_ = std::move(kept);
  domains_ = std::move(kept_domains);
}

Status GraphBuilder::CheckOperators() {
  for (size_t i = 0; i < graph_->nodes_.size(); ++i) {
    Node& node = graph_->nodes_[i];
    if (!domains_[i].empty() && domains_[i] != "ai.onnx") {
      return UnsupportedModel("node '" + node.name + "': operator '" + node.operation +
                              "' of domain '" + domains_[i] +
                              "' is not supported; supported are operators of ONNX itself");
    }
    node.definition = FindOperator(node.operation);
    if (node.definition == nullptr) {
      return UnsupportedModel("node '" + node.name + "': operator '" + node.operation +
                              "' is not supported; supported are " + SupportedOperators());
    }
    const size_t count = node.inputs.size();
    if (count < node.definition->min_inputs || count > node.definition->max_inputs) {
      return node.Invalid("operator '" + node.operation + "' has " + std::to_string(count) +
                          " inputs, needs " + std::to_string(node.definition->min_inputs) + " to " +
                          std::to_string(node.definition->max_inputs));
    }
    for (size_t k = 0; k < node.definition->min_inputs; ++k) {
      if (node.inputs[k] == kAbsent) {
        return node.Invalid("operator '" + node.operation + "' lacks its input " +
                            std::to_string(k));
      }
    }
    for (const OnnxAttributeMessage& attribute : node.attributes) {
      if (attribute.has_unsupported_value) {
        return node.Unsupported("attribute '" + attribute.name +
                                "': subgraphs, sparse tensors and lists of tensors are not "
                                "supported");
      }
    }
  }
  return OkStatus();
}

// Folds nodes all of whose inputs are known for every size of the picture.
Status GraphBuilder::FoldConstants() {
  FoldBudget budget(kMaxFoldedBesides);
  const auto grant = [&](const Constant& constant) {
    budget.Grant(kFoldedForEach * static_cast<int64_t>(constant.size()));
  };
  for (const ConstantPointer& constant : graph_->constants_) {
    if (constant != nullptr) grant(*constant);
  }
  std::vector<Node> remaining;
  for (Node& node : graph_->nodes_) {
    std::vector<ConstantPointer> inputs;
    bool known = node.definition->fold != nullptr;
    for (const GraphValue input : node.inputs) {
      inputs.push_back(input == kAbsent ? nullptr : graph_->constant(input));
      known = known && (input == kAbsent || inputs.back() != nullptr);
    }
    if (!known) {
      remaining.push_back(std::move(node));
      continue;
    }
    BRUSHWORK_ASSIGN_OR_RETURN(Constant constant, budget.Fold(node, inputs));
    // Constant nodes carry tensors of the file.
    if (node.inputs.empty()) grant(constant);
    graph_->constants_[static_cast<size_t>(node.outputs[0])] =
        std::make_shared<const Constant>(std::move(constant));
  }
  graph_->nodes_ = std::move(remaining);
  return OkStatus();
}

StatusOr<std::unique_ptr<const Graph>> Graph::Create(OnnxModelMessage message) {
  return GraphBuilder(std::move(message)).Build();
}

std::string Graph::Metadata(const std::string& key) const {
  for (const auto& [name, value] : metadata_) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace brushwork
