// Scaling of pictures: antialiased when shrinking, smooth and free of ringing haloes when growing.
#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"
#include "image/resample_filter.h"

namespace brushwork {

// Scales to exactly width × height. Colour is filtered with premultiplied alpha, so transparent
// pixels never bleed. The same bytes on every platform.
StatusOr<Image> ResizeImage(ImageView image, int width, int height);

// OK if ResizeImage takes this picture and size; else its error.
Status CheckScaling(ImageView image, int width, int height);

// The same some rows at a time, so that several threads can share the work and a caller can stop in
// between. The bytes are ResizeImage's, however the rows are cut.
class RowScaler {
 public:
  using Sample = int16_t;

  // What one thread works in. Rows of the scaled width, and one of the picture's.
  struct Workspace {
    std::vector<Sample> source;
    std::vector<Sample> ring;  // scaled rows, as many as the vertical filter needs at once
    std::vector<int32_t> sums;
    std::vector<Sample> target;
  };

  // Of a picture and a size that CheckScaling accepts. Borrows the picture. May throw
  // std::bad_alloc.
  RowScaler(ImageView image, int width, int height);

  // May throw std::bad_alloc; Scale does not.
  Workspace MakeWorkspace() const;

  // Writes the scaled picture's rows from `begin` to before `end` to `rgba`, one after the other.
  void Scale(int begin, int end, Workspace& workspace, uint8_t* rgba) const;

 private:
  void ReadRow(int y, Workspace& workspace) const;
  void BlendRows(const ResampleSpan& span, Workspace& workspace) const;
  Sample* RingRow(int y, Workspace& workspace) const;

  ImageView image_;
  int width_;
  bool is_copy_;  // of the same size: the bytes stay, also those under transparent pixels
  ResampleFilter horizontal_;
  ResampleFilter vertical_;
};

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
// factor not within 1 to 4096. May throw std::bad_alloc.
StatusOr<Image> ShrinkByAveraging(ImageView image, int factor);

}  // namespace brushwork
