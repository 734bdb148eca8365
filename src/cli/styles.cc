#include "cli/styles.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/base64.h"
#include "cli/files.h"

namespace brushwork {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 2;

ColorEncoding EncodingOf(const Json& generator, const char* range, const std::string& order) {
  ColorEncoding encoding;
  encoding.low = generator.at(range).at(0).get<float>();
  encoding.high = generator.at(range).at(1).get<float>();
  encoding.order = order == "bgr" ? ChannelOrder::kBgr : ChannelOrder::kRgb;
  return encoding;
}

BuiltInGenerator GeneratorOf(const Json& generator, const std::filesystem::path& folder) {
  BuiltInGenerator built_in;
  built_in.id = generator.at("id").get<std::string>();
  built_in.model_path = (folder / generator.at("model").get<std::string>()).string();
  const std::string order = generator.value("channelOrder", "rgb");
  built_in.input = EncodingOf(generator, "inputRange", order);
  built_in.output = EncodingOf(generator, "outputRange", order);
  if (generator.contains("encoder")) {
    const Json& encoder = generator.at("encoder");
    built_in.encoder_path = (folder / encoder.at("model").get<std::string>()).string();
  }
  return built_in;
}

Status InStyle(const std::string& id, const std::string& message) {
  return InvalidArgument("style '" + id + "': " + message);
}

StatusOr<BuiltInStyle> StyleOf(const Json& style, const std::vector<BuiltInGenerator>& generators) {
  BuiltInStyle built_in;
  built_in.id = style.at("id").get<std::string>();
  built_in.title = style.at("title").get<std::string>();
  built_in.artist = style.value("artist", "");
  built_in.source = style.at("source").get<std::string>();
  built_in.licence = style.at("licence").get<std::string>();
  const std::string generator = style.at("generator").get<std::string>();
  const auto found = std::ranges::find(generators, generator, &BuiltInGenerator::id);
  if (found == generators.end()) {
    return InStyle(built_in.id, "got the generator '" + generator + "', which is not there");
  }
  built_in.generator = *found;
  if (!style.contains("vector")) return built_in;
  const auto bytes = DecodeBase64(style.at("vector").get<std::string>());
  if (!bytes.ok()) return InStyle(built_in.id, bytes.status().message());
  auto vector = UnpackStyle(*bytes);
  if (!vector.ok()) return InStyle(built_in.id, vector.status().message());
  built_in.vector = std::move(vector).value();
  return built_in;
}

StatusOr<Manifest> ManifestOf(const Json& json, const std::string& folder) {
  const int version = json.at("version").get<int>();
  if (version != kVersion) {
    return InvalidArgument("version: got " + std::to_string(version) + ", needed " +
                           std::to_string(kVersion));
  }
  Manifest manifest;
  for (const Json& generator : json.at("generators")) {
    manifest.generators.push_back(GeneratorOf(generator, folder));
  }
  for (const Json& style : json.at("styles")) {
    BRUSHWORK_ASSIGN_OR_RETURN(BuiltInStyle built_in, StyleOf(style, manifest.generators));
    manifest.styles.push_back(std::move(built_in));
  }
  return manifest;
}

}  // namespace

StatusOr<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "manifest.json").string();
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  const std::string what = "'" + path + "' is not a manifest of styles: ";
  // The only place where a library of ours reports by exception.
  try {
    StatusOr<Manifest> manifest = ManifestOf(Json::parse(bytes), folder);
    if (!manifest.ok()) return InvalidArgument(what + manifest.status().message());
    return manifest;
  } catch (const Json::exception& error) {
    return InvalidArgument(what + error.what());
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

StatusOr<BuiltInGenerator> FindEncodingGenerator(const Manifest& manifest) {
  for (const BuiltInGenerator& generator : manifest.generators) {
    if (!generator.encoder_path.empty()) return generator;
  }
  return InvalidArgument("style image: no built-in generator paints like a picture of yours");
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
