#include "tests/support/conditional_generator.h"

#include <string>

#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

class Builder {
 public:
  Builder(const StyleVector& style, bool quantized)
      : style_(style), quantized_(quantized), graph_(random_, 17, 3) {}

  std::vector<uint8_t> Build(int thumbnail) {
    const std::string padded = graph_.Node(
        "Pad", {Quantize("picture", 1.0F / 255.0F, -128), graph_.Ints({0, 0, 1, 1, 0, 0, 1, 1})},
        {{"mode", "reflect"}});
    const std::string first = Quantize(Convolution(padded, {16, 3, 3, 3}), 0.03F, 0);
    const std::string stem = Quantize(graph_.Node("Relu", {Normalize(first, 16)}), 0.02F, -128);
    const std::string branch = Quantize(Convolution(stem, {16, 16, 1, 1}), 0.02F, 5);
    const std::string sum = Quantize(graph_.Node("Add", {stem, branch}), 0.03F, -60);
    const std::string deep = Quantize(Normalize(sum, 16), 0.03F, 0);
    const std::string bent = graph_.Node("Tanh", {Convolution(deep, {8, 16, 1, 1})});
    const std::string last = Convolution(Normalize(bent, 8), {3, 8, 1, 1});
    graph_.builder().Node("Sigmoid", {last}, {"painting"});
    graph_.builder().Output("painting");
    if (thumbnail > 0) {
      graph_.builder().Metadata("brushwork.thumbnail", std::to_string(thumbnail));
    }
    return graph_.builder().Build();
  }

 private:
  std::string Quantize(const std::string& value, float scale, int zero_point) {
    return quantized_ ? graph_.Quantize(value, scale, zero_point) : value;
  }
  std::string Convolution(const std::string& input, const std::vector<int64_t>& dims) {
    const std::string weights =
        quantized_ ? graph_.QuantizedWeights(dims, 0, 0.004F) : graph_.Weights(dims, -0.4F, 0.4F);
    return graph_.Node("Conv", {input, weights, graph_.Weights({dims[0]}, -0.2F, 0.2F)});
  }
  std::string Normalize(const std::string& input, int64_t channels) {
    const std::string scale = NextOfStyle(channels);
    const std::string shift = NextOfStyle(channels);
    return graph_.Node("InstanceNormalization", {input, scale, shift});
  }
  std::string NextOfStyle(int64_t count) {
    const std::string name = "style_" + std::to_string(used_);
    const auto begin = style_.values.begin() + used_;
    graph_.builder().Floats(name, {count}, {begin, begin + count});
    used_ += count;
    return name;
  }

  const StyleVector& style_;
  bool quantized_;
  Random random_{21};
  CaseGraph graph_;
  int64_t used_ = 0;
};

}  // namespace

std::vector<uint8_t> ConditionalGenerator(const StyleVector& style,
                                          const ConditionalOptions& options) {
  return Builder(style, options.quantized).Build(options.thumbnail);
}

StyleVector RandomStyle(uint32_t seed) {
  Random random(seed);
  StyleVector style;
  for (const size_t channels : {16, 16, 8}) {
    for (const float least : {0.5F, -0.5F}) {
      const std::vector<float> values = random.Uniforms(channels, least, least + 1.0F);
      style.values.insert(style.values.end(), values.begin(), values.end());
    }
  }
  return style;
}

}  // namespace brushwork
