#include "tests/support/operator_cases.h"

namespace brushwork {

void AddElementwiseCases(CaseList& list) {
  for (const char* operation : {"Add", "Sub", "Mul", "Div"}) {
    const std::string name = operation;
    list.Add(name + "_activations", 14, 5, [=](CaseGraph& g) {
      const std::string other =
          g.Node("Sigmoid", {g.Node("Conv", {g.input(), g.Weights({5, 5, 1, 1})})});
      const std::string safe = g.Node("Add", {other, g.Scalar(0.5F)});
      return g.Finish(g.Node(name, {g.input(), safe}), 5);
    });
    list.Add(name + "_scalar", 14, 5,
             [=](CaseGraph& g) { return g.Finish(g.Node(name, {g.input(), g.Scalar(1.7F)}), 5); });
    list.Add(name + "_channels", 14, 5, [=](CaseGraph& g) {
      return g.Finish(g.Node(name, {g.input(), g.Weights({1, 5, 1, 1}, 0.5F, 1.5F)}), 5);
    });
    list.Add(name + "_constant_first", 14, 5, [=](CaseGraph& g) {
      const std::string safe = g.Node("Add", {g.Node("Sigmoid", {g.input()}), g.Scalar(0.5F)});
      return g.Finish(g.Node(name, {g.Weights({5, 1, 1}, 0.5F, 1.5F), safe}), 5);
    });
  }
  list.Add("residual_relu", 14, 16, [](CaseGraph& g) {
    const std::string branch = g.Node("Conv", {g.input(), g.Weights({16, 16, 3, 3}, -0.2F, 0.2F)},
                                      {{"pads", {1, 1, 1, 1}}});
    return g.Finish(g.Node("Relu", {g.Node("Add", {g.input(), branch})}), 16);
  });
  for (const char* operation : {"Relu", "Tanh", "Sigmoid", "HardSwish", "Abs", "Neg", "Exp"}) {
    list.Add(operation, 14, 5,
             [=](CaseGraph& g) { return g.Finish(g.Node(operation, {g.input()}), 5); });
  }
  list.Add("HardSigmoid", 14, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("HardSigmoid", {g.input()}, {{"alpha", 0.3}, {"beta", 0.4}}), 5);
  });
  list.Add("Sqrt", 14, 5,
           [](CaseGraph& g) { return g.Finish(g.Node("Sqrt", {g.Node("Abs", {g.input()})}), 5); });
  list.Add("LeakyRelu", 16, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("LeakyRelu", {g.input()}, {{"alpha", 0.2}}), 5);
  });
  list.Add("LeakyRelu_default", 16, 5,
           [](CaseGraph& g) { return g.Finish(g.Node("LeakyRelu", {g.input()}), 5); });
  list.Add("PRelu", 16, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("PRelu", {g.input(), g.Weights({5, 1, 1})}), 5);
  });
  list.Add("PRelu_one_slope", 16, 5,
           [](CaseGraph& g) { return g.Finish(g.Node("PRelu", {g.input(), g.Weights({1})}), 5); });
  list.Add("Clip", 13, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("Clip", {g.input(), g.Scalar(-0.5F), g.Scalar(0.7F)}), 5);
  });
  list.Add("Clip_no_minimum", 13, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("Clip", {g.input(), "", g.Scalar(0.1F)}), 5);
  });
  list.Add("Clip_no_maximum", 13, 5,
           [](CaseGraph& g) { return g.Finish(g.Node("Clip", {g.input(), g.Scalar(0.1F)}), 5); });
  list.Add("clip_of_clip", 13, 5, [](CaseGraph& g) {
    const std::string first = g.Node("Clip", {g.input(), g.Scalar(-1.0F), g.Scalar(0.5F)});
    return g.Finish(g.Node("Clip", {first, g.Scalar(0.0F), g.Scalar(0.7F)}), 5);
  });
}

}  // namespace brushwork
