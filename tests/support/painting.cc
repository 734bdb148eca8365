#include "tests/support/painting.h"

#include <stdexcept>

#include "tests/support/conditional_generator.h"
#include "tests/support/onnx_builder.h"

namespace brushwork::testing {
namespace {

template <typename T>
T Required(StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().message());
  return std::move(value).value();
}

}  // namespace

std::shared_ptr<const Generator> NegativeGenerator() {
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, -1, -1}).Float("one", 1.0F);
  builder.Node("Sub", {"one", "x"}, {"y"}).Output("y");
  return Required(Generator::Load(builder.Build(), {}));
}

std::shared_ptr<const Generator> ThumbnailGenerator() {
  return Required(Generator::Load(ConditionalGenerator(RandomStyle(1), {.thumbnail = 16}), {}));
}

std::shared_ptr<const Generator> FixedSizeGenerator() {
  // Reshapes with constant sizes.
  OnnxBuilder builder(17);
  builder.Input("x", {1, 3, 8, 8}).Ints("six", {1, 3, 4, 2, 4, 2}).Ints("four", {1, 12, 4, 4});
  builder.Node("Reshape", {"x", "six"}, {"a"});
  builder.Node("Transpose", {"a"}, {"b"}, {{"perm", {0, 1, 3, 5, 2, 4}}});
  builder.Node("Reshape", {"b", "four"}, {"c"});
  builder.Node("DepthToSpace", {"c"}, {"y"}, {{"blocksize", 2}, {"mode", "CRD"}});
  builder.Output("y");
  return Required(Generator::Load(builder.Build(), {}));
}

std::unique_ptr<Stylizer> MakeStylizer(int threads) {
  return Required(Stylizer::Create({.threads = threads}));
}

Image PaintAll(Stylizer& stylizer, const std::shared_ptr<const Generator>& generator,
               const Image& photo, const StylizeOptions& options) {
  return Required(stylizer.Stylize(generator, photo, options));
}

void RunToEnd(PaintingJob& job) {
  while (!job.done()) {
    const Status status = job.Step();
    if (!status.ok()) throw std::runtime_error(status.message());
  }
}

}  // namespace brushwork::testing
