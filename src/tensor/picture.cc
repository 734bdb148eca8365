#include "tensor/picture.h"

#include <algorithm>
#include <cmath>

namespace brushwork {
namespace {

Status CheckEncoding(const ColorEncoding& encoding) {
  if (std::isfinite(encoding.low) && std::isfinite(encoding.high) &&
      encoding.low != encoding.high) {
    return OkStatus();
  }
  return InvalidArgument("got the colour range " + std::to_string(encoding.low) + " to " +
                         std::to_string(encoding.high) + ", needed two different finite numbers");
}

Status CheckQuantization(DataType type, const Quantization& quantization) {
  if (type == DataType::kInt8 &&
      !(std::isfinite(quantization.scale) && quantization.scale > 0.0F &&
        quantization.zero_point >= -128 && quantization.zero_point <= 127)) {
    return InvalidArgument("got the quantization scale " + std::to_string(quantization.scale) +
                           ", zero point " + std::to_string(quantization.zero_point) +
                           ", needed a positive scale and a zero point that fits int8");
  }
  return OkStatus();
}

Status CheckTensor(int64_t width, int64_t height, const TensorView& tensor) {
  const Shape4& shape = tensor.shape;
  if (width < 1 || height < 1) {
    return InvalidArgument("got an empty picture, needed at least one pixel");
  }
  if (tensor.data == nullptr || shape.batch != 1 || shape.channels != 3 || shape.height < height ||
      shape.width < width) {
    return InvalidArgument("got a tensor " + shape.ToString() + ", needed at least [1, " +
                           std::to_string(height) + ", " + std::to_string(width) + ", 3]");
  }
  return OkStatus();
}

float EncodeByte(int byte, const ColorEncoding& encoding, const Quantization&, float) {
  const double low = encoding.low;
  return static_cast<float>(low + byte / 255.0 * (encoding.high - low));
}

// ONNX's QuantizeLinear: divide in float, round half to even, saturate.
int8_t EncodeByte(int byte, const ColorEncoding& encoding, const Quantization& quantization,
                  int8_t) {
  const float real = EncodeByte(byte, encoding, quantization, 0.0F);
  const float quantized =
      std::nearbyint(real / quantization.scale) + static_cast<float>(quantization.zero_point);
  return static_cast<int8_t>(std::clamp(quantized, -128.0F, 127.0F));
}

// Mirrored without repeating the edge: 0 1 2 3 2 1 0 1 … for a size of 4.
int64_t MirroredIndex(int64_t i, int64_t size) {
  if (size == 1) return 0;
  const int64_t period = 2 * (size - 1);
  const int64_t phase = i % period;
  return phase < size ? phase : period - phase;
}

template <typename T>
void FillRow(const uint8_t* rgba, int64_t picture_width, const T* table, int red, int64_t width,
             T* row) {
  for (int64_t x = 0; x < picture_width; ++x) {
    row[x * 3 + red] = table[rgba[x * 4]];
    row[x * 3 + 1] = table[rgba[x * 4 + 1]];
    row[x * 3 + 2 - red] = table[rgba[x * 4 + 2]];
  }
  for (int64_t x = picture_width; x < width; ++x) {
    std::copy_n(row + MirroredIndex(x, picture_width) * 3, 3, row + x * 3);
  }
}

// Real values to bytes.
class ByteDecoder {
 public:
  ByteDecoder(float low, float gain) : low_(low), gain_(gain) {}

  // Not a number becomes 0.
  uint8_t operator()(float real) const {
    const float byte = (real - low_) * gain_ + 0.5F;
    return byte >= 0.0F ? static_cast<uint8_t>(std::min(byte, 255.0F)) : uint8_t{0};
  }

