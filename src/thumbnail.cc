#include "thumbnail.h"

#include <algorithm>
#include <cmath>

namespace brushwork {
namespace {

// Statistics of generators that were not trained with thumbnails change with the scale, so theirs
// are half as large as the picture, within these limits.
constexpr int64_t kCopyPixels = int64_t{3} << 19;
constexpr int64_t kCopySide = 256;

}  // namespace

ImageSize ThumbnailSize(int width, int height, const Generator& generator) {
  const double shorter = std::min(width, height);
  double scale = 1.0;
  if (generator.thumbnail_side() > 0) {
    scale = generator.thumbnail_side() / shorter;
  } else {
    const double pixels = static_cast<double>(width) * height;
    scale = std::max(0.5, static_cast<double>(kCopySide) / shorter);
    scale = std::min(scale, std::sqrt(static_cast<double>(kCopyPixels) / pixels));
  }
  scale = std::min(scale, 1.0);
  const auto scaled = [scale](int size) {
    return std::max(1, static_cast<int>(std::lround(size * scale)));
  };
  return {scaled(width), scaled(height)};
}

// Averages first where that leaves the filter enough to do, for it costs time by the picture's
// pixels, and the thumbnail is only measured.
StatusOr<Image> MakeThumbnail(const Image& photo, ImageSize size) {
  const int factor = std::min(photo.width() / size.width, photo.height() / size.height) / 2;
  if (factor < 2) return ResizeImage(photo.view(), size.width, size.height);
  BRUSHWORK_ASSIGN_OR_RETURN(const Image averaged, ShrinkByAveraging(photo.view(), factor));
  return ResizeImage(averaged.view(), size.width, size.height);
}

}  // namespace brushwork
