// From a picture to the style that a conditional generator paints like it with (its style encoder
// is a network of its own), and styles of less strength.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"
#include "image/image.h"
#include "model/model.h"
#include "plan/style_vector.h"

namespace brushwork {

// A loaded encoder: input [1, 3, h, w], RGB in [0, 1], h and w multiples of 16; output [1, V, h',
// w'], whose mean over all positions is the style vector. Immutable; computes in float, in the
// calling thread.
class StyleEncoder {
 public:
  // Copies what it needs of the bytes. Errors: Model::Read's; kUnsupportedModel for models that do
  // not say at which size they want to see pictures (their metadata entry "brushwork.encoder_side":
  // the shorter side in pixels, 16 to 1024).
  static StatusOr<std::shared_ptr<const StyleEncoder>> Load(std::span<const uint8_t> onnx);

  // The picture is scaled to the encoder's size, up or down, and laid over white. Pictures of more
  // than 4:1 are squeezed to that.
  StatusOr<StyleVector> Encode(ImageView picture) const;

  // Values of the vectors.
  size_t style_size() const { return style_size_; }

 private:
  StyleEncoder(Model model, int side) : model_(std::move(model)), side_(side) {}

  Model model_;
  int side_ = 0;
  size_t style_size_ = 0;
};

struct WeakenedStyle {
  StyleVector style;
  float blend = 1.0F;  // StylizeOptions::strength to paint it with
};

// The style at `strength` (0 to 1) for this photo: on the way from the photo's own style to
// `style`, and blended over the photo so that 0 is the photo itself and 1 the full style. Pictures
// keep more of their detail than by blending alone. kInvalidArgument for other strengths,
// kIncompatibleStyles for a style that is not of encoder.style_size().
StatusOr<WeakenedStyle> WeakenStyle(const StyleEncoder& encoder, ImageView photo,
                                    const StyleVector& style, float strength);

}  // namespace brushwork
