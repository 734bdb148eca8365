#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

std::vector<uint8_t> Pooled(CaseGraph& g, const char* operation, bool ceil_mode,
                            const std::vector<OnnxAttribute>& more) {
  Random& random = g.random();
  const int64_t kernel = random.Integer(2, 4);
  std::vector<OnnxAttribute> attributes = {
      {"kernel_shape", {kernel, 3}},
      {"strides", {random.Integer(1, 3), random.Integer(1, 3)}},
      {"pads", {random.Integer(0, 1), random.Integer(0, 1), random.Integer(0, 1), 1}},
      {"ceil_mode", ceil_mode ? 1 : 0}};
  attributes.insert(attributes.end(), more.begin(), more.end());
  return g.Finish(g.Node(operation, {g.input()}, attributes), g.channels());
}

}  // namespace

void AddPoolingCases(CaseList& list) {
  list.AddMany(4, "max_pool", 12, 5, [](CaseGraph& g) { return Pooled(g, "MaxPool", false, {}); });
  list.AddMany(2, "max_pool_ceil", 12, 5,
               [](CaseGraph& g) { return Pooled(g, "MaxPool", true, {}); });
  list.Add("max_pool_dilated", 12, 5,
           [](CaseGraph& g) { return Pooled(g, "MaxPool", false, {{"dilations", {2, 2}}}); });
  list.AddMany(3, "average_pool", 19, 5,
               [](CaseGraph& g) { return Pooled(g, "AveragePool", false, {}); });
  list.AddMany(3, "average_pool_with_padding", 19, 5, [](CaseGraph& g) {
    return Pooled(g, "AveragePool", false, {{"count_include_pad", 1}});
  });
  list.AddMany(2, "average_pool_ceil", 19, 5,
               [](CaseGraph& g) { return Pooled(g, "AveragePool", true, {}); });
  list.Add("average_pool_same", 11, 5, [](CaseGraph& g) {
    return g.Finish(
        g.Node("AveragePool", {g.input()},
               {{"kernel_shape", {3, 2}}, {"strides", {2, 2}}, {"auto_pad", "SAME_UPPER"}}),
        g.channels());
  });
  list.Add("global_average_pool", 17, 6, [](CaseGraph& g) {
    const std::string mean = g.Node("GlobalAveragePool", {g.input()});
    return g.Finish(g.Node("Sub", {g.input(), mean}), g.channels());
  });
  list.Add("reduce_mean", 17, 6, [](CaseGraph& g) {
    const std::string mean = g.Node("ReduceMean", {g.input()}, {{"axes", {2, 3}}, {"keepdims", 1}});
    return g.Finish(g.Node("Mul", {g.input(), mean}), g.channels());
  });
  // Squeeze and excitation: the picture's mean through two small layers scales the channels.
  list.Add("gemm", 17, 6, [](CaseGraph& g) {
    const std::string mean = g.Node("Flatten", {g.Node("GlobalAveragePool", {g.input()})});
    const std::string hidden =
        g.Node("Relu", {g.Node("Gemm", {mean, g.Weights({4, 6}), g.Weights({4})},
                               {{"transB", 1}, {"alpha", 0.5}})});
    const std::string gate =
        g.Node("Sigmoid", {g.Node("Gemm", {hidden, g.Weights({4, 6}), g.Weights({6})})});
    const std::string shaped = g.Node("Reshape", {gate, g.Ints({1, 6, 1, 1})});
    return g.Finish(g.Node("Mul", {g.input(), shaped}), 6);
  });
  list.Add("matmul", 17, 6, [](CaseGraph& g) {
    const std::string mean = g.Node("Flatten", {g.Node("GlobalAveragePool", {g.input()})});
    const std::string mixed = g.Node("MatMul", {mean, g.Weights({6, 6})});
    const std::string biased = g.Node("Add", {mixed, g.Weights({6})});
    const std::string column = g.Node("Unsqueeze", {biased, g.Ints({2, 3})});
    return g.Finish(g.Node("Add", {g.input(), column}), 6);
  });
}

}  // namespace brushwork
