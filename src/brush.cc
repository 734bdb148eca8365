#include "brush.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace brushwork {
namespace {

// Times the picture's own size.
constexpr float kSmallest = 1.0F / 16.0F;
constexpr float kLargest = 4.0F;

}  // namespace

Status CheckBrush(float brush) {
  if (brush >= kSmallest && brush <= kLargest) return OkStatus();
  return InvalidArgument("brush: got " + std::to_string(brush) + ", needed 1/16 to 4");
}

StatusOr<ImageSize> BrushSize(int width, int height, float brush) {
  BRUSHWORK_RETURN_IF_ERROR(CheckBrush(brush));
  const auto scaled = [brush](int size) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(size) * brush)));
  };
  const ImageSize size{scaled(width), scaled(height)};
  const Status status = CheckImageSize(size.width, size.height);
  if (!status.ok()) return Status(status.code(), "brush: " + status.message());
  return size;
}

StatusOr<Image> BrushCopy(ImageView picture, float brush) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ImageSize size, BrushSize(picture.width, picture.height, brush));
  return ResizeImage(picture, size.width, size.height);
}

}  // namespace brushwork
