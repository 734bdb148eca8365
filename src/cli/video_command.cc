#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/paint_options.h"
#include "cli/paint_source.h"
#include "cli/progress_bar.h"
#include "image/resize.h"
#include "video/frame_steadier.h"

namespace brushwork {
namespace {

// The painted frames' files. kInvalidArgument if two frames would have one.
StatusOr<std::vector<std::string>> OutputsOf(const VideoArguments& arguments) {
  std::vector<std::string> outputs;
  std::set<std::string> names;
  for (const std::string& frame : arguments.frames) {
    const std::string name = std::filesystem::path(frame).stem().string() + ".png";
    if (!names.insert(name).second) {
      return InvalidArgument("frames: got two that would both be painted into '" + name +
                             "', needed names of their own");
    }
    outputs.push_back((std::filesystem::path(arguments.output) / name).string());
  }
  return outputs;
}

Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return OkStatus();
  return InvalidArgument("output: the folder '" + folder + "' can't be made: " + error.message());
}

// Paints one frame after the other.
class VideoPainter {
 public:
  VideoPainter(const VideoArguments& arguments, PaintSource source,
               std::unique_ptr<Stylizer> stylizer)
      : arguments_(arguments),
        source_(std::move(source)),
        stylizer_(std::move(stylizer)),
        steadier_(arguments.steadiness) {}

  StatusOr<Image> Paint(Image frame) {
    const int64_t max_pixels = arguments_.paint.max_pixels;
    if (max_pixels > 0 && frame.pixel_count() > max_pixels) {
      const ImageSize size = FitPixels(frame.width(), frame.height(), max_pixels);
      BRUSHWORK_ASSIGN_OR_RETURN(frame, ResizeImage(frame.view(), size.width, size.height));
    }
    BRUSHWORK_ASSIGN_OR_RETURN(StylizeOptions options,
                               OptionsFor(arguments_.paint, source_, frame.view()));
    if (arguments_.steadiness == 0.0F) {
      return stylizer_->Stylize(source_.generator, std::move(frame), options);
    }
    BRUSHWORK_ASSIGN_OR_RETURN(const FrameRelation relation, steadier_.Observe(frame.view()));
    if (relation != FrameRelation::kContinues) statistics_.reset();
    if (options.statistics != StatisticsSource::kExact) {
      BRUSHWORK_RETURN_IF_ERROR(Carry(frame, options));
    }
    BRUSHWORK_ASSIGN_OR_RETURN(Image painted,
                               stylizer_->Stylize(source_.generator, std::move(frame), options));
    BRUSHWORK_RETURN_IF_ERROR(steadier_.Steady(painted));
    return painted;
  }

 private:
  // Gives the frame's statistics, blended with those of the frames before.
  Status Carry(const Image& frame, StylizeOptions& options) {
    // Exact statistics could only be carried by measuring the whole picture twice.
    if (options.statistics == StatisticsSource::kAuto) {
      options.statistics = StatisticsSource::kThumbnail;
    }
    BRUSHWORK_ASSIGN_OR_RETURN(const auto job,
                               stylizer_->BeginMeasurement(source_.generator, frame, options));
    while (!job->done()) BRUSHWORK_RETURN_IF_ERROR(job->Step());
    NormStatistics statistics = job->statistics();
    if (statistics_) {
      BRUSHWORK_ASSIGN_OR_RETURN(
          statistics, BlendStatistics(std::move(statistics), *statistics_, arguments_.steadiness));
    }
    statistics_ = statistics;
    options.statistics = StatisticsSource::kGiven;
    options.given = std::make_shared<const NormStatistics>(std::move(statistics));
    return OkStatus();
  }

  const VideoArguments& arguments_;
  PaintSource source_;
  std::unique_ptr<Stylizer> stylizer_;
  FrameSteadier steadier_;
  std::optional<NormStatistics> statistics_;
};

}  // namespace

Status RunVideo(const VideoArguments& arguments) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<std::string> outputs, OutputsOf(arguments));
  BRUSHWORK_RETURN_IF_ERROR(MakeFolder(arguments.output));
  BRUSHWORK_ASSIGN_OR_RETURN(PaintSource source, LoadPaintSource(arguments.paint));
  BRUSHWORK_ASSIGN_OR_RETURN(auto stylizer,
                             Stylizer::Create({.threads = arguments.paint.threads,
                                               .band_rows = arguments.paint.band_rows}));
  VideoPainter painter(arguments, std::move(source), std::move(stylizer));
  const auto begin = std::chrono::steady_clock::now();
  {
    ProgressBar bar;
    for (size_t i = 0; i < outputs.size(); ++i) {
      BRUSHWORK_ASSIGN_OR_RETURN(Image frame, ReadPicture(arguments.frames[i]));
      BRUSHWORK_ASSIGN_OR_RETURN(const Image painted, painter.Paint(std::move(frame)));
      BRUSHWORK_RETURN_IF_ERROR(WritePicture(outputs[i], painted.view(), PictureFormat::kPng, 0));
      bar.Show(static_cast<double>(i + 1) / static_cast<double>(outputs.size()), "painting");
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%s: %zu frames, painted in %.2f s\n", arguments.output.c_str(), outputs.size(),
              seconds.count());
  return OkStatus();
}

}  // namespace brushwork
