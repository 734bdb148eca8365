// Models of one or a few nodes, and what they become.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "model/model.h"
#include "tests/support/onnx_builder.h"

namespace brushwork {

using Attributes = std::vector<OnnxAttribute>;

// A graph around the nodes under test: `x` is its input [1, 3, H, W], "wide" (if asked for) the 8
// channels that a 1×1 convolution makes of it. Finish makes 3 channels of a value again, if it has
// others, so that the model is a picture in, a picture out.
class TestGraph {
 public:
  explicit TestGraph(int64_t opset = 17) : builder(opset) { builder.Input("x", {1, 3, -1, -1}); }

  // Returns its name.
  std::string Wide(int64_t channels = 8) {
    builder.Filled("wide/weights", {channels, 3, 1, 1}, 0.25F);
    return Node("Conv", {"x", "wide/weights"}, {}, "wide");
  }
  std::string Node(const std::string& operation, const std::vector<std::string>& inputs,
                   const Attributes& attributes = {}, const std::string& output = "") {
    const std::string name = output.empty() ? operation + std::to_string(count_++) : output;
    builder.Node(operation, inputs, {name}, attributes);
    return name;
  }
  std::string Floats(const std::vector<int64_t>& dims, const std::vector<float>& values) {
    const std::string name = "floats" + std::to_string(count_++);
    builder.Floats(name, dims, values);
    return name;
  }
  std::string Ints(const std::vector<int64_t>& values) {
    const std::string name = "ints" + std::to_string(count_++);
    builder.Ints(name, values);
    return name;
  }
  std::string Scalar(float value) { return Floats({}, {value}); }

  // `channels` of the value; 0 if it has 3 and is the output itself.
  std::vector<uint8_t> Finish(const std::string& value, int64_t channels = 0) {
    if (channels == 0) {
      builder.Output(value);
      return builder.Build();
    }
    builder.Filled("end/weights", {3, channels, 1, 1}, 0.5F);
    builder.Node("Conv", {value, "end/weights"}, {"end"});
    builder.Output("end");
    return builder.Build();
  }

  OnnxBuilder builder;

 private:
  int count_ = 0;
};

// The network of a model that is expected to be fine.
inline Network NetworkOf(const std::vector<uint8_t>& file, int64_t height, int64_t width) {
  const StatusOr<Model> model = Model::Read(file);
  INFO(model.status().message());
  REQUIRE(model.ok());
  StatusOr<Network> network = model->Specialize(height, width);
  INFO(network.status().message());
  REQUIRE(network.ok());
  return std::move(network).value();
}

// The error of a model that is expected to be none, at reading or at this size.
inline Status ErrorOf(const std::vector<uint8_t>& file, int64_t height = 16, int64_t width = 16) {
  const StatusOr<Model> model = Model::Read(file);
  if (!model.ok()) return model.status();
  return model->Specialize(height, width).status();
}

inline bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::vector<std::string> KindsOf(const Network& network) {
  std::vector<std::string> kinds;
  for (const Layer& layer : network.layers) kinds.push_back(LayerKindName(layer.parameters));
  return kinds;
}

// The only layer of a kind.
template <typename T>
const T& Only(const Network& network) {
  const T* found = nullptr;
  for (const Layer& layer : network.layers) {
    const T* parameters = std::get_if<T>(&layer.parameters);
    if (parameters == nullptr) continue;
    REQUIRE(found == nullptr);
    found = parameters;
  }
  REQUIRE(found != nullptr);
  return *found;
}

template <typename T>
Shape4 OutputShapeOf(const Network& network) {
  for (const Layer& layer : network.layers) {
    if (!std::holds_alternative<T>(layer.parameters)) continue;
    return network.values[static_cast<size_t>(layer.output)].shape;
  }
  FAIL("no such layer");
  return {};
}

inline Shape4 OutputShape(const Network& network) {
  return network.values[static_cast<size_t>(network.output)].shape;
}

inline std::vector<float> Counting(size_t count, float first = 1.0F) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = first + static_cast<float>(i);
  return values;
}

}  // namespace brushwork
