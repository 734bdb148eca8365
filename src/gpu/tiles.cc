#include "gpu/tiles.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "gpu/tile_rows.h"
#include "image/resize.h"

namespace brushwork {
namespace {

// A row of pixels of three channels, between pictures and planes.
class RowBuffer {
 public:
  // Of an activation of this shape.
  explicit RowBuffer(const Shape4& shape)
      : shape_(shape), values_(static_cast<size_t>(shape.width) * 3) {}

  TensorView ViewOf(int64_t row) {
    TensorView view;
    view.data = values_.data();
    view.shape = shape_;
    view.first_row = row;
    return view;
  }

  // To and from row `row` of planes [3, height, width].
  void CopyTo(std::span<float> planes, int64_t height, int64_t row) const {
    ForEach(height, row, [&](size_t pixel, size_t plane) { planes[plane] = values_[pixel]; });
  }
  void CopyFrom(std::span<const float> planes, int64_t height, int64_t row) {
    ForEach(height, row, [&](size_t pixel, size_t plane) { values_[pixel] = planes[plane]; });
  }

 private:
  template <typename Copy>
  void ForEach(int64_t height, int64_t row, Copy copy) const {
    const auto width = static_cast<size_t>(shape_.width);
    for (size_t c = 0; c < 3; ++c) {
      const size_t begin = (c * static_cast<size_t>(height) + static_cast<size_t>(row)) * width;
      for (size_t x = 0; x < width; ++x) copy(x * 3 + c, begin + x);
    }
  }

  Shape4 shape_;
  std::vector<float> values_;
};

Status CheckPlanes(std::span<const float> planes, int64_t height, int64_t width) {
  const auto needed = static_cast<size_t>(3 * height * width);
  if (planes.size() != needed) {
    return Internal("a painted tile: got " + std::to_string(planes.size()) + " values, needed " +
                    std::to_string(needed));
  }
  if (std::ranges::all_of(planes, [](float value) { return std::isfinite(value); })) {
    return OkStatus();
  }
  return Internal("a painted tile: got values that are not finite");
}

}  // namespace

StatusOr<PaintingTiles> PaintingTiles::Create(const Generator& generator, int width, int height,
                                              int64_t max_pixels) {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(width, height));
  const GeneratorOptions& options = generator.options();
  BRUSHWORK_ASSIGN_OR_RETURN(PictureReader reader,
                             PictureReader::Create(options.input, DataType::kFloat32, {}));
  BRUSHWORK_ASSIGN_OR_RETURN(PictureWriter writer,
                             PictureWriter::Create(options.output, DataType::kFloat32, {}));
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame, FitFrame(generator.model(), width, height));
  PaintingTiles tiles(std::move(reader), std::move(writer));
  tiles.width_ = width;
  tiles.height_ = height;
  tiles.fit_ = frame.fit;
  tiles.input_ = frame.network.values[frame.network.input].shape;
  tiles.output_ = frame.network.values[frame.network.output].shape;
  if (frame.fit == FrameFit::kScale) {
    tiles.tiles_ = {{{0, tiles.input_.height}, {0, height}}};
    return tiles;
  }
  BRUSHWORK_ASSIGN_OR_RETURN(tiles.tiles_,
                             CutIntoTiles(frame.network, height, max_pixels / tiles.input_.width));
  return tiles;
}

StatusOr<std::vector<float>> PaintingTiles::Read(ImageView photo, size_t tile) const {
  if (tile >= tiles_.size() || photo.width != width_ || photo.height != height_) {
    return InvalidArgument("tile " + std::to_string(tile) + " of a photo of " +
                           std::to_string(photo.width) + "x" + std::to_string(photo.height) +
                           " pixels: needed one of " + std::to_string(tiles_.size()) + " of " +
                           std::to_string(width_) + "x" + std::to_string(height_));
  }
  Image scaled;
  if (fit_ == FrameFit::kScale) {
    BRUSHWORK_ASSIGN_OR_RETURN(scaled, ResizeImage(photo, static_cast<int>(input_.width),
                                                   static_cast<int>(input_.height)));
    photo = scaled.view();
  }
  const RowRange rows = tiles_[tile].read;
  std::vector<float> planes(static_cast<size_t>(3 * rows.size() * input_.width));
  RowBuffer row(input_);
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    BRUSHWORK_RETURN_IF_ERROR(reader_.Read({photo, 0, photo.height}, {y, y + 1}, row.ViewOf(y)));
    row.CopyTo(planes, rows.size(), y - rows.begin);
  }
  return planes;
}

Status PaintingTiles::Write(size_t tile, std::span<const float> planes, Image& painting) const {
  if (tile >= tiles_.size() || painting.width() != width_ || painting.height() != height_) {
    return InvalidArgument("tile " + std::to_string(tile) + ": a painting of another size");
  }
  if (fit_ == FrameFit::kScale) {
    BRUSHWORK_ASSIGN_OR_RETURN(painting, WriteScaled(planes));
    return OkStatus();
  }
  const auto& [read, painted] = tiles_[tile];
  BRUSHWORK_RETURN_IF_ERROR(CheckPlanes(planes, read.size(), input_.width));
  RowBuffer row(input_);
  for (int64_t y = painted.begin; y < painted.end; ++y) {
    row.CopyFrom(planes, read.size(), y - read.begin);
    writer_.WriteRow(row.ViewOf(y), y, width_, painting.row(static_cast<int>(y)));
  }
  return OkStatus();
}

StatusOr<Image> PaintingTiles::WriteScaled(std::span<const float> planes) const {
  BRUSHWORK_RETURN_IF_ERROR(CheckPlanes(planes, output_.height, output_.width));
  BRUSHWORK_ASSIGN_OR_RETURN(Image painting, Image::Create(static_cast<int>(output_.width),
                                                           static_cast<int>(output_.height)));
  RowBuffer row(output_);
  for (int64_t y = 0; y < output_.height; ++y) {
    row.CopyFrom(planes, output_.height, y);
    writer_.WriteRow(row.ViewOf(y), y, output_.width, painting.row(static_cast<int>(y)));
  }
  return ResizeImage(painting.view(), width_, height_);
}

}  // namespace brushwork
