#include "gpu/tiles.h"

#include <algorithm>
#include <cmath>
#include <string>

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

StatusOr<PaintingTiles> PaintingTiles::Create(const Model& model, const ColorEncoding& input,
                                              const ColorEncoding& output, int width, int height,
                                              int64_t max_pixels) {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(width, height));
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureReader reader,
                             PictureReader::Create(input, DataType::kFloat32, {}));
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureWriter writer,
                             PictureWriter::Create(output, DataType::kFloat32, {}));
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame, FitFrame(model, width, height));
  PaintingTiles tiles(reader, writer);
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

RowRange PaintingTiles::PhotoRows(size_t tile) const {
  if (fit_ == FrameFit::kScale) return {0, height_};
  const RowRange& read = tiles_[tile].read;
  // Rows of the frame beyond the picture mirror its last ones; those of a very low picture, all.
  const int64_t beyond = std::max<int64_t>(0, read.end - height_);
  return {std::max<int64_t>(0, std::min(read.begin, height_ - 1 - beyond)),
          std::min<int64_t>(read.end, height_)};
}

Status PaintingTiles::CheckTile(size_t tile) const {
  if (tile < tiles_.size()) return OkStatus();
  return InvalidArgument("got tile " + std::to_string(tile) + " of " +
                         std::to_string(tiles_.size()));
}

StatusOr<std::vector<float>> PaintingTiles::Read(const PictureRows& photo, size_t tile) const {
  BRUSHWORK_RETURN_IF_ERROR(CheckTile(tile));
  const RowRange needed = PhotoRows(tile);
  const RowRange there{photo.first_row, photo.first_row + photo.view.height};
  if (photo.view.width != width_ || photo.height != height_ || there.begin > needed.begin ||
      there.end < needed.end) {
    return InvalidArgument("tile " + std::to_string(tile) + ": got rows " +
                           std::to_string(there.begin) + " to " + std::to_string(there.end) +
                           " of a photo of " + std::to_string(photo.view.width) + "x" +
                           std::to_string(photo.height) + " pixels, needed " +
                           std::to_string(needed.begin) + " to " + std::to_string(needed.end) +
                           " of " + std::to_string(width_) + "x" + std::to_string(height_));
  }
  PictureRows picture = photo;
  Image scaled;
  if (fit_ == FrameFit::kScale) {
    BRUSHWORK_ASSIGN_OR_RETURN(scaled, ResizeImage(photo.view, static_cast<int>(input_.width),
                                                   static_cast<int>(input_.height)));
    picture = {scaled.view(), 0, input_.height};
  }
  const RowRange rows = tiles_[tile].read;
  std::vector<float> planes(static_cast<size_t>(3 * rows.size() * input_.width));
  RowBuffer row(input_);
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    BRUSHWORK_RETURN_IF_ERROR(reader_.Read(picture, {y, y + 1}, row.ViewOf(y)));
    row.CopyTo(planes, rows.size(), y - rows.begin);
  }
  return planes;
}

StatusOr<Image> PaintingTiles::Write(size_t tile, std::span<const float> planes) const {
  BRUSHWORK_RETURN_IF_ERROR(CheckTile(tile));
  const bool scale = fit_ == FrameFit::kScale;
  const auto& [read, painted] = tiles_[tile];
  const int64_t height = scale ? output_.height : read.size();
  BRUSHWORK_RETURN_IF_ERROR(CheckPlanes(planes, height, output_.width));
  // Rows of the planes that are written, and how much of them.
  const RowRange rows =
      scale ? RowRange{0, height} : RowRange{painted.begin - read.begin, painted.end - read.begin};
  const int64_t width = scale ? output_.width : width_;
  BRUSHWORK_ASSIGN_OR_RETURN(Image painting,
                             Image::Create(static_cast<int>(width), static_cast<int>(rows.size())));
  RowBuffer row(output_);
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    row.CopyFrom(planes, height, y);
    writer_.WriteRow(row.ViewOf(y), y, width, painting.row(static_cast<int>(y - rows.begin)));
  }
  if (!scale) return painting;
  return ResizeImage(painting.view(), width_, height_);
}

}  // namespace brushwork
