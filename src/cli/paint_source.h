// What `stylize` paints with, of what the user asked for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "style_encoder.h"

namespace brushwork {

struct PaintSource {
  std::shared_ptr<const Generator> generator;
  std::shared_ptr<const StyleVector> style;     // null: the generator's own
  std::shared_ptr<const StyleEncoder> encoder;  // to weaken the style with; null: there is no need
};

struct StylePart {
  std::string id;
  float weight = 1.0F;
};

// "a", "a,b" or "a:2,b:1"; weights are 1 where they are left out. kInvalidArgument names the part
// that is not like that.
StatusOr<std::vector<StylePart>> ParseStyleMix(const std::string& text);

// Loads the generator and, where they are needed, the style image and the encoder. Errors:
// kInvalidArgument for what can't be read or is not there, kIncompatibleStyles for styles of
// different generators and for vectors and encoders that are not of the generator; those of the
// files, naming them.
StatusOr<PaintSource> LoadPaintSource(const StylizeArguments& arguments);

}  // namespace brushwork
