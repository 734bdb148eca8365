// The command line. Exit codes: 0 done, 1 failed (the message says why), 2 wrong usage.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <new>
#include <thread>

#include "cli/commands.h"
#include "cli/styles.h"

namespace brushwork {
namespace {

int DefaultThreads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
}

void AddModelOptions(CLI::App& command, ModelArguments& model) {
  command
      .add_option("--input-range", model.input_range,
                  "what the model reads for black and white (default 0 1)")
      ->expected(2);
  command
      .add_option("--output-range", model.output_range,
                  "what it writes for black and white (default as --input-range)")
      ->expected(2);
  command.add_option("--channel-order", model.channel_order, "rgb or bgr (default rgb)")
      ->check(CLI::IsMember({"rgb", "bgr"}));
  command
      .add_option("--precision", model.precision,
                  "auto (float models in int8 where that loses little), float or int8")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, GeneratorPrecision>{{"auto", GeneratorPrecision::kAuto},
                                                    {"float", GeneratorPrecision::kFloat},
                                                    {"int8", GeneratorPrecision::kInt8}}));
  command.add_flag_callback(
      "--float", [&model] { model.precision = GeneratorPrecision::kFloat; },
      "short for --precision float");
}

// How photo and painting are put together.
void AddComposeOptions(CLI::App& command, StylizeArguments& arguments) {
  command.add_option("--strength", arguments.strength, "0 (the photo) to 1 (the painting)");
  command
      .add_option("--preserve-color", arguments.preserve_color,
                  "keep the photo's hues, 0 (not at all) to 1; without a number wholly")
      ->expected(0, 1)
      ->default_str("1")
      ->option_text("[AMOUNT]");
  command.add_option("--mask", arguments.mask,
                     "paint where this picture is bright, or opaque if it has an alpha");
  command.add_option("--max-pixels", arguments.max_pixels, "scale larger photos down to this");
  command.add_option(
      "--brush", arguments.brush,
      "paint at this many times the photo's size, 1/16 to 4: 0.5 for larger strokes");
}

// What to paint with, and how.
void AddPaintOptions(CLI::App& command, StylizeArguments& arguments) {
  CLI::Option* style = command.add_option("-s,--style", arguments.style,
                                          "id of a built-in style, or a mix of some: a:2,b:1");
  CLI::Option* image = command.add_option("--style-image", arguments.style_image,
                                          "a picture to paint like: JPEG, PNG, BMP or GIF");
  CLI::Option* model =
      command.add_option("-m,--model", arguments.model.path, "an ONNX generator of your own");
  style->excludes(model)->excludes(image);
  image->excludes(model);
  AddModelOptions(command, arguments.model);
  AddComposeOptions(command, arguments);
  command
      .add_option("--statistics", arguments.statistics,
                  "of normalizations: auto, exact (the whole picture) or thumbnail (any size)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, StatisticsSource>{{"auto", StatisticsSource::kAuto},
                                                  {"exact", StatisticsSource::kExact},
                                                  {"thumbnail", StatisticsSource::kThumbnail}}));
  command.add_option("--threads", arguments.threads, "processor threads")->capture_default_str();
  command.add_option("--band-rows", arguments.band_rows,
                     "rows painted together; 0: so that they stay in the cache");
  command.add_option("--models", arguments.models_folder, "folder of the built-in styles");
  command.callback([&arguments] {
    if (arguments.style.empty() && arguments.style_image.empty() && arguments.model.path.empty()) {
      throw CLI::RequiredError("--style, --style-image or --model");
    }
  });
}

CLI::App* AddStylize(CLI::App& app, StylizeArguments& arguments) {
  CLI::App* command = app.add_subcommand("stylize", "paint a picture");
  command->add_option("input", arguments.input, "the photo: JPEG, PNG, BMP or GIF")->required();
  command->add_option("-o,--output", arguments.output, "the painting: .png, .jpg")->required();
  AddPaintOptions(*command, arguments);
  command->add_flag("--profile", arguments.profile, "print how long each step took");
  command->add_option("--quality", arguments.quality, "of a JPEG, 1 to 100")->capture_default_str();
  return command;
}

CLI::App* AddVideo(CLI::App& app, VideoArguments& arguments) {
  CLI::App* command = app.add_subcommand("video", "paint the frames of a video");
  command->add_option("frames", arguments.frames, "the frames' pictures, in order")->required();
  command->add_option("-o,--output", arguments.output, "folder of the painted frames, PNG")
      ->required();
  command
      ->add_option("--steadiness", arguments.steadiness,
                   "0 (each frame on its own) to 1 (the steadiest)")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  AddPaintOptions(*command, arguments.paint);
  return command;
}

CLI::App* AddInspect(CLI::App& app, InspectArguments& arguments) {
  CLI::App* command = app.add_subcommand("inspect", "print the steps of an ONNX generator");
  command->add_option("model", arguments.model.path, "the ONNX file")->required();
  AddModelOptions(*command, arguments.model);
  command->add_option("--width", arguments.width, "of the picture")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxImageDimension));
  command->add_option("--height", arguments.height, "of the picture")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxImageDimension));
  command->add_flag("--thumbnail", arguments.statistics_given,
                    "as stylize --statistics thumbnail would run it");
  return command;
}

int Main(int argc, char** argv) {
  CLI::App app{"brushwork: paints photos with GAN generators, on this machine"};
  app.set_version_flag("--version", BRUSHWORK_VERSION);
  app.require_subcommand(1);
  StylizeArguments stylize_arguments;
  stylize_arguments.threads = DefaultThreads();
  stylize_arguments.models_folder = DefaultModelsFolder(argv[0]);
  VideoArguments video_arguments;
  video_arguments.paint = stylize_arguments;
  InspectArguments inspect_arguments;
  std::string styles_folder = stylize_arguments.models_folder;
  const CLI::App* stylize = AddStylize(app, stylize_arguments);
  const CLI::App* video = AddVideo(app, video_arguments);
  CLI::App* styles = app.add_subcommand("styles", "list the built-in styles");
  styles->add_option("--models", styles_folder, "folder of the built-in styles");
  const CLI::App* inspect = AddInspect(app, inspect_arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  Status status;
  if (stylize->parsed()) status = RunStylize(stylize_arguments);
  if (video->parsed()) status = RunVideo(video_arguments);
  if (styles->parsed()) status = RunStyles(styles_folder);
  if (inspect->parsed()) status = RunInspect(inspect_arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "brushwork: %s: %s\n", std::string(StatusCodeName(status.code())).c_str(),
               status.message().c_str());
  return 1;
}

}  // namespace
}  // namespace brushwork

int main(int argc, char** argv) {
  try {
    return brushwork::Main(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("brushwork: out-of-memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "brushwork: internal: %s\n", error.what());
  }
  return 1;
}
