// Scaling of pictures: antialiased when shrinking, smooth and free of ringing haloes when growing.
#pragma once

#include "image/image.h"

namespace brushwork {

// Scales to exactly width × height. Colour is filtered with premultiplied alpha, so transparent
// pixels never bleed. The same bytes on every platform.
StatusOr<Image> ResizeImage(ImageView image, int width, int height);

// The size with the picture's aspect ratio and at most `max_pixels` pixels (at least 1×1); the
// picture's own size if it has no more than that.
struct ImageSize {
  int width = 0;
  int height = 0;
};
ImageSize FitPixels(int width, int height, int64_t max_pixels);

// The averages of squares of factor × factor pixels, all four channels alike; what does not fill a
// square at the right and lower border is left out. Several times faster than ResizeImage, for
// pictures that are only measured. kInvalidArgument if the picture is smaller than a square or the
// factor not within 1 to 4096.
StatusOr<Image> ShrinkByAveraging(ImageView image, int factor);

}  // namespace brushwork
