// The size of the brush: a picture is painted at another scale and brought back (finishing.h), so
// its strokes are larger or smaller than the generator's own.
#pragma once

#include "image/resize.h"

namespace brushwork {

// `brush` is in times the picture's own size. kInvalidArgument if it is not within 1/16 to 4.
Status CheckBrush(float brush);

// The size at which a picture of width × height is painted; at least 1×1. Errors: CheckBrush's,
// kImageTooLarge if the copy would be larger than a picture may be.
StatusOr<ImageSize> BrushSize(int width, int height, float brush);

// The picture at that size.
StatusOr<Image> BrushCopy(ImageView picture, float brush);

}  // namespace brushwork
