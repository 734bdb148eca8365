#include "tensor/picture.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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

Status CheckTensor(ImageView picture, const TensorView& tensor) {
  const Shape4& shape = tensor.shape;
  if (picture.data == nullptr || picture.width < 1 || picture.height < 1) {
    return InvalidArgument("got an empty picture, needed at least one pixel");
  }
  if (tensor.data == nullptr || shape.batch != 1 || shape.channels != 3 ||
      shape.height < picture.height || shape.width < picture.width) {
    return InvalidArgument("got a tensor " + shape.ToString() + ", needed at least [1, " +
                           std::to_string(picture.height) + ", " + std::to_string(picture.width) +
                           ", 3]");
  }
  const Quantization& quantization = tensor.quantization;
  if (tensor.type == DataType::kInt8 &&
      !(std::isfinite(quantization.scale) && quantization.scale > 0.0F &&
        quantization.zero_point >= -128 && quantization.zero_point <= 127)) {
    return InvalidArgument("got the quantization scale " + std::to_string(quantization.scale) +
                           ", zero point " + std::to_string(quantization.zero_point) +
                           ", needed a positive scale and a zero point that fits int8");
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

template <typename T>
void FillTensor(ImageView picture, const ColorEncoding& encoding, const TensorView& tensor) {
  T table[256];
  for (int byte = 0; byte < 256; ++byte) {
    table[byte] = EncodeByte(byte, encoding, tensor.quantization, T{});
  }
  const int red = encoding.order == ChannelOrder::kRgb ? 0 : 2;
  T* const data = static_cast<T*>(tensor.data);
  const int64_t row_values = tensor.shape.width * 3;
  for (int y = 0; y < picture.height; ++y) {
    FillRow(picture.row(y), picture.width, table, red, tensor.shape.width, data + y * row_values);
  }
  for (int64_t y = picture.height; y < tensor.shape.height; ++y) {
    std::memcpy(data + y * row_values, data + MirroredIndex(y, picture.height) * row_values,
                static_cast<size_t>(row_values) * sizeof(T));
  }
}

// Real values to bytes.
class ByteDecoder {
 public:
  explicit ByteDecoder(const ColorEncoding& encoding)
      : low_(encoding.low), gain_(static_cast<float>(255.0 / (double{encoding.high} - low_))) {}

  // Not a number becomes 0.
  uint8_t operator()(float real) const {
    const float byte = (real - low_) * gain_ + 0.5F;
    return byte >= 0.0F ? static_cast<uint8_t>(std::min(byte, 255.0F)) : uint8_t{0};
  }

 private:
  float low_;
  float gain_;
};

template <typename T, typename ToByte>
void FillPicture(const TensorView& tensor, ChannelOrder order, ToByte to_byte, Image& picture) {
  const int red = order == ChannelOrder::kRgb ? 0 : 2;
  for (int y = 0; y < picture.height(); ++y) {
    const T* values = static_cast<const T*>(tensor.data) + y * tensor.shape.width * 3;
    uint8_t* rgba = picture.row(y);
    for (int x = 0; x < picture.width(); ++x, values += 3, rgba += 4) {
      rgba[0] = to_byte(values[red]);
      rgba[1] = to_byte(values[1]);
      rgba[2] = to_byte(values[2 - red]);
      rgba[3] = 255;
    }
  }
}

}  // namespace

Status PictureToTensor(ImageView picture, const ColorEncoding& encoding, TensorView tensor) {
  BRUSHWORK_RETURN_IF_ERROR(CheckEncoding(encoding));
  BRUSHWORK_RETURN_IF_ERROR(CheckTensor(picture, tensor));
  if (tensor.type == DataType::kFloat32) {
    FillTensor<float>(picture, encoding, tensor);
  } else {
    FillTensor<int8_t>(picture, encoding, tensor);
  }
  return OkStatus();
}

Status TensorToPicture(TensorView tensor, const ColorEncoding& encoding, Image& picture) {
  BRUSHWORK_RETURN_IF_ERROR(CheckEncoding(encoding));
  BRUSHWORK_RETURN_IF_ERROR(CheckTensor(picture.view(), tensor));
  const ByteDecoder decoder(encoding);
  if (tensor.type == DataType::kFloat32) {
    FillPicture<float>(tensor, encoding.order, decoder, picture);
    return OkStatus();
  }
  uint8_t table[256];
  for (int q = -128; q < 128; ++q) {
    const Quantization& quantization = tensor.quantization;
    table[q + 128] = decoder(static_cast<float>(q - quantization.zero_point) * quantization.scale);
  }
  const auto to_byte = [&table](int8_t q) { return table[q + 128]; };
  FillPicture<int8_t>(tensor, encoding.order, to_byte, picture);
  return OkStatus();
}

}  // namespace brushwork
