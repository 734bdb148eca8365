#include "cli/paint_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "cli/files.h"
#include "cli/styles.h"

namespace brushwork {
namespace {

StatusOr<std::shared_ptr<const Generator>> LoadGenerator(const std::string& path,
                                                         const GeneratorOptions& options) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  auto generator = Generator::Load(bytes, options);
  if (!generator.ok()) return WithPath(path, generator.status());
  return generator;
}

// Of `generator`, whose styles have `style_size` values.
StatusOr<std::shared_ptr<const StyleEncoder>> LoadEncoder(const BuiltInGenerator& generator,
                                                          size_t style_size) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(generator.encoder_path));
  auto encoder = StyleEncoder::Load(bytes);
  if (!encoder.ok()) return WithPath(generator.encoder_path, encoder.status());
  const Status fits = CheckStyleSize((*encoder)->style_size(), style_size);
  if (!fits.ok()) return WithPath(generator.encoder_path, fits);
  return encoder;
}

// The style of a part in a mix of several.
StatusOr<WeightedStyle> PartOfMix(const BuiltInStyle& style, float weight,
                                  const BuiltInStyle& first, size_t style_size) {
  const std::string name = "style '" + style.id + "': ";
  if (style.generator.id != first.generator.id) {
    return IncompatibleStyles(name + "got one of the generator '" + style.generator.id +
                              "', needed '" + first.generator.id + "' as of '" + first.id + "'");
  }
  if (!style.vector) return IncompatibleStyles(name + "has no vector and can't be mixed");
  const Status fits = CheckStyleSize(style.vector->values.size(), style_size);
  if (!fits.ok()) return Status(fits.code(), name + fits.message());
  return WeightedStyle{*style.vector, weight};
}

StatusOr<StyleVector> BlendParts(const std::vector<StylePart>& parts,
                                 const std::vector<BuiltInStyle>& styles, size_t style_size) {
  std::vector<WeightedStyle> weighted;
  for (size_t i = 0; i < parts.size(); ++i) {
    BRUSHWORK_ASSIGN_OR_RETURN(WeightedStyle style,
                               PartOfMix(styles[i], parts[i].weight, styles.front(), style_size));
    weighted.push_back(std::move(style));
  }
  return BlendStyles(weighted);
}

StatusOr<PaintSource> LoadBuiltIn(const BuiltInGenerator& generator,
                                  const StylizeArguments& arguments) {
  PaintSource source;
  BRUSHWORK_ASSIGN_OR_RETURN(source.generator,
                             LoadGenerator(generator.model_path, {generator.input, generator.output,
                                                                  arguments.model.precision}));
  if (generator.encoder_path.empty()) return source;
  if (arguments.strength == 1.0F && arguments.style_image.empty()) return source;
  BRUSHWORK_ASSIGN_OR_RETURN(source.encoder,
                             LoadEncoder(generator, source.generator->style_size()));
  return source;
}

StatusOr<PaintSource> LoadMix(const Manifest& manifest, const StylizeArguments& arguments) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<StylePart> parts, ParseStyleMix(arguments.style));
  std::vector<BuiltInStyle> styles;
  for (const StylePart& part : parts) {
    BRUSHWORK_ASSIGN_OR_RETURN(BuiltInStyle style, FindStyle(manifest.styles, part.id));
    styles.push_back(std::move(style));
  }
  BRUSHWORK_ASSIGN_OR_RETURN(PaintSource source, LoadBuiltIn(styles.front().generator, arguments));
  if (styles.size() == 1 && !styles.front().vector) return source;
  BRUSHWORK_ASSIGN_OR_RETURN(StyleVector style,
                             BlendParts(parts, styles, source.generator->style_size()));
  source.style = std::make_shared<const StyleVector>(std::move(style));
  return source;
}

StatusOr<PaintSource> LoadLike(const Manifest& manifest, const StylizeArguments& arguments) {
  BRUSHWORK_ASSIGN_OR_RETURN(const BuiltInGenerator generator, FindEncodingGenerator(manifest));
  BRUSHWORK_ASSIGN_OR_RETURN(const Image picture, ReadPicture(arguments.style_image));
  BRUSHWORK_ASSIGN_OR_RETURN(PaintSource source, LoadBuiltIn(generator, arguments));
  StatusOr<StyleVector> style = source.encoder->Encode(picture.view());
  if (!style.ok()) return WithPath(arguments.style_image, style.status());
  // In half precision, as manifests and the package keep styles: the same painting from each.
  BRUSHWORK_ASSIGN_OR_RETURN(StyleVector kept, UnpackStyle(PackStyle(*style)));
  source.style = std::make_shared<const StyleVector>(std::move(kept));
  if (arguments.strength == 1.0F) source.encoder = nullptr;
  return source;
}

// One part: an id, or an id and its weight.
StatusOr<StylePart> ParsePart(const std::string& text) {
  const size_t colon = text.find(':');
  StylePart part{text.substr(0, colon)};
  if (part.id.empty()) {
    return InvalidArgument("style: got '" + text + "', needed an id, or an id and a weight: a:2");
  }
  if (colon == std::string::npos) return part;
  const std::string weight = text.substr(colon + 1);
  const char* end = weight.data() + weight.size();
  const auto result = std::from_chars(weight.data(), end, part.weight);
  const bool is_number = result.ec == std::errc() && result.ptr == end;
  if (!is_number || !std::isfinite(part.weight) || part.weight < 0.0F) {
    return InvalidArgument("style: got the weight '" + weight + "' of '" + part.id +
                           "', needed a number of at least 0");
  }
  return part;
}

}  // namespace

StatusOr<std::vector<StylePart>> ParseStyleMix(const std::string& text) {
  std::vector<StylePart> parts;
  float most = 0.0F;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    BRUSHWORK_ASSIGN_OR_RETURN(StylePart part, ParsePart(text.substr(begin, end - begin)));
    most = std::max(most, part.weight);
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  if (most > 0.0F) return parts;
  return InvalidArgument("style: got '" + text + "', needed a weight above 0");
}

StatusOr<PaintSource> LoadPaintSource(const StylizeArguments& arguments) {
  if (!arguments.model.path.empty()) {
    PaintSource source;
    BRUSHWORK_ASSIGN_OR_RETURN(const GeneratorOptions options, OptionsOf(arguments.model));
    BRUSHWORK_ASSIGN_OR_RETURN(source.generator, LoadGenerator(arguments.model.path, options));
    return source;
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(arguments.models_folder));
  return arguments.style_image.empty() ? LoadMix(manifest, arguments)
                                       : LoadLike(manifest, arguments);
}

}  // namespace brushwork
