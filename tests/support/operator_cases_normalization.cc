#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

constexpr float kEpsilon = 1e-5F;

// (x - mean) / sqrt(mean((x - mean)^2) + epsilon), as exporters of older frameworks write it.
std::vector<uint8_t> SpelledOut(CaseGraph& g, bool axes_as_input, bool with_scale,
                                const char* square) {
  const auto mean = [&](const std::string& x) {
    return axes_as_input ? g.Node("ReduceMean", {x, g.Ints({2, 3})}, {{"keepdims", 1}})
                         : g.Node("ReduceMean", {x}, {{"axes", {2, 3}}, {"keepdims", 1}});
  };
  const std::string centred = g.Node("Sub", {g.input(), mean(g.input())});
  const std::string squared = std::string(square) == "Pow"
                                  ? g.Node("Pow", {centred, g.Scalar(2.0F)})
                                  : g.Node("Mul", {centred, centred});
  const std::string deviation =
      g.Node("Sqrt", {g.Node("Add", {mean(squared), g.Scalar(kEpsilon)})});
  std::string value = g.Node("Div", {centred, deviation});
  if (with_scale) {
    value = g.Node("Mul", {value, g.Weights({1, g.channels(), 1, 1}, 0.5F, 2.0F)});
    value = g.Node("Add", {value, g.Weights({g.channels(), 1, 1})});
  }
  return g.Finish(value, g.channels());
}

// How torch writes a group normalization before opset 18.
std::vector<uint8_t> TorchGroups(CaseGraph& g, int64_t groups) {
  const std::string folded = g.Node("Reshape", {g.input(), g.Ints({0, groups, -1})});
  std::vector<float> ones(static_cast<size_t>(groups), 1.0F);
  std::vector<float> zeros(static_cast<size_t>(groups), 0.0F);
  g.builder().Floats("ones", {groups}, ones).Floats("zeros", {groups}, zeros);
  const std::string normalized =
      g.Node("InstanceNormalization", {folded, "ones", "zeros"}, {{"epsilon", kEpsilon}});
  const std::string unfolded = g.Node("Reshape", {normalized, g.Node("Shape", {g.input()})});
  const std::string scaled = g.Node("Mul", {unfolded, g.Weights({g.channels(), 1, 1}, 0.5F, 2.0F)});
  return g.Finish(g.Node("Add", {scaled, g.Weights({g.channels(), 1, 1})}), g.channels());
}

}  // namespace

void AddNormalizationCases(CaseList& list) {
  for (const int64_t channels : {3, 5, 16, 33}) {
    list.Add(
        "instance_normalization", 17, channels,
        [](CaseGraph& g) {
          const int64_t c = g.channels();
          return g.Finish(
              g.Node("InstanceNormalization",
                     {g.input(), g.Weights({c}, 0.5F, 2.0F), g.Weights({c})}, {{"epsilon", 1e-3}}),
              c);
        },
        1e-3F);
  }
  list.AddMany(2, "batch_normalization", 15, 6, [](CaseGraph& g) {
    const int64_t c = g.channels();
    return g.Finish(g.Node("BatchNormalization", {g.input(), g.Weights({c}), g.Weights({c}),
                                                  g.Weights({c}), g.Weights({c}, 0.5F, 2.0F)}),
                    c);
  });
  list.Add("batch_normalization_after_relu", 15, 6, [](CaseGraph& g) {
    const int64_t c = g.channels();
    const std::string relu = g.Node("Relu", {g.input()});
    return g.Finish(g.Node("BatchNormalization", {relu, g.Weights({c}), g.Weights({c}),
                                                  g.Weights({c}), g.Weights({c}, 0.5F, 2.0F)}),
                    c);
  });
  list.Add(
      "group_normalization", 21, 6,
      [](CaseGraph& g) {
        return g.Finish(
            g.Node("GroupNormalization", {g.input(), g.Weights({6}, 0.5F, 2.0F), g.Weights({6})},
                   {{"num_groups", 3}}),
            6);
      },
      1e-3F);
  list.Add(
      "group_normalization_of_opset_18", 18, 6,
      [](CaseGraph& g) {
        return g.Finish(
            g.Node("GroupNormalization", {g.input(), g.Weights({2}, 0.5F, 2.0F), g.Weights({2})},
                   {{"num_groups", 2}}),
            6);
      },
      1e-3F);
  for (const int64_t groups : {1, 2, 4}) {
    list.Add(
        "group_normalization_of_torch", 16, 8, [=](CaseGraph& g) { return TorchGroups(g, groups); },
        1e-3F);
  }
  list.Add(
      "spelled_out_normalization", 13, 5,
      [](CaseGraph& g) { return SpelledOut(g, false, true, "Pow"); }, 1e-3F);
  list.Add(
      "spelled_out_normalization_bare", 13, 5,
      [](CaseGraph& g) { return SpelledOut(g, false, false, "Mul"); }, 1e-3F);
  list.Add(
      "spelled_out_normalization_18", 18, 5,
      [](CaseGraph& g) { return SpelledOut(g, true, true, "Mul"); }, 1e-3F);
}

}  // namespace brushwork
