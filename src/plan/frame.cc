#include "plan/frame.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace brushwork {
namespace {

constexpr std::array<int64_t, 7> kMultiples = {1, 2, 4, 8, 16, 32, 64};
// Pictures narrower than a model's reflect padding are extended to these, one after the other.
constexpr std::array<int64_t, 5> kSmallestExtents = {1, 16, 32, 64, 128};

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

const Shape4& InputShape(const Network& network) { return network.values[network.input].shape; }
const Shape4& OutputShape(const Network& network) { return network.values[network.output].shape; }

// A size that fails can be mended by another one only if the model says that the size is at fault.
bool MayFitAnotherSize(const Status& status) {
  return status.code() == StatusCode::kInvalidArgument;
}

StatusOr<Network> SpecializeDeclared(const Model& model, Status why_not_free) {
  if (model.declared_width() < 1 || model.declared_height() < 1) return why_not_free;
  return model.Specialize(model.declared_height(), model.declared_width());
}

}  // namespace

Status CheckPaints(const Network& network) {
  const Shape4& shape = OutputShape(network);
  if (shape.channels == 3) return OkStatus();
  return UnsupportedModel("graph output '" + network.values[network.output].name + "' has shape [" +
                          std::to_string(shape.batch) + ", " + std::to_string(shape.channels) +
                          ", " + std::to_string(shape.height) + ", " + std::to_string(shape.width) +
                          "]; needed is [1, 3, height, width]");
}

StatusOr<Frame> FitFrame(const Model& model, int width, int height) {
  Status failure =
      InvalidArgument("the model paints another size than it reads at every size tried");
  int64_t tried_width = 0;
  int64_t tried_height = 0;
  for (const int64_t extent : kSmallestExtents) {
    for (const int64_t multiple : kMultiples) {
      const int64_t frame_width = RoundUp(std::max<int64_t>(width, extent), multiple);
      const int64_t frame_height = RoundUp(std::max<int64_t>(height, extent), multiple);
      if (frame_width == tried_width && frame_height == tried_height) continue;
      tried_width = frame_width;
      tried_height = frame_height;
      StatusOr<Network> network = model.Specialize(frame_height, frame_width);
      if (!network.ok()) {
        if (!MayFitAnotherSize(network.status())) return network.status();
        failure = network.status();
        continue;
      }
      BRUSHWORK_RETURN_IF_ERROR(CheckPaints(*network));
      if (OutputShape(*network) == InputShape(*network)) {
        return Frame{std::move(network).value(), FrameFit::kExtend};
      }
    }
    // No smallest extent changes the size of a picture beyond it.
    if (width >= kSmallestExtents.back() && height >= kSmallestExtents.back()) break;
  }
  BRUSHWORK_ASSIGN_OR_RETURN(Network declared, SpecializeDeclared(model, failure));
  BRUSHWORK_RETURN_IF_ERROR(CheckPaints(declared));
  return Frame{std::move(declared), FrameFit::kScale};
}

}  // namespace brushwork
