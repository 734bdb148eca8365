// The four commands of the command line. Each prints its result to standard output and returns the
// error to be printed by main.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "stylizer.h"

namespace brushwork {

// How a user's own model reads and writes colour, and what it runs in.
struct ModelArguments {
  std::string path;
  std::vector<float> input_range = {0.0F, 1.0F};
  std::vector<float> output_range;  // empty: as input_range
  std::string channel_order = "rgb";
  GeneratorPrecision precision = GeneratorPrecision::kAuto;
};

struct StylizeArguments {
  std::string input;
  std::string output;
  // One of the three:
  std::string style;        // id of a built-in style, or several: "a:2,b:1"
  std::string style_image;  // a picture to paint like
  ModelArguments model;     // the user's own
  std::string models_folder;
  float strength = 1.0F;  // by the generator's style encoder, if it has one (WeakenStyle)
  int64_t max_pixels = 0;
  float brush = 1.0F;
  float preserve_color = 0.0F;
  std::string mask;  // a picture's file: where to paint; empty: everywhere
  StatisticsSource statistics = StatisticsSource::kAuto;
  int threads = 1;
  int64_t band_rows = 0;  // 0: chosen
  bool profile = false;   // print how long each step took
  int quality = 92;       // of a JPEG
};

// The options of Generator::Load that these stand for.
StatusOr<GeneratorOptions> OptionsOf(const ModelArguments& arguments);

// Paints a picture file into a picture file, PNG or JPEG by the output's name.
Status RunStylize(const StylizeArguments& arguments);

struct VideoArguments {
  StylizeArguments paint;           // without input and output
  std::vector<std::string> frames;  // pictures of one size, in the order of the video
  std::string output;               // a folder, made if it is not there
  float steadiness = 0.9F;  // FrameSteadier's and BlendStatistics'; 0: each frame on its own
};

// Paints a sequence of picture files into PNG files of the same names.
Status RunVideo(const VideoArguments& arguments);

// One style a line, its id first.
Status RunStyles(const std::string& models_folder);

struct InspectArguments {
  ModelArguments model;
  int width = 512;
  int height = 512;
  bool statistics_given = false;  // the plan for thumbnail statistics
};

// The steps brushwork runs for a model: shapes, datatype, multiply-adds; of a model that it
// quantizes itself, what that loses.
Status RunInspect(const InspectArguments& arguments);

}  // namespace brushwork
