#include "cli/styles.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/files.h"

namespace brushwork {
namespace {

using Json = nlohmann::json;

ColorEncoding EncodingOf(const Json& style, const char* range, const std::string& order) {
  ColorEncoding encoding;
  encoding.low = style.at(range).at(0).get<float>();
  encoding.high = style.at(range).at(1).get<float>();
  encoding.order = order == "bgr" ? ChannelOrder::kBgr : ChannelOrder::kRgb;
  return encoding;
}

BuiltInStyle StyleOf(const Json& style, const std::string& folder) {
  BuiltInStyle built_in;
  built_in.id = style.at("id").get<std::string>();
  built_in.title = style.at("title").get<std::string>();
  built_in.artist = style.value("artist", "");
  built_in.source = style.at("source").get<std::string>();
  built_in.licence = style.at("licence").get<std::string>();
  built_in.model_path =
      (std::filesystem::path(folder) / style.at("model").get<std::string>()).string();
  const std::string order = style.value("channelOrder", "rgb");
  built_in.input = EncodingOf(style, "inputRange", order);
  built_in.output = EncodingOf(style, "outputRange", order);
  return built_in;
}

}  // namespace

StatusOr<std::vector<BuiltInStyle>> ReadStyles(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "manifest.json").string();
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  // The only place where a library of ours reports by exception.
  try {
    std::vector<BuiltInStyle> styles;
    const Json manifest = Json::parse(bytes);
    for (const Json& style : manifest.at("styles")) styles.push_back(StyleOf(style, folder));
    return styles;
  } catch (const Json::exception& error) {
    return InvalidArgument("'" + path + "' is not a manifest of styles: " + error.what());
  }
}

StatusOr<BuiltInStyle> FindStyle(const std::vector<BuiltInStyle>& styles, const std::string& id) {
  std::string known;
  for (const BuiltInStyle& style : styles) {
    if (style.id == id) return style;
    known += (known.empty() ? "" : ", ") + style.id;
  }
  return InvalidArgument("style: got '" + id + "', needed one of: " + known);
}

std::string DefaultModelsFolder(const std::string& program) {
  if (const char* folder = std::getenv("BRUSHWORK_MODELS"); folder != nullptr && *folder != '\0') {
    return folder;
  }
  std::error_code error;
  std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) here = std::filesystem::absolute(program, error);
  for (here = here.parent_path(); here != here.parent_path(); here = here.parent_path()) {
    if (std::filesystem::exists(here / "models" / "manifest.json", error)) {
      return (here / "models").string();
    }
  }
  return "models";
}

}  // namespace brushwork
