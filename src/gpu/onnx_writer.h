// Writes ONNX models, for engines outside of the core. Only what generators consist of: float and
// int64 initializers, nodes of the default domain, attributes that are numbers, lists and names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace brushwork {

// Collects the parts of a graph in the order in which they are added. Names are the caller's: each
// value is written once, before it is read.
class OnnxWriter {
 public:
  // A number, or the name of a dimension that is known only when the model runs.
  using Dimension = std::variant<int64_t, std::string>;

  // A type of its own: GCC 12's variant of nothing but numbers, strings and vectors destroys what
  // is not there when a copy of it is refused memory.
  struct Integers {
    std::vector<int64_t> values;
  };

  struct Attribute {
    std::string name;
    std::variant<int64_t, float, std::string, Integers> value;
  };

  explicit OnnxWriter(const std::string& graph_name);

  // Float tensors that the caller of the model gives and gets.
  void AddInput(const std::string& name, const std::vector<Dimension>& dims);
  void AddOutput(const std::string& name, const std::vector<Dimension>& dims);

  // As many values as `dims` say.
  void AddFloats(const std::string& name, const std::vector<int64_t>& dims,
                 std::span<const float> values);
  // [values.size()]
  void AddInts(const std::string& name, std::span<const int64_t> values);

  // An empty input name is an input left out. `name` is for messages.
  void AddNode(const std::string& operation, const std::string& name,
               const std::vector<std::string>& inputs, const std::string& output,
               const std::vector<Attribute>& attributes = {});

  // How many bytes the graph has by now, and those from `begin` on, for comparison with another
  // writer's.
  size_t size() const { return graph_.size(); }
  std::string_view BytesFrom(size_t begin) const { return std::string_view(graph_).substr(begin); }

  // The file, with this opset of the default domain.
  std::vector<uint8_t> Finish(int64_t opset) const;

 private:
  std::string graph_;  // of GraphProto
};

}  // namespace brushwork
