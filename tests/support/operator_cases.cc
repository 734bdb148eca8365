#include "tests/support/operator_cases.h"

#include <utility>

namespace brushwork {

namespace {
size_t Count(const std::vector<int64_t>& dims) {
  size_t count = 1;
  for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
  return count;
}
}  // namespace

CaseGraph::CaseGraph(Random& random, int opset, int64_t channels)
    : random_(random), builder_(opset), channels_(channels) {
  builder_.Input("picture", {1, 3, -1, -1});
  const std::string weights = Weights({channels, 3, 1, 1});
  const std::string bias = Weights({channels}, -0.5F, 0.5F);
  input_ = Node("Conv", {"picture", weights, bias});
}

std::string CaseGraph::Fresh(const std::string& stem) {
  return stem + "_" + std::to_string(count_++);
}

std::string CaseGraph::Weights(std::vector<int64_t> dims, float low, float high) {
  const std::string name = Fresh("weights");
  const size_t count = Count(dims);
  builder_.Floats(name, std::move(dims), random_.Uniforms(count, low, high));
  return name;
}

std::string CaseGraph::Ints(const std::vector<int64_t>& values) {
  const std::string name = Fresh("ints");
  builder_.Ints(name, values);
  return name;
}

std::string CaseGraph::Scalar(float value) {
  const std::string name = Fresh("scalar");
  builder_.Float(name, value);
  return name;
}

std::string CaseGraph::Node(const std::string& operation, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes) {
  const std::string name = Fresh(operation);
  builder_.Node(operation, inputs, {name}, attributes);
  return name;
}

std::string CaseGraph::Quantize(const std::string& value, float scale, int zero_point,
                                bool is_uint8) {
  const std::string scale_name = Scalar(scale);
  const std::string zero_point_name = Fresh("zero_point");
  if (is_uint8) {
    builder_.Uint8s(zero_point_name, {}, {static_cast<uint8_t>(zero_point)});
  } else {
    builder_.Int8s(zero_point_name, {}, {static_cast<int8_t>(zero_point)});
  }
  const std::string quantized = Node("QuantizeLinear", {value, scale_name, zero_point_name});
  return Node("DequantizeLinear", {quantized, scale_name, zero_point_name});
}

std::string CaseGraph::QuantizedWeights(const std::vector<int64_t>& dims, int64_t axis,
                                        float scale) {
  std::vector<int8_t> values(Count(dims));
  for (int8_t& value : values) value = static_cast<int8_t>(random_.Integer(-127, 127));
  const std::string name = Fresh("quantized_weights");
  builder_.Int8s(name, dims, values);
  const int64_t channels = dims[static_cast<size_t>(axis)];
  const std::string scales = Weights({channels}, 0.5F * scale, 1.5F * scale);
  const std::string zero_points = Fresh("zero_points");
  builder_.Int8s(zero_points, {channels}, std::vector<int8_t>(static_cast<size_t>(channels), 0));
  return Node("DequantizeLinear", {name, scales, zero_points}, {{"axis", axis}});
}

std::vector<uint8_t> CaseGraph::Finish(const std::string& value, int64_t channels) {
  const std::string weights = Weights({3, channels, 1, 1});
  builder_.Node("Conv", {value, weights}, {"painting"});
  builder_.Output("painting", {1, 3, -1, -1});
  return builder_.Build();
}

void CaseList::Add(const std::string& name, int opset, int64_t channels, const Build& build,
                   float tolerance) {
  CaseGraph graph(random_, opset, channels);
  OperatorCase made;
  made.name = std::to_string(cases_.size()) + "_" + name;
  made.model = build(graph);
  made.height = random_.Integer(9, 27);
  made.width = random_.Integer(9, 27);
  made.tolerance = tolerance;
  cases_.push_back(std::move(made));
}

void CaseList::AddMany(int count, const std::string& name, int opset, int64_t channels,
                       const Build& build, float tolerance) {
  for (int i = 0; i < count; ++i) Add(name, opset, channels, build, tolerance);
}

std::vector<OperatorCase> AllOperatorCases() {
  CaseList list;
  AddConvolutionCases(list);
  AddNormalizationCases(list);
  AddShapeCases(list);
  AddElementwiseCases(list);
  AddPoolingCases(list);
  AddFoldingCases(list);
  AddQuantizedCases(list);
  return list.Take();
}

}  // namespace brushwork
