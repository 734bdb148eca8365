#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/paint_options.h"
#include "cli/paint_source.h"
#include "cli/progress_bar.h"
#include "cli/styles.h"

namespace brushwork {
namespace {

// Found before the work, not after it.
Status CheckFolder(const std::string& output) {
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  if (folder.empty() || std::filesystem::is_directory(folder)) return OkStatus();
  return InvalidArgument("output: the folder '" + folder.string() + "' does not exist");
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
  BRUSHWORK_RETURN_IF_ERROR(
      WritePicture(arguments.output, painting->view(), format, arguments.quality));
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
