#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

struct Geometry {
  int64_t kernel_height, kernel_width;
  std::vector<OnnxAttribute> attributes;
};

Geometry RandomGeometry(Random& random) {
  const int64_t kernel_height = random.Integer(1, 5);
  const int64_t kernel_width = random.Integer(1, 5);
  const int64_t most_height = kernel_height - 1;
  const int64_t most_width = kernel_width - 1;
  return {kernel_height,
          kernel_width,
          {{"kernel_shape", {kernel_height, kernel_width}},
           {"strides", {random.Integer(1, 3), random.Integer(1, 3)}},
           {"dilations", {random.Integer(1, 2), random.Integer(1, 2)}},
           {"pads",
            {random.Integer(0, most_height), random.Integer(0, most_width),
             random.Integer(0, most_height), random.Integer(0, most_width)}}}};
}

std::vector<uint8_t> RandomConvolution(CaseGraph& graph, int64_t groups, int64_t outputs,
                                       bool with_bias) {
  const Geometry geometry = RandomGeometry(graph.random());
  std::vector<std::string> inputs = {
      graph.input(), graph.Weights({outputs, graph.channels() / groups, geometry.kernel_height,
                                    geometry.kernel_width})};
  if (with_bias) inputs.push_back(graph.Weights({outputs}));
  std::vector<OnnxAttribute> attributes = geometry.attributes;
  attributes.emplace_back("group", groups);
  return graph.Finish(graph.Node("Conv", inputs, attributes), outputs);
}

std::vector<uint8_t> AutoPadded(CaseGraph& graph, const char* operation, const char* auto_pad) {
  const bool transposed = std::string(operation) == "ConvTranspose";
  const int64_t outputs = 5;
  const std::vector<int64_t> dims = transposed
                                        ? std::vector<int64_t>{graph.channels(), outputs, 3, 4}
                                        : std::vector<int64_t>{outputs, graph.channels(), 3, 4};
  const int64_t stride = graph.random().Integer(1, 2);
  return graph.Finish(graph.Node(operation, {graph.input(), graph.Weights(dims)},
                                 {{"auto_pad", auto_pad}, {"strides", {stride, 2}}}),
                      outputs);
}

std::vector<uint8_t> RandomTransposed(CaseGraph& graph, int64_t groups, int64_t per_group) {
  Random& random = graph.random();
  const int64_t kernel = random.Integer(2, 5);
  const int64_t stride_height = random.Integer(1, 3);
  const int64_t stride_width = random.Integer(1, 3);
  const std::string weights = graph.Weights({graph.channels(), per_group, kernel, kernel});
  const std::string bias = graph.Weights({groups * per_group});
  return graph.Finish(
      graph.Node("ConvTranspose", {graph.input(), weights, bias},
                 {{"group", groups},
                  {"strides", {stride_height, stride_width}},
                  {"output_padding",
                   {random.Integer(0, stride_height - 1), random.Integer(0, stride_width - 1)}},
                  {"pads",
                   {random.Integer(0, 1), random.Integer(0, 1), random.Integer(0, 1),
                    random.Integer(0, 1)}}}),
      groups * per_group);
}

}  // namespace

void AddConvolutionCases(CaseList& list) {
  list.AddMany(12, "conv", 17, 5,
               [](CaseGraph& g) { return RandomConvolution(g, 1, 7, g.random().Flip()); });
  list.AddMany(
      4, "conv_16_channels", 13, 16, [](CaseGraph& g) { return RandomConvolution(g, 1, 16, true); },
      1e-3F);
  list.AddMany(4, "conv_groups", 11, 6,
               [](CaseGraph& g) { return RandomConvolution(g, 2, 8, true); });
  list.AddMany(4, "conv_depthwise", 17, 8,
               [](CaseGraph& g) { return RandomConvolution(g, 8, 8, true); });
  list.AddMany(2, "conv_depthwise_multiplied", 17, 4,
               [](CaseGraph& g) { return RandomConvolution(g, 4, 12, true); });
  list.Add(
      "conv_9x9", 17, 3,
      [](CaseGraph& g) {
        return g.Finish(
            g.Node("Conv", {g.input(), g.Weights({16, 3, 9, 9})}, {{"pads", {4, 4, 4, 4}}}), 16);
      },
      2e-3F);
  for (const char* auto_pad : {"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"}) {
    list.AddMany(2, std::string("conv_auto_pad_") + auto_pad, 17, 4,
                 [=](CaseGraph& g) { return AutoPadded(g, "Conv", auto_pad); });
  }
  list.AddMany(8, "conv_transpose", 17, 4, [](CaseGraph& g) { return RandomTransposed(g, 1, 5); });
  list.AddMany(3, "conv_transpose_groups", 11, 4,
               [](CaseGraph& g) { return RandomTransposed(g, 2, 3); });
  for (const char* auto_pad : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
    list.Add(std::string("conv_transpose_auto_pad_") + auto_pad, 17, 4,
             [=](CaseGraph& g) { return AutoPadded(g, "ConvTranspose", auto_pad); });
  }
}

}  // namespace brushwork
