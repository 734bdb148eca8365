// A picture cut into tiles of rows, for an engine outside of the core that paints one at a time
// with the graph of float_graph.h: because a GPU's buffers are smaller than some pictures. A tile
// is as wide as the picture. It reads more rows than it paints, as many as those depend on, and
// begins where strides and upsampling repeat, so that every cut gives the same painting.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/image.h"
#include "stylizer.h"
#include "tensor/picture.h"

namespace brushwork {

struct Tile {
  RowRange read;     // of the frame: the picture and its mirrored extension
  RowRange painted;  // of the picture; within `read`
};

// For pictures of one size. Tiles are all of one height, in the order of the rows they paint.
class PaintingTiles {
 public:
  // Tiles of at most `max_pixels` pixels. kInvalidArgument if that is too few for the rows that
  // one row depends on; otherwise Generator::MakeFrame's errors. Models of one fixed size have one
  // tile, the picture scaled to it, whatever `max_pixels` says.
  static StatusOr<PaintingTiles> Create(const Generator& generator, int width, int height,
                                        int64_t max_pixels);

  std::span<const Tile> tiles() const { return tiles_; }
  // Of every tile.
  int64_t tile_height() const { return tiles_.front().read.size(); }
  int64_t tile_width() const { return input_.width; }

  // What the graph reads: planes [1, 3, tile_height(), tile_width()], in the model's encoding.
  // kInvalidArgument unless the photo is of these tiles' size.
  StatusOr<std::vector<float>> Read(ImageView photo, size_t tile) const;

  // Takes what the graph made of the tile, planes [1, 3, height, width] of the same size (of models
  // of one fixed size: as large as they paint), into the painting, an image of the photo's size.
  // kInternal for another number of values, or values that are not finite: the engine's fault.
  Status Write(size_t tile, std::span<const float> planes, Image& painting) const;

 private:
  PaintingTiles(PictureReader reader, PictureWriter writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}

  StatusOr<Image> WriteScaled(std::span<const float> planes) const;

  PictureReader reader_;
  PictureWriter writer_;
  int width_ = 0;  // of the picture
  int height_ = 0;
  FrameFit fit_ = FrameFit::kExtend;
  Shape4 input_;   // of the frame
  Shape4 output_;  // of its painting
  std::vector<Tile> tiles_;
};

}  // namespace brushwork
