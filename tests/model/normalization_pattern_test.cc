// Normalizations by name and in the spellings of exporters.
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>

#include "tests/model/model_testing.h"

namespace brushwork {
namespace {

using Kinds = std::vector<std::string>;
using Floats = std::vector<float>;
using Catch::Matchers::WithinRel;

constexpr float kEpsilon = 1e-4F;

// The steps of a normalization, for one opset.
class Spelling {
 public:
  explicit Spelling(int64_t opset) : graph(opset), opset_(opset) {}

  std::string Mean(const std::string& x) {
    if (opset_ < 18) return graph.Node("ReduceMean", {x}, {{"axes", {2, 3}}, {"keepdims", 1}});
    return graph.Node("ReduceMean", {x, graph.Ints({-2, -1})});
  }
  std::string Add(const std::string& a, const std::string& b) { return graph.Node("Add", {a, b}); }
  std::string Sub(const std::string& a, const std::string& b) { return graph.Node("Sub", {a, b}); }
  std::string Mul(const std::string& a, const std::string& b) { return graph.Node("Mul", {a, b}); }
  std::string Div(const std::string& a, const std::string& b) { return graph.Node("Div", {a, b}); }
  std::string Sqrt(const std::string& a) { return graph.Node("Sqrt", {a}); }
  std::string Square(const std::string& a) { return graph.Node("Pow", {a, graph.Scalar(2.0F)}); }
  std::string Epsilon(const std::string& a) { return Add(a, graph.Scalar(kEpsilon)); }
  std::string Gamma() { return graph.Floats({1, 3, 1, 1}, {2.0F, 3.0F, 4.0F}); }
  std::string Beta() { return graph.Floats({3, 1, 1}, {5.0F, 6.0F, 7.0F}); }
  std::string Variance(const std::string& centered) { return Mean(Mul(centered, centered)); }

  Network Finish(const std::string& y) { return NetworkOf(graph.Finish(y), 9, 11); }

  TestGraph graph;

