// Small generators, each about one operator, on random shapes, odd sizes, strides and pads. Native
// ONNX Runtime runs the same files; tests/operators compares.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"

namespace brushwork {

struct OperatorCase {
  std::string name;
  std::vector<uint8_t> model;
  int64_t height = 0;
  int64_t width = 0;
  float tolerance = 0.0F;  // largest allowed difference of any output value
};

// The generator around an operator: a 1×1 convolution from the picture's 3 channels before it and
// one to 3 channels behind it, with random weights, so that every case is a picture in, a picture
// out.
class CaseGraph {
 public:
  CaseGraph(Random& random, int opset, int64_t channels);

  // The value of the operator's input, [1, channels, H, W], about in [-2, 2].
  const std::string& input() const { return input_; }
  int64_t channels() const { return channels_; }
  OnnxBuilder& builder() { return builder_; }
  Random& random() { return random_; }

  // An initializer of random values; returns its name.
  std::string Weights(std::vector<int64_t> dims, float low = -1.0F, float high = 1.0F);
  std::string Ints(const std::vector<int64_t>& values);
  std::string Scalar(float value);
  // A node with one output; returns its name.
  std::string Node(const std::string& operation, const std::vector<std::string>& inputs,
                   const std::vector<OnnxAttribute>& attributes = {});
  // QuantizeLinear and DequantizeLinear behind a value; returns the result's name.
  std::string Quantize(const std::string& value, float scale, int zero_point,
                       bool is_uint8 = false);
  // Symmetric int8 weights [output channels, …] behind a DequantizeLinear with a scale per channel.
  std::string QuantizedWeights(const std::vector<int64_t>& dims, int64_t axis, float scale);

  // Ends the graph with a value of `channels` channels.
  std::vector<uint8_t> Finish(const std::string& value, int64_t channels);

 private:
  std::string Fresh(const std::string& stem);

  Random& random_;
  OnnxBuilder builder_;
  int64_t channels_;
  int count_ = 0;
  std::string input_;
};

// Collects cases; sizes are drawn odd and small, 9 to 27 pixels, where the caller fixes none.
class CaseList {
 public:
  CaseList() : random_(20240607) {}

  using Build = std::function<std::vector<uint8_t>(CaseGraph&)>;
  void Add(const std::string& name, int opset, int64_t channels, const Build& build,
           float tolerance = 2e-4F);
  // As Add, `count` times with other random numbers.
  void AddMany(int count, const std::string& name, int opset, int64_t channels, const Build& build,
               float tolerance = 2e-4F);

  std::vector<OperatorCase> Take() { return std::move(cases_); }
  Random& random() { return random_; }

 private:
  Random random_;
  std::vector<OperatorCase> cases_;
};

void AddConvolutionCases(CaseList& list);
void AddNormalizationCases(CaseList& list);
void AddShapeCases(CaseList& list);  // padding, resizing, shuffles, slices, concatenation
void AddElementwiseCases(CaseList& list);
void AddPoolingCases(CaseList& list);
void AddFoldingCases(CaseList& list);  // shape arithmetic, constants, layers that vanish
void AddQuantizedCases(CaseList& list);

std::vector<OperatorCase> AllOperatorCases();

}  // namespace brushwork
