// Speed of int8 convolutions at the shapes of generators that paint 512×512, in one thread:
// billions of multiply-adds a second, counted as the direct form would need them. By default the
// form that CreateInt8Convolution chooses; with BRUSHWORK_BENCH_FORMS set, all of them.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "kernels/int8_convolution.h"
#include "kernels/int8_form.h"
#include "tests/kernels/kernel_testing.h"

namespace brushwork::testing {
namespace {

struct Shape {
  int64_t inputs, outputs, kernel, stride, size, upsampling;
};

Int8ConvolutionSpec MakeSpec(const Shape& s) {
  Random random(1);
  auto filter = std::make_shared<Filter>();
  filter->output_channels = s.outputs;
  filter->kernel_height = filter->kernel_width = s.kernel;
  filter->input_channels = s.inputs;
  filter->scales.assign(static_cast<size_t>(s.outputs), 0.0001F);
  const int64_t count = s.outputs * s.kernel * s.kernel * s.inputs;
  for (int64_t i = 0; i < count; ++i) {
    filter->quantized.push_back(static_cast<int8_t>(RandomInteger(random, -127, 127)));
    filter->values.push_back(static_cast<float>(filter->quantized.back()) * 0.0001F);
  }
  Int8ConvolutionSpec spec;
  spec.layer.filter = filter;
  spec.layer.bias.assign(static_cast<size_t>(s.outputs), 0.1F);
  spec.layer.stride_height = spec.layer.stride_width = s.stride;
  const int64_t padding = s.kernel / 2;
  spec.layer.padding = {padding, padding, padding, padding};
  spec.padding_mode = PadMode::kReflect;
  spec.upsampling = s.upsampling;
  spec.input = Int8Spec({1, s.size, s.size, s.inputs}, 0.03F, -5);
  const int64_t size = s.size * s.upsampling / s.stride;
  spec.output = Int8Spec({1, size, size, s.outputs}, 0.05F, 3);
  spec.range = {0.0F, INFINITY};
  return spec;
}

// Of the whole output, from the fastest strip of 32 rows: short enough to be undisturbed at times
// even on a busy machine.
double Milliseconds(Kernel& kernel, const Int8ConvolutionSpec& spec) {
  constexpr int64_t kStrip = 32;
  const char* limit = std::getenv("BRUSHWORK_BENCH_MS");
  Random random(2);
  const Tensor input = RandomTensor(spec.input, random);
  const Tensor output = MakeTensor(spec.output);
  auto workspace = AlignedBuffer::Create(kernel.workspace_bytes(1));
  REQUIRE(workspace.ok());
  const std::vector<TensorView> inputs = {input.view};
  const int64_t height = spec.output.shape.height;
  double best = INFINITY;
  double total = 0.0;
  while (total < (limit == nullptr ? 300.0 : std::atof(limit))) {
    for (int64_t row = 0; row + kStrip <= height; row += kStrip) {
      const auto begin = std::chrono::steady_clock::now();
      const Status status =
          kernel.RunRows(inputs, output.view, {row, row + kStrip}, {nullptr, workspace->data()});
      const std::chrono::duration<double, std::milli> time =
          std::chrono::steady_clock::now() - begin;
      REQUIRE(status.ok());
      best = std::min(best, time.count());
      total += time.count();
    }
  }
  return best * static_cast<double>(height) / static_cast<double>(kStrip);
}

void Measure(const Shape& shape, Int8Form form, const Int8InstructionSet& instructions) {
  const Int8ConvolutionSpec spec = MakeSpec(shape);
  const auto kernel = CreateInt8ConvolutionAs(spec, form, instructions);
  REQUIRE(kernel.ok());
  const double milliseconds = Milliseconds(**kernel, spec);
  const Shape4& output = spec.output.shape;
  const double products = static_cast<double>(output.elements()) *
                          static_cast<double>(shape.kernel * shape.kernel * shape.inputs);
  std::printf(
      "%lldx%lld %2lld→%2lld stride %lld, up %lld, to %lld²: %-10s %-22s %7.2f ms %6.1f GMAC/s\n",
      static_cast<long long>(shape.kernel), static_cast<long long>(shape.kernel),
      static_cast<long long>(shape.inputs), static_cast<long long>(shape.outputs),
      static_cast<long long>(shape.stride), static_cast<long long>(shape.upsampling),
      static_cast<long long>(output.width), Name(form), instructions.name, milliseconds,
      products / milliseconds / 1e6);
}

TEST_CASE("int8 convolution", "[bench]") {
  const Shape shapes[] = {
      {3, 16, 9, 1, 512, 1},  {16, 32, 3, 2, 512, 1}, {32, 64, 3, 2, 256, 1},
      {64, 64, 3, 1, 128, 1}, {48, 48, 3, 1, 128, 1}, {64, 32, 3, 1, 128, 2},
      {48, 16, 3, 1, 128, 2}, {32, 16, 3, 1, 256, 2}, {16, 16, 3, 1, 256, 1},
      {16, 3, 9, 1, 512, 1},  {12, 16, 3, 1, 256, 1}, {16, 3, 3, 1, 256, 2},
      {64, 64, 1, 1, 128, 1},
  };
  const bool all = std::getenv("BRUSHWORK_BENCH_FORMS") != nullptr;
  const char* only = std::getenv("BRUSHWORK_BENCH_SHAPE");
  for (const Shape& shape : shapes) {
    if (only != nullptr && &shape - shapes != std::atoi(only)) continue;
    const std::vector<Int8Form> forms = Int8FormsFor(MakeSpec(shape));
    for (const Int8Form form : forms) {
      for (const Int8InstructionSet& instructions : Int8InstructionSets()) {
        Measure(shape, form, instructions);
        if (!all) break;
      }
      if (!all) break;
    }
  }
}

}  // namespace
}  // namespace brushwork::testing
