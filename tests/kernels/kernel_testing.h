// Random activations, and runs of kernels under every condition that must not matter.
#pragma once

#include <pthreadpool.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/reference.h"
#include "tests/kernels/row_cuts.h"

namespace brushwork::testing {

struct Tensor {
  AlignedBuffer buffer;
  TensorView view;
};

inline TensorSpec FloatSpec(const Shape4& shape) { return {shape, DataType::kFloat32, {}}; }
inline TensorSpec Int8Spec(const Shape4& shape, float scale, int32_t zero_point) {
  return {shape, DataType::kInt8, {scale, zero_point}};
}

inline Tensor MakeTensor(const TensorSpec& spec) {
  const size_t bytes = static_cast<size_t>(spec.shape.elements()) * ByteSize(spec.type);
  Tensor tensor{Garbage(bytes), {}};
  tensor.view = {tensor.buffer.data(), spec.shape, spec.type, spec.quantization};
  return tensor;
}

inline float RandomFloat(Random& random, float low, float high) {
  return std::uniform_real_distribution<float>(low, high)(random);
}
inline int64_t RandomInteger(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

// Floats in [low, high]; int8 over its whole range, extremes included.
inline Tensor RandomTensor(const TensorSpec& spec, Random& random, float low = -2.0F,
                           float high = 2.0F) {
  Tensor tensor = MakeTensor(spec);
  for (int64_t i = 0; i < spec.shape.elements(); ++i) {
    if (spec.type == DataType::kFloat32) {
      tensor.view.f32()[i] = RandomFloat(random, low, high);
    } else {
      tensor.view.s8()[i] = static_cast<int8_t>(RandomInteger(random, -128, 127));
    }
  }
  return tensor;
}

inline std::vector<float> RandomFloats(Random& random, int64_t count, float low, float high) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = RandomFloat(random, low, high);
  return values;
}

inline Tensor RunOnce(Kernel& kernel, const std::vector<TensorView>& inputs,
                      const TensorSpec& output, pthreadpool_t threadpool) {
  Tensor result = MakeTensor(output);
  AlignedBuffer workspace =
      Garbage(kernel.workspace_bytes(pthreadpool_get_threads_count(threadpool)));
  const Status status = kernel.Run(inputs, result.view, {threadpool, workspace.data()});
  INFO(status.message());
  REQUIRE(status.ok());
  REQUIRE(IsGarbage(result.buffer.data() + result.buffer.size(), kTensorPadding));
  return result;
}

// Runs without a pool and with two and three threads, in an order that changes the number twice,
// and in cuts of rows, and requires the same bytes every time.
inline Tensor RunKernel(const KernelOr& kernel, const std::vector<TensorView>& inputs,
                        const TensorSpec& output) {
  INFO(kernel.status().message());
  REQUIRE(kernel.ok());
  static const pthreadpool_t kTwo = pthreadpool_create(2);
  static const pthreadpool_t kThree = pthreadpool_create(3);
  Tensor first = RunOnce(**kernel, inputs, output, nullptr);
  for (const pthreadpool_t threadpool : {kTwo, kThree}) {
    const Tensor again = RunOnce(**kernel, inputs, output, threadpool);
    REQUIRE(std::memcmp(first.buffer.data(), again.buffer.data(), first.buffer.size()) == 0);
  }
  CheckCuts(**kernel, inputs, first.view, kThree);
  return first;
}

// The largest difference to the reference: relative to 1 + |reference| for float, in steps for
// int8.
inline double LargestError(const Tensor& actual, const RealPicture& expected,
                           const OutputRange& range = {}) {
  REQUIRE(actual.view.shape == expected.shape);
  double largest = 0.0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    double error = 0.0;
    if (actual.view.type == DataType::kFloat32) {
      const double reference = std::clamp(expected.values[i], static_cast<double>(range.minimum),
                                          static_cast<double>(range.maximum));
      error = std::fabs(static_cast<double>(actual.view.f32()[i]) - reference) /
              (1.0 + std::fabs(reference));
    } else {
      error = std::abs(actual.view.s8()[i] -
                       QuantizeReference(expected.values[i], actual.view.quantization, range));
    }
    // Not a number counts as infinitely wrong.
    if (!(error <= largest)) largest = std::isnan(error) ? INFINITY : error;
  }
  return largest;
}

}  // namespace brushwork::testing