 private:
  float low_;
  float gain_;
};

template <typename T>
Status FillRows(const PictureRows& picture, RowRange rows, const std::array<T, 256>& values,
                int red, const TensorView& tensor) {
  const int64_t last = picture.first_row + picture.view.height;
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    const int64_t from = MirroredIndex(y, picture.height);
    if (from < picture.first_row || from >= last) {
      return InvalidArgument("got rows " + std::to_string(picture.first_row) + " to " +
                             std::to_string(last) + " of a picture, needed row " +
                             std::to_string(from));
    }
    FillRow(picture.view.row(static_cast<int>(from - picture.first_row)), picture.view.width,
            values.data(), red, tensor.shape.width, tensor.row<T>(y));
  }
  return OkStatus();
}

template <typename T, typename ToByte>
void DecodeRow(const T* values, int64_t width, int red, ToByte to_byte, uint8_t* rgba) {
  for (int64_t x = 0; x < width; ++x, values += 3, rgba += 4) {
    rgba[0] = to_byte(values[red]);
    rgba[1] = to_byte(values[1]);
    rgba[2] = to_byte(values[2 - red]);
    rgba[3] = 255;
  }
}

int RedChannel(ChannelOrder order) { return order == ChannelOrder::kRgb ? 0 : 2; }

}  // namespace

StatusOr<PictureReader> PictureReader::Create(const ColorEncoding& encoding, DataType type,
                                              const Quantization& quantization) {
  BRUSHWORK_RETURN_IF_ERROR(CheckEncoding(encoding));
  BRUSHWORK_RETURN_IF_ERROR(CheckQuantization(type, quantization));
  PictureReader reader;
  reader.type_ = type;
  reader.red_ = RedChannel(encoding.order);
  for (int byte = 0; byte < 256; ++byte) {
    const size_t index = static_cast<size_t>(byte);
    reader.float_values_[index] = EncodeByte(byte, encoding, quantization, 0.0F);
    if (type == DataType::kInt8) {
      reader.int8_values_[index] = EncodeByte(byte, encoding, quantization, int8_t{0});
    }
  }
  return reader;
}

Status PictureReader::Read(const PictureRows& picture, RowRange rows,
                           const TensorView& tensor) const {
  if (picture.view.data == nullptr) return InvalidArgument("got an empty picture");
  BRUSHWORK_RETURN_IF_ERROR(CheckTensor(picture.view.width, picture.height, tensor));
  if (type_ == DataType::kFloat32) return FillRows(picture, rows, float_values_, red_, tensor);
  return FillRows(picture, rows, int8_values_, red_, tensor);
}

StatusOr<PictureWriter> PictureWriter::Create(const ColorEncoding& encoding, DataType type,
                                              const Quantization& quantization) {
  BRUSHWORK_RETURN_IF_ERROR(CheckEncoding(encoding));
  BRUSHWORK_RETURN_IF_ERROR(CheckQuantization(type, quantization));
  PictureWriter writer;
  writer.type_ = type;
  writer.red_ = RedChannel(encoding.order);
  writer.low_ = encoding.low;
  writer.gain_ = static_cast<float>(255.0 / (double{encoding.high} - encoding.low));
  const ByteDecoder decoder(writer.low_, writer.gain_);
  for (size_t i = 0; i < writer.bytes_.size(); ++i) {
    const int q = static_cast<int>(i) - 128;
    writer.bytes_[i] =
        decoder(static_cast<float>(q - quantization.zero_point) * quantization.scale);
  }
  return writer;
}

void PictureWriter::WriteRow(const TensorView& tensor, int64_t y, int64_t width,
                             uint8_t* rgba) const {
  if (type_ == DataType::kFloat32) {
    const ByteDecoder decoder(low_, gain_);
    DecodeRow(tensor.row<float>(y), width, red_, decoder, rgba);
  } else {
    const uint8_t* bytes = bytes_.data() + 128;
    DecodeRow(tensor.row<int8_t>(y), width, red_, [bytes](int8_t q) { return bytes[q]; }, rgba);
  }
}

Status PictureToTensor(ImageView picture, const ColorEncoding& encoding, TensorView tensor) {
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureReader reader,
                             PictureReader::Create(encoding, tensor.type, tensor.quantization));
  return reader.Read({picture, 0, picture.height}, {0, tensor.shape.height}, tensor);
}

Status TensorToPicture(TensorView tensor, const ColorEncoding& encoding, Image& picture) {
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureWriter writer,
                             PictureWriter::Create(encoding, tensor.type, tensor.quantization));
  BRUSHWORK_RETURN_IF_ERROR(CheckTensor(picture.width(), picture.height(), tensor));
  for (int y = 0; y < picture.height(); ++y) {
    writer.WriteRow(tensor, y, picture.width(), picture.row(y));
  }
  return OkStatus();
}

}  // namespace brushwork
