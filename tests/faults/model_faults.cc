// Models: reading, calibrating, planning, the style encoder, and the built-in generator.
#include <catch2/catch_test_macros.hpp>

#include "plan/frame.h"
#include "plan/plan.h"
#include "style_encoder.h"
#include "tests/faults/faulty_engine.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/files.h"
#include "tests/support/picture_builder.h"

namespace brushwork::faults {
namespace {

// What tells a generator from another: its sizes, and every layer's type and cost.
StatusOr<Bytes> Describe(const StatusOr<std::shared_ptr<const Generator>>& generator) {
  const Pause pause;
  if (!generator.ok()) return generator.status();
  const auto frame = (*generator)->MakeFrame(24, 16);
  if (!frame.ok()) return frame.status();
  std::vector<int64_t> facts = {(*generator)->thumbnail_side(),
                                static_cast<int64_t>((*generator)->style_size()),
                                (*generator)->recipe() != nullptr};
  const auto plan = Plan::Create(frame->network, {});
  if (!plan.ok()) return plan.status();
  for (const StepInfo& step : (*plan)->steps()) {
    facts.push_back(static_cast<int64_t>(step.type));
    facts.push_back(step.multiply_adds);
  }
  return BytesOf(std::span<const int64_t>(facts));
}

void TryLoading(const std::string& name, const std::vector<uint8_t>& onnx,
                const GeneratorOptions& options, int64_t dense, int64_t stride) {
  RefuseEveryRequest({.name = name,
                      .operation = [&] { return Describe(Generator::Load(onnx, options)); },
                      .dense = dense,
                      .stride = stride});
}

TEST_CASE("loading a generator without memory", "[faults]") {
  const auto quantized = ConditionalGenerator(RandomStyle(1), {.thumbnail = 16});
  TryLoading("load a quantized generator", quantized, {}, 2000, 61);
}

TEST_CASE("calibrating a generator without memory", "[faults]") {
  TryLoading("load and quantize a float generator", SmallFloatGenerator(), {}, 50, 997);
  GeneratorOptions options;
  options.precision = GeneratorPrecision::kFloat;
  TryLoading("load a generator in float", SmallFloatGenerator(), options, 2000, 61);
}

TEST_CASE("loading the built-in generator without memory", "[faults]") {
  TryLoading("load the built-in generator", ReadTestFile(SourceFolder() + "/models/painter.onnx"),
             {}, 100, 997);
}

TEST_CASE("planning without memory", "[faults]") {
  const auto generator =
      Required(Generator::Load(ConditionalGenerator(RandomStyle(1), {.thumbnail = 16}), {}));
  RefuseEveryRequest({.name = "specialize and plan",
                      .operation = [&]() -> StatusOr<Bytes> {
                        auto frame = generator->MakeFrame(24, 16);
                        if (!frame.ok()) return StatusOf(frame);
                        const auto plan = Plan::Create(frame->network, {});
                        if (!plan.ok()) return StatusOf(plan);
                        const size_t bytes = (*plan)->memory_bytes();
                        return BytesOf(std::span<const size_t>(&bytes, 1));
                      },
                      .may_throw = true});
}

TEST_CASE("encoding a style without memory", "[faults]") {
  const auto onnx = SmallEncoder();
  RefuseEveryRequest({.name = "load a style encoder", .operation = [&]() -> StatusOr<Bytes> {
                        const auto encoder = StyleEncoder::Load(onnx);
                        if (!encoder.ok()) return StatusOf(encoder);
                        const size_t size = (*encoder)->style_size();
                        return BytesOf(std::span<const size_t>(&size, 1));
                      }});
  const auto encoder = Required(StyleEncoder::Load(onnx));
  const Image picture = testing::MakeNoise(40, 30, 4, true);
  const auto bytes_of = [](const StatusOr<StyleVector>& style) -> StatusOr<Bytes> {
    if (!style.ok()) return StatusOf(style);
    return BytesOf(std::span<const float>(style->values));
  };
  RefuseEveryRequest({.name = "a picture's style",
                      .operation = [&] { return bytes_of(encoder->Encode(picture.view())); }});
  const StyleVector style = RandomStyle(3);
  RefuseEveryRequest({.name = "a weaker style", .operation = [&]() -> StatusOr<Bytes> {
                        auto weak = WeakenStyle(*encoder, picture.view(), style, 0.5F);
                        if (!weak.ok()) return StatusOf(weak);
                        return bytes_of(std::move(weak->style));
                      }});
  const std::vector<WeightedStyle> styles = {{style, 2.0F}, {RandomStyle(4), 1.0F}};
  RefuseEveryRequest({.name = "a blend of styles",
                      .operation = [&] { return bytes_of(BlendStyles(styles)); },
                      .may_throw = true});
  RefuseEveryRequest({.name = "a style kept and read again",
                      .operation = [&] { return bytes_of(UnpackStyle(PackStyle(style))); },
                      .may_throw = true});
}

}  // namespace
}  // namespace brushwork::faults
