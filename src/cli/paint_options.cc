#include "cli/paint_options.h"

#include <utility>

#include "cli/files.h"

namespace brushwork {
namespace {

StatusOr<ColorEncoding> EncodingOf(const char* option, const std::vector<float>& range,
                                   const std::string& order) {
  if (range.size() != 2) {
    return InvalidArgument(std::string(option) + ": got " + std::to_string(range.size()) +
                           " numbers, needed 2");
  }
  return ColorEncoding{range[0], range[1],
                       order == "bgr" ? ChannelOrder::kBgr : ChannelOrder::kRgb};
}

// At the picture's own size; the painting job scales it. Null if there is none.
StatusOr<std::shared_ptr<const Mask>> ReadMask(const std::string& path) {
  if (path.empty()) return std::shared_ptr<const Mask>();
  BRUSHWORK_ASSIGN_OR_RETURN(const Image picture, ReadPicture(path));
  StatusOr<Mask> mask = MakeMask(picture.view(), picture.width(), picture.height());
  if (!mask.ok()) return WithPath(path, mask.status());
  return std::make_shared<const Mask>(std::move(*mask));
}

}  // namespace

StatusOr<GeneratorOptions> OptionsOf(const ModelArguments& arguments) {
  const std::vector<float>& output_range =
      arguments.output_range.empty() ? arguments.input_range : arguments.output_range;
  GeneratorOptions options;
  options.precision = arguments.precision;
  BRUSHWORK_ASSIGN_OR_RETURN(
      options.input, EncodingOf("--input-range", arguments.input_range, arguments.channel_order));
  BRUSHWORK_ASSIGN_OR_RETURN(options.output,
                             EncodingOf("--output-range", output_range, arguments.channel_order));
  return options;
}

StatusOr<StylizeOptions> OptionsFor(const StylizeArguments& arguments, const PaintSource& source,
                                    ImageView photo) {
  StylizeOptions options{.strength = arguments.strength,
                         .max_pixels = arguments.max_pixels,
                         .statistics = arguments.statistics,
                         .style = source.style,
                         .preserve_color = arguments.preserve_color,
                         .brush = arguments.brush};
  BRUSHWORK_ASSIGN_OR_RETURN(options.mask, ReadMask(arguments.mask));
  if (source.style == nullptr || source.encoder == nullptr) return options;
  BRUSHWORK_ASSIGN_OR_RETURN(
      WeakenedStyle weakened,
      WeakenStyle(*source.encoder, photo, *source.style, arguments.strength));
  options.style = std::make_shared<const StyleVector>(std::move(weakened.style));
  options.strength = weakened.blend;
  return options;
}

}  // namespace brushwork
