// The built-in styles: models/manifest.json and the generators beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "plan/style_vector.h"
#include "tensor/picture.h"

namespace brushwork {

struct BuiltInGenerator {
  std::string id;
  std::string model_path;
  ColorEncoding input;
  ColorEncoding output;
  std::string encoder_path;  // empty: it has no style encoder
};

struct BuiltInStyle {
  std::string id;
  std::string title;
  std::string artist;
  std::string source;
  std::string licence;
  BuiltInGenerator generator;
  std::optional<StyleVector> vector;  // none: the generator's own style
};

struct Manifest {
  std::vector<BuiltInGenerator> generators;
  std::vector<BuiltInStyle> styles;  // in the order to show them
};

// `folder`/manifest.json. kInvalidArgument, naming the file and the place in it, for one that is
// damaged or of another version.
StatusOr<Manifest> ReadManifest(const std::string& folder);

// kInvalidArgument names the ids there are.
StatusOr<BuiltInStyle> FindStyle(const std::vector<BuiltInStyle>& styles, const std::string& id);

// The first that has a style encoder. kInvalidArgument if none has.
StatusOr<BuiltInGenerator> FindEncodingGenerator(const Manifest& manifest);

// The models folder: the environment's BRUSHWORK_MODELS, else `models` beside or above the program.
std::string DefaultModelsFolder(const std::string& program);

}  // namespace brushwork
