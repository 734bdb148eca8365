#include "image/encode.h"

#include <algorithm>
#include <new>
#include <string>

#include "base/memory_refused.h"
#include "image/stb_encoder.h"

namespace brushwork {
namespace {

using Bytes = std::vector<uint8_t>;

Status CheckView(ImageView image) {
  if (image.data == nullptr) return InvalidArgument("got no picture, needed one to encode");
  return CheckImageSize(image.width, image.height);
}

size_t PixelCount(ImageView image) { return static_cast<size_t>(image.width) * image.height; }

bool IsOpaque(ImageView image) {
  const size_t bytes = PixelCount(image) * 4;
  for (size_t i = 3; i < bytes; i += 4) {
    if (image.data[i] != 255) return false;
  }
  return true;
}

Bytes DropAlpha(ImageView image) {
  Bytes rgb(PixelCount(image) * 3);
  const uint8_t* from = image.data;
  for (auto to = rgb.begin(); to != rgb.end(); to += 3, from += 4) std::copy_n(from, 3, to);
  return rgb;
}

Bytes ComposeOverWhite(ImageView image) {
  Bytes rgb(PixelCount(image) * 3);
  const uint8_t* from = image.data;
  for (auto to = rgb.begin(); to != rgb.end(); to += 3, from += 4) {
    const int alpha = from[3];
    for (int c = 0; c < 3; ++c) {
      to[c] = static_cast<uint8_t>((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return rgb;
}

// Memory may be refused both here and inside the encoder.
template <typename Encode>
StatusOr<Bytes> WithoutExceptions(ImageView image, Encode encode) {
  try {
    Bytes bytes = encode();
    if (!bytes.empty()) return bytes;
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): the return below says it
  }
  return MemoryRefused("encoding a picture", image.width, image.height);
}

}  // namespace

StatusOr<Bytes> EncodePng(ImageView image) {
  BRUSHWORK_RETURN_IF_ERROR(CheckView(image));
  return WithoutExceptions(image, [&] {
    if (!IsOpaque(image)) return StbEncodePng({image.data, image.width, image.height, 4});
    const Bytes rgb = DropAlpha(image);
    return StbEncodePng({rgb.data(), image.width, image.height, 3});
  });
}

StatusOr<Bytes> EncodeJpeg(ImageView image, int quality) {
  BRUSHWORK_RETURN_IF_ERROR(CheckView(image));
  if (quality < 1 || quality > 100) {
    return InvalidArgument("got the JPEG quality " + std::to_string(quality) + ", needed 1 to 100");
  }
  return WithoutExceptions(image, [&] {
    if (IsOpaque(image)) return StbEncodeJpeg({image.data, image.width, image.height, 4}, quality);
    const Bytes rgb = ComposeOverWhite(image);
    return StbEncodeJpeg({rgb.data(), image.width, image.height, 3}, quality);
  });
}

}  // namespace brushwork
