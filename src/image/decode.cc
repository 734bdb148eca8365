#include "image/decode.h"

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/memory_refused.h"
#include "image/format.h"
#include "image/stb_decoder.h"

namespace brushwork {
namespace {

StatusOr<Image> DecodePixels(std::span<const uint8_t> bytes, StbSize size) {
  BRUSHWORK_ASSIGN_OR_RETURN(const StbPixels pixels, StbDecode(bytes, size));
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, Image::Create(size.width, size.height));
  std::memcpy(image.data(), pixels.get(), image.bytes().size());
  return image;
}

// What a frame does not cover is transparent, as in every browser. stb_image paints it, and the
// transparent pixels too, with the background colour unless its index (byte 11) is zero.
StatusOr<Image> DecodeGif(std::span<const uint8_t> bytes, StbSize size) {
  BRUSHWORK_ASSIGN_OR_RETURN(const size_t end, GifFirstFrameEnd(bytes));
  std::vector<uint8_t> frame(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(end));
  frame[11] = 0;
  return DecodePixels(frame, size);
}

// stb_image refuses gigabytes before it tells the size, which the message is to name; it allocates
// less than that at once, whether the file holds it or not.
Status CheckPngSize(std::span<const uint8_t> bytes) {
  constexpr int64_t kMaxInflation = 1032;                 // of deflate
  constexpr int64_t kChannels[] = {1, 1, 3, 1, 2, 1, 4};  // by colour type
  constexpr size_t kTypeOffset = 12;                      // of the first chunk, which is to be IHDR
  constexpr size_t kWidthOffset = 16;
  constexpr uint32_t kIhdr = 0x49484452;
  const ByteReader reader(bytes, ByteOrder::kBigEndian);
  if (reader.ReadU32(kTypeOffset) != kIhdr) return OkStatus();
  const auto width = reader.ReadU32(kWidthOffset);
  const auto height = reader.ReadU32(kWidthOffset + 4);
  if (!width || !height || *width == 0 || *height == 0) return OkStatus();
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(*width, *height));
  const auto depth_and_color = reader.ReadBytes(kWidthOffset + 8, 2);
  if (!depth_and_color) return OkStatus();
  const int64_t bits = (*depth_and_color)[0] * kChannels[(*depth_and_color)[1] % 7];
  if (*height * (*width * bits / 8) / kMaxInflation <= static_cast<int64_t>(bytes.size())) {
    return OkStatus();
  }
  return UnsupportedImage("damaged PNG: " + std::to_string(bytes.size()) + " bytes for " +
                          std::to_string(int64_t{*width} * *height) + " pixels");
}

StatusOr<Image> Decode(std::span<const uint8_t> bytes) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ImageFormat format, SniffImageFormat(bytes));
  if (format == ImageFormat::kPng) BRUSHWORK_RETURN_IF_ERROR(CheckPngSize(bytes));
  BRUSHWORK_ASSIGN_OR_RETURN(const StbSize size, StbReadSize(format, bytes));
  const Status size_status = CheckImageSize(size.width, size.height);
  if (size_status.code() == StatusCode::kInvalidArgument) {
    return UnsupportedImage("damaged " + std::string(ImageFormatName(format)) +
                            ": it has no pixels");
  }
  BRUSHWORK_RETURN_IF_ERROR(size_status);
  BRUSHWORK_RETURN_IF_ERROR(CheckWhole(format, bytes));
  if (format == ImageFormat::kGif) return DecodeGif(bytes, size);
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, DecodePixels(bytes, size));
  return ApplyOrientation(std::move(image), ReadExifOrientation(bytes));
}

}  // namespace

StatusOr<Image> DecodeImage(std::span<const uint8_t> bytes) {
  return WithinMemory("decoding a picture", [&] { return Decode(bytes); });
}

}  // namespace brushwork
