#include "tests/faults/faulty_engine.h"

#include "tests/support/conditional_generator.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"

namespace brushwork::faults {

std::vector<uint8_t> SmallEncoder() {
  Random random(5);
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1});
  builder.Floats("first", {4, 3, 16, 16}, random.Uniforms(4 * 3 * 256, -0.01F, 0.01F));
  const int64_t values = kConditionalStyleSize;
  builder.Floats("second", {values, 4, 1, 1}, random.Uniforms(4 * values, -1.0F, 1.0F));
  builder.Node("Conv", {"x", "first"}, {"a"}, {{"strides", {16, 16}}});
  builder.Node("Relu", {"a"}, {"b"}).Node("Conv", {"b", "second"}, {"style"});
  builder.Output("style", {1, values, -1, -1});
  builder.Metadata("brushwork.encoder_side", "32");
  return builder.Build();
}

std::vector<uint8_t> SmallFloatGenerator() {
  Random random(6);
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  builder.Floats("first", {4, 3, 3, 3}, random.Uniforms(108, -0.5F, 0.5F));
  builder.Floats("scale", {4}, random.Uniforms(4, 0.5F, 1.5F));
  builder.Floats("shift", {4}, random.Uniforms(4, -0.5F, 0.5F));
  builder.Floats("second", {3, 4, 1, 1}, random.Uniforms(12, -0.5F, 0.5F));
  builder.Node("Pad", {"x", "pads"}, {"padded"}, {{"mode", "reflect"}});
  builder.Node("Conv", {"padded", "first"}, {"a"});
  builder.Node("InstanceNormalization", {"a", "scale", "shift"}, {"b"});
  builder.Node("Relu", {"b"}, {"c"}).Node("Conv", {"c", "second"}, {"d"});
  builder.Node("Sigmoid", {"d"}, {"y"}).Output("y");
  return builder.Build();
}

}  // namespace brushwork::faults
