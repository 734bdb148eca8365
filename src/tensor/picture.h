// Pictures to tensors and back.
#pragma once

#include <array>

#include "image/image.h"
#include "tensor/tensor.h"

namespace brushwork {

enum class ChannelOrder { kRgb, kBgr };

// How a generator reads and writes colour: a byte b becomes low + b / 255 * (high - low).
struct ColorEncoding {
  float low = 0.0F;
  float high = 1.0F;
  ChannelOrder order = ChannelOrder::kRgb;
};

// The rows of a picture that are there: all, or some consecutive ones.
struct PictureRows {
  ImageView view;  // the first row is row `first_row` of the picture
  int64_t first_row = 0;
  int64_t height = 0;  // of the whole picture
};

// Fills rows of activations of one type [1, H, W, 3] from pictures. The activation may be larger
// than the picture; what lies beyond its right and lower border is the picture mirrored without
// repeating the edge, as often as needed (a 1-pixel extent repeats its pixel).
class PictureReader {
 public:
  // kInvalidArgument for a colour range or quantization that makes no sense.
  static StatusOr<PictureReader> Create(const ColorEncoding& encoding, DataType type,
                                        const Quantization& quantization);

  // `rows` of the tensor, which are there. kInvalidArgument if it has not three channels, is
  // smaller than the picture, or if the rows mirror ones that are not there.
  Status Read(const PictureRows& picture, RowRange rows, const TensorView& tensor) const;

 private:
  PictureReader() = default;

  DataType type_ = DataType::kFloat32;
  int red_ = 0;  // channel
  std::array<float, 256> float_values_{};
  std::array<int8_t, 256> int8_values_{};
};

// Turns rows of activations of one type [1, H, W, 3] into colours.
class PictureWriter {
 public:
  static StatusOr<PictureWriter> Create(const ColorEncoding& encoding, DataType type,
                                        const Quantization& quantization);

  // The first `width` pixels of row `y` of the tensor, rounded to nearest and clamped to 0..255, to
  // RGBA; alpha becomes 255.
  void WriteRow(const TensorView& tensor, int64_t y, int64_t width, uint8_t* rgba) const;

 private:
  PictureWriter() = default;

  DataType type_ = DataType::kFloat32;
  int red_ = 0;
  float low_ = 0.0F;
  float gain_ = 1.0F;
  std::array<uint8_t, 256> bytes_{};  // of the int8 value index - 128
};

// The whole of the tensor: PictureReader.
Status PictureToTensor(ImageView picture, const ColorEncoding& encoding, TensorView tensor);

// The upper left picture.width() × picture.height() part of `tensor`: PictureWriter.
Status TensorToPicture(TensorView tensor, const ColorEncoding& encoding, Image& picture);

}  // namespace brushwork
