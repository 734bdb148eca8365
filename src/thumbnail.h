// The scaled copies that statistics are taken from.
#pragma once

#include "image/resize.h"
#include "stylizer.h"

namespace brushwork {

// As the generator was trained; never larger than the picture.
ImageSize ThumbnailSize(int width, int height, const Generator& generator);

// The photo at a size no larger than its own. Errors: ResizeImage's.
StatusOr<Image> MakeThumbnail(const Image& photo, ImageSize size);

}  // namespace brushwork
