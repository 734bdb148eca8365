// A picture cut into tiles of rows, for an engine outside of the core that paints one at a time
// with the graph of float_graph.h: because a GPU's buffers are smaller than some pictures. A tile
// is as wide as the picture. It reads more rows than it paints, as many as those depend on, and
// begins where strides and upsampling repeat, so that every cut gives the same painting.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu/tile_rows.h"
#include "image/image.h"
#include "model/model.h"
#include "plan/frame.h"
#include "tensor/picture.h"

namespace brushwork {

// For pictures of one size.
class PaintingTiles {
 public:
  // Tiles of at most `max_pixels` pixels, of a model with these encodings of colour.
  // kInvalidArgument if that is too few for the rows that one row depends on; otherwise FitFrame's
  // errors. Models of one fixed size have one tile, the picture scaled to it, whatever
  // `max_pixels` says.
  static StatusOr<PaintingTiles> Create(const Model& model, const ColorEncoding& input,
                                        const ColorEncoding& output, int width, int height,
                                        int64_t max_pixels);

  // `read` counts in the frame, the picture and its mirrored extension; `painted` in the picture.
  // All of them together paint each row once, from top to bottom.
  std::span<const Tile> tiles() const { return tiles_; }
  // Of every tile.
  int64_t tile_height() const { return tiles_.front().read.size(); }
  int64_t tile_width() const { return input_.width; }
  // The rows of the photo that a tile reads.
  RowRange PhotoRows(size_t tile) const;

  // What the graph reads: planes [1, 3, tile_height(), tile_width()], in the model's encoding.
  // kInvalidArgument unless the photo is of these tiles' size and has PhotoRows.
  StatusOr<std::vector<float>> Read(const PictureRows& photo, size_t tile) const;

  // The painted rows, of what the graph made of the tile: planes [1, 3, height, width] as large as
  // those it read (of models of one fixed size: as large as they paint). kInternal for another
  // number of values, or values that are not finite: the engine's fault.
  StatusOr<Image> Write(size_t tile, std::span<const float> planes) const;

 private:
  PaintingTiles(const PictureReader& reader, const PictureWriter& writer)
      : reader_(reader), writer_(writer) {}

  Status CheckTile(size_t tile) const;

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
