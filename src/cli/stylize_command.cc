#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/progress_bar.h"
#include "cli/styles.h"
#include "image/decode.h"
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

struct ModelSource {
  std::string path;
  GeneratorOptions options;
};

StatusOr<ModelSource> ResolveModel(const StylizeArguments& arguments) {
  ModelSource source;
  const ModelArguments& own = arguments.model;
  if (own.path.empty()) {
    BRUSHWORK_ASSIGN_OR_RETURN(const auto styles, ReadStyles(arguments.models_folder));
    BRUSHWORK_ASSIGN_OR_RETURN(const BuiltInStyle style, FindStyle(styles, arguments.style));
    source.path = style.model_path;
    source.options = {style.input, style.output, own.precision};
    return source;
  }
  source.path = own.path;
  BRUSHWORK_ASSIGN_OR_RETURN(source.options, OptionsOf(own));
  return source;
}

// Found before the work, not after it.
Status CheckFolder(const std::string& output) {
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  if (folder.empty() || std::filesystem::is_directory(folder)) return OkStatus();
  return InvalidArgument("output: the folder '" + folder.string() + "' does not exist");
}

Status WithPath(const std::string& path, const Status& status) {
  return {status.code(), "'" + path + "': " + status.message()};
}

StatusOr<std::shared_ptr<const Generator>> LoadGenerator(const ModelSource& source) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(source.path));
  auto generator = Generator::Load(bytes, source.options);
  if (!generator.ok()) return WithPath(source.path, generator.status());
  return generator;
}

StatusOr<Image> LoadPicture(const std::string& path) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  StatusOr<Image> picture = DecodeImage(bytes);
  if (!picture.ok()) return WithPath(path, picture.status());
  return picture;
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
  BRUSHWORK_ASSIGN_OR_RETURN(const ModelSource source, ResolveModel(arguments));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto generator, LoadGenerator(source));
  BRUSHWORK_ASSIGN_OR_RETURN(Image photo, LoadPicture(arguments.input));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto stylizer,
                             Stylizer::Create({.threads = arguments.threads,
                                               .band_rows = arguments.band_rows,
                                               .profile = arguments.profile}));
  const auto begin = std::chrono::steady_clock::now();
  StatusOr<Image> painting = [&] {
    ProgressBar bar;
    return stylizer->Stylize(generator, std::move(photo),
                             {.strength = arguments.strength,
                              .max_pixels = arguments.max_pixels,
                              .statistics = arguments.statistics},
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
  BRUSHWORK_ASSIGN_OR_RETURN(const auto styles, ReadStyles(models_folder));
  for (const BuiltInStyle& style : styles) {
    const std::string by = style.artist.empty() ? "" : " (" + style.artist + ")";
    std::printf("%-20s %s%s\n", style.id.c_str(), style.title.c_str(), by.c_str());
  }
  return OkStatus();
}

}  // namespace brushwork
