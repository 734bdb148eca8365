#include "image/mask.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "base/memory_refused.h"
#include "image/luma.h"
#include "image/resize.h"

namespace brushwork {
namespace {

// Rows that are scaled together, before a byte of each pixel is taken.
constexpr int kStripRows = 32;

std::string SizeText(int width, int height) {
  return std::to_string(width) + "×" + std::to_string(height);
}

bool HasAlpha(ImageView picture) {
  const size_t bytes = static_cast<size_t>(picture.width) * picture.height * 4;
  for (size_t i = 3; i < bytes; i += 4) {
    if (picture.data[i] != 255) return true;
  }
  return false;
}

// May throw std::bad_alloc.
std::vector<uint8_t> ScaleToBytes(ImageView picture, int width, int height) {
  const bool has_alpha = HasAlpha(picture);
  const RowScaler scaler(picture, width, height);
  RowScaler::Workspace workspace = scaler.MakeWorkspace();
  std::vector<uint8_t> bytes(static_cast<size_t>(width) * height);
  std::vector<uint8_t> strip(static_cast<size_t>(width) * 4 * std::min(kStripRows, height));
  uint8_t* byte = bytes.data();
  for (int y = 0; y < height; y += kStripRows) {
    const int end = std::min(y + kStripRows, height);
    scaler.Scale(y, end, workspace, strip.data());
    const uint8_t* pixel = strip.data();
    for (int64_t i = int64_t{width} * (end - y); i > 0; --i, pixel += 4) {
      *byte++ = has_alpha ? pixel[3] : LumaByte(pixel);
    }
  }
  return bytes;
}

StatusOr<Image> GrayImage(const Mask& mask) {
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, Image::Create(mask.width(), mask.height()));
  uint8_t* pixel = image.data();
  for (const uint8_t byte : mask.bytes()) {
    std::fill_n(pixel, 3, byte);
    pixel[3] = 255;
    pixel += 4;
  }
  return image;
}

}  // namespace

StatusOr<Mask> Mask::Create(std::vector<uint8_t> bytes, int width, int height) {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(width, height));
  const size_t needed = static_cast<size_t>(width) * height;
  if (bytes.size() != needed) {
    return InvalidArgument("mask: got " + std::to_string(bytes.size()) + " bytes, needed " +
                           std::to_string(needed) + " for " + SizeText(width, height) + " pixels");
  }
  Mask mask;
  mask.width_ = width;
  mask.height_ = height;
  mask.bytes_ = std::move(bytes);
  return mask;
}

StatusOr<Mask> MakeMask(ImageView picture, int width, int height) {
  BRUSHWORK_RETURN_IF_ERROR(CheckScaling(picture, width, height));
  try {
    return Mask::Create(ScaleToBytes(picture, width, height), width, height);
  } catch (const std::bad_alloc&) {
    return MemoryRefused("a mask", width, height);
  }
}

Status CheckMaskSize(const Mask& mask, int photo_width, int photo_height) {
  if (mask.width() == photo_width && mask.height() == photo_height) return OkStatus();
  return InvalidArgument("mask: got " + SizeText(mask.width(), mask.height()) +
                         " pixels, needed the photo's " + SizeText(photo_width, photo_height));
}

StatusOr<std::shared_ptr<const Mask>> FitMask(std::shared_ptr<const Mask> mask, int width,
                                              int height) {
  if (mask == nullptr || (mask->width() == width && mask->height() == height)) return mask;
  BRUSHWORK_ASSIGN_OR_RETURN(const Image gray, GrayImage(*mask));
  BRUSHWORK_ASSIGN_OR_RETURN(Mask scaled, MakeMask(gray.view(), width, height));
  return std::make_shared<const Mask>(std::move(scaled));
}

}  // namespace brushwork
