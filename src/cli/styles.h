// The built-in styles: models/manifest.json and the generators beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "tensor/picture.h"

namespace brushwork {

struct BuiltInStyle {
  std::string id;
  std::string title;
  std::string artist;
  std::string source;
  std::string licence;
  std::string model_path;
  ColorEncoding input;
  ColorEncoding output;
};

// The styles of `folder`/manifest.json, in the order to show them.
StatusOr<std::vector<BuiltInStyle>> ReadStyles(const std::string& folder);

// kInvalidArgument names the ids there are.
StatusOr<BuiltInStyle> FindStyle(const std::vector<BuiltInStyle>& styles, const std::string& id);

// The models folder: the environment's BRUSHWORK_MODELS, else `models` beside or above the program.
std::string DefaultModelsFolder(const std::string& program);

}  // namespace brushwork
