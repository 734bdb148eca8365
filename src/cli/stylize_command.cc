#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/paint_source.h"
#include "cli/progress_bar.h"
#include "cli/styles.h"
#include "image/encode.h"

namespace brushwork {
namespace {

enum class PictureFormat { kPng, kJpeg };

StatusOr<PictureFormat> FormatOf(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".png") return PictureFormat::kPng;
  if (extension == ".jpg" || extension == ".jpeg") return PictureFormat::kJpeg;
  return InvalidArgument("output: got '" + path +
                         "', needed a name that ends in .png, .jpg or .jpeg");
}

StatusOr<ColorEncoding> EncodingOf(const char* option, const std::vector<float>& range,
                                   const std::string& order) {
  if (range.size() != 2) {
    return InvalidArgument(std::string(option) + ": got " + std::to_string(range.size()) +
                           " numbers, needed 2");
  }
  return ColorEncoding{range[0], range[1],
                       order == "bgr" ? ChannelOrder::kBgr : ChannelOrder::kRgb};
}

// Found before the work, not after it.
Status CheckFolder(const std::string& output) {
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  if (folder.empty() || std::filesystem::is_directory(folder)) return OkStatus();
  return InvalidArgument("output: the folder '" + folder.string() + "' does not exist");
}

// At the picture's own size; the painting job scales it. Null if there is none.
StatusOr<std::shared_ptr<const Mask>> ReadMask(const std::string& path) {
  if (path.empty()) return std::shared_ptr<const Mask>();
  BRUSHWORK_ASSIGN_OR_RETURN(const Image picture, ReadPicture(path));
  StatusOr<Mask> mask = MakeMask(picture.view(), picture.width(), picture.height());
  if (!mask.ok()) return WithPath(path, mask.status());
  return std::make_shared<const Mask>(std::move(*mask));
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

// One JSON object a line, in the order of the steps.
void PrintProfile(const Stylizer& stylizer) {
  for (const StepProfile& profile : stylizer.profile()) {
    const StepInfo& step = profile.step;
    std::printf(R"({"name":"%s","kind":"%s","folded":"%s","input":"%s","output":"%s","type":"%s",)"
                R"("milliseconds":%.4f,"multiplyAdds":%lld})"
                "\n",
                step.name.c_str(), step.kind.c_str(), step.folded.c_str(),
                step.input.ToString().c_str(), step.output.ToString().c_str(),
                step.type == DataType::kInt8 ? "int8" : "float", profile.milliseconds,
                static_cast<long long>(step.multiply_adds));
  }
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

Status RunStylize(const StylizeArguments& arguments) {
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureFormat format, FormatOf(arguments.output));
  BRUSHWORK_RETURN_IF_ERROR(CheckFolder(arguments.output));
  BRUSHWORK_ASSIGN_OR_RETURN(const PaintSource source, LoadPaintSource(arguments));
  BRUSHWORK_ASSIGN_OR_RETURN(Image photo, ReadPicture(arguments.input));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto stylizer,
                             Stylizer::Create({.threads = arguments.threads,
                                               .band_rows = arguments.band_rows,
                                               .profile = arguments.profile}));
  const auto begin = std::chrono::steady_clock::now();
  BRUSHWORK_ASSIGN_OR_RETURN(const StylizeOptions options,
                             OptionsFor(arguments, source, photo.view()));
  StatusOr<Image> painting = [&] {
    ProgressBar bar;
    return stylizer->Stylize(source.generator, std::move(photo), options,
                             [&](const Progress& progress) {
                               bar.Show(progress.fraction, "painting");
                               return true;
                             });
  }();
  if (!painting.ok()) return painting.status();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> encoded,
                             format == PictureFormat::kPng
                                 ? EncodePng(painting->view())
                                 : EncodeJpeg(painting->view(), arguments.quality));
  BRUSHWORK_RETURN_IF_ERROR(WriteFile(arguments.output, encoded));
  std::printf("%s: %d x %d, painted in %.2f s\n", arguments.output.c_str(), painting->width(),
              painting->height(), seconds.count());
  if (arguments.profile) PrintProfile(*stylizer);
  return OkStatus();
}

Status RunStyles(const std::string& models_folder) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(models_folder));
  for (const BuiltInStyle& style : manifest.styles) {
    const std::string by = style.artist.empty() ? "" : " (" + style.artist + ")";
    std::printf("%-20s %s%s\n", style.id.c_str(), style.title.c_str(), by.c_str());
  }
  return OkStatus();
}

}  // namespace brushwork