 private:
  int64_t opset_;
};

void CheckNormalization(const Network& network, const Floats& scale, const Floats& shift,
                        float epsilon = kEpsilon) {
  CHECK(KindsOf(network) == Kinds{"instance normalization"});
  const auto& layer = Only<NormalizationLayer>(network);
  CHECK(layer.groups == 3);
  CHECK(layer.shift == shift);
  CHECK_THAT(layer.epsilon, WithinRel(epsilon, 1e-6F));
  for (size_t c = 0; c < 3; ++c) CHECK_THAT(layer.scale[c], WithinRel(scale[c], 1e-6F));
}

const Floats kOnes{1, 1, 1};
const Floats kZeros{0, 0, 0};
const Floats kGamma{2, 3, 4};
const Floats kBeta{5, 6, 7};

}  // namespace

TEST_CASE("normalization: instance, with what follows") {
  TestGraph graph;
  std::string y = graph.Node("InstanceNormalization",
                             {"x", graph.Floats({3}, kGamma), graph.Floats({3}, kBeta)},
                             {{"epsilon", kEpsilon}});
  y = graph.Node("Mul", {y, graph.Scalar(2.0F)});
  CheckNormalization(NetworkOf(graph.Finish(y), 5, 5), {4, 6, 8}, {10, 12, 14});
}

TEST_CASE("normalization: batch") {
  TestGraph graph;
  const std::string y = graph.Node("BatchNormalization",
                                   {"x", graph.Floats({3}, {2, 3, 4}), graph.Floats({3}, {1, 1, 1}),
                                    graph.Floats({3}, {1, 2, 3}), graph.Floats({3}, {4, 9, 16})},
                                   {{"epsilon", 0.0F}});
  const Network network = NetworkOf(graph.Finish(y), 5, 5);
  CHECK(Only<ChannelAffineLayer>(network).scale == kOnes);
  CHECK(Only<ChannelAffineLayer>(network).shift == Floats{0, -1, -2});
}

TEST_CASE("normalization: groups, per group and per channel") {
  const auto grouped = [](int64_t opset, const Floats& scale) {
    TestGraph graph(opset);
    const auto count = static_cast<int64_t>(scale.size());
    const std::string y =
        graph.Node("GroupNormalization",
                   {graph.Wide(4), graph.Floats({count}, scale), graph.Floats({count}, scale)},
                   {{"num_groups", 2}});
    return NetworkOf(graph.Finish(y, 4), 5, 5);
  };
  const Network per_group = grouped(18, {2, 3});
  CHECK(Only<NormalizationLayer>(per_group).groups == 2);
  CHECK(Only<NormalizationLayer>(per_group).scale == Floats{2, 2, 3, 3});
  const Network per_channel = grouped(21, {2, 3, 4, 5});
  CHECK(Only<NormalizationLayer>(per_channel).scale == Floats{2, 3, 4, 5});
  CHECK(KindsOf(per_channel)[1] == "group normalization");
}

TEST_CASE("normalization: groups as torch writes them") {
  for (const int64_t groups : {1, 2, 4}) {
    TestGraph graph;
    const std::string wide = graph.Wide(4);
    const std::string flat = graph.Node("Reshape", {wide, graph.Ints({0, groups, -1})});
    const std::string normal =
        graph.Node("InstanceNormalization",
                   {flat, graph.Floats({groups}, Floats(static_cast<size_t>(groups), 1.0F)),
                    graph.Floats({groups}, Floats(static_cast<size_t>(groups), 0.0F))},
                   {{"epsilon", kEpsilon}});
    const std::string back = graph.Node("Reshape", {normal, graph.Node("Shape", {wide})});
    const std::string scaled = graph.Node("Mul", {back, graph.Floats({4, 1, 1}, Counting(4))});
    const std::string y = graph.Node("Add", {scaled, graph.Floats({4, 1, 1}, Counting(4, 5.0F))});
    const Network network = NetworkOf(graph.Finish(y, 4), 6, 5);
    CHECK(network.layers.size() == 3);
    const auto& layer = Only<NormalizationLayer>(network);
    CHECK(layer.groups == groups);
    CHECK(layer.scale == Counting(4));
    CHECK(layer.shift == Counting(4, 5.0F));
    CHECK(layer.epsilon == kEpsilon);
  }
}

TEST_CASE("normalization: spelled out, the plain way") {
  for (const int64_t opset : {11, 17, 18, 21}) {
    Spelling s(opset);
    const std::string centered = s.Sub("x", s.Mean("x"));
    const std::string deviation = s.Sqrt(s.Epsilon(s.Mean(s.Square(centered))));
    CheckNormalization(s.Finish(s.Div(centered, deviation)), kOnes, kZeros);
  }
}

TEST_CASE("normalization: spelled out, with scale and shift") {
  Spelling s(17);
  const std::string centered = s.Sub("x", s.Mean("x"));
  const std::string deviation = s.Sqrt(s.Epsilon(s.Variance(centered)));
  const std::string normal = s.Mul(s.Div(centered, deviation), s.Gamma());
  CheckNormalization(s.Finish(s.Add(s.Beta(), normal)), kGamma, kBeta);
}

TEST_CASE("normalization: spelled out, differences computed twice") {
  Spelling s(17);
  const std::string variance = s.Mean(s.Square(s.Sub("x", s.Mean("x"))));
  const std::string centered = s.Sub("x", s.Mean("x"));
  CheckNormalization(s.Finish(s.Div(centered, s.Sqrt(s.Epsilon(variance)))), kOnes, kZeros);
}

TEST_CASE("normalization: spelled out, with reciprocals") {
  for (const bool by_division : {false, true}) {
    Spelling s(18);
    const std::string centered = s.Sub("x", s.Mean("x"));
    const std::string deviation = s.Sqrt(s.Epsilon(s.Variance(centered)));
    const std::string inverse = by_division ? s.Div(s.graph.Scalar(1.0F), deviation)
                                            : s.graph.Node("Reciprocal", {deviation});
    const std::string normal = s.Mul(centered, s.Mul(inverse, s.Gamma()));
    CheckNormalization(s.Finish(s.Add(normal, s.Beta())), kGamma, kBeta);
  }
}

TEST_CASE("normalization: spelled out, x · inverse + (beta - mean · inverse)") {
  Spelling s(17);
  const std::string mean = s.Mean("x");
  const std::string difference = s.Sub("x", mean);
  const std::string deviation = s.Sqrt(s.Epsilon(s.Variance(difference)));
  const std::string inverse = s.Mul(s.graph.Node("Reciprocal", {deviation}), s.Gamma());
  const std::string shift = s.Sub(s.Beta(), s.Mul(mean, inverse));
  CheckNormalization(s.Finish(s.Add(s.Mul("x", inverse), shift)), kGamma, kBeta);
}

TEST_CASE("normalization: spelled out, scaled before the division") {
  Spelling s(17);
  const std::string centered = s.Sub("x", s.Mean("x"));
  const std::string deviation = s.Sqrt(s.Epsilon(s.Variance(centered)));
  CheckNormalization(s.Finish(s.Div(s.Mul(s.Gamma(), centered), deviation)), kGamma, kZeros);
}

TEST_CASE("normalization: spelled out, mean of squares less square of mean") {
  Spelling s(17);
  const std::string mean = s.Mean("x");
  const std::string variance = s.Sub(s.Mean(s.Mul("x", "x")), s.Square(mean));
  CheckNormalization(s.Finish(s.Div(s.Sub("x", mean), s.Sqrt(s.Epsilon(variance)))), kOnes, kZeros);
}

TEST_CASE("normalization: spelled out, the unbiased variance of torch") {
  // var = mean of squares * n / (n - 1), n from the shape.
  Spelling s(17);
  TestGraph& graph = s.graph;
  const std::string centered = s.Sub("x", s.Mean("x"));
  const std::string dims =
      graph.Node("Gather", {graph.Node("Shape", {"x"}), graph.Ints({2, 3})}, {{"axis", 0}});
  const std::string count =
      graph.Node("Cast", {graph.Node("ReduceProd", {dims}, {{"keepdims", 0}})}, {{"to", 1}});
  const std::string corrected =
      s.Div(s.Mul(s.Variance(centered), count), s.Sub(count, graph.Scalar(1.0F)));
  const Network network = s.Finish(s.Div(centered, s.Sqrt(s.Epsilon(corrected))));
  const float factor = 99.0F / 98.0F;
  const float scale = 1.0F / std::sqrt(factor);
  CheckNormalization(network, {scale, scale, scale}, kZeros, kEpsilon / factor);
}

TEST_CASE("normalization: what only looks like it stays as it is") {
  Spelling s(17);  // an epsilon beside the root
  const std::string centered = s.Sub("x", s.Mean("x"));
  const std::string deviation = s.Epsilon(s.Sqrt(s.Variance(centered)));
  const Network outside = s.Finish(s.Div(centered, deviation));
  CHECK(KindsOf(outside) == Kinds{"global average pooling", "subtraction", "multiplication",
                                  "global average pooling", "square root", "scale and shift",
                                  "division"});
  Spelling other(17);  // the variance of another value
  const std::string relu = other.graph.Node("Relu", {"x"});
  const std::string difference = other.Sub("x", other.Mean("x"));
  const std::string of_relu =
      other.Sqrt(other.Epsilon(other.Variance(other.Sub(relu, other.Mean(relu)))));
  const Network mixed = other.Finish(other.Div(difference, of_relu));
  CHECK(KindsOf(mixed).back() == "division");
}

}  // namespace brushwork
