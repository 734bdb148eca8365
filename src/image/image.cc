#include "image/image.h"

#include <new>
#include <string>

#include "base/memory_refused.h"

namespace brushwork {
namespace {

std::string SizeText(int64_t width, int64_t height) {
  return std::to_string(width) + "×" + std::to_string(height);
}

}  // namespace

Status CheckImageSize(int64_t width, int64_t height) {
  if (width < 1 || height < 1) {
    return InvalidArgument("got a picture of " + SizeText(width, height) +
                           " pixels, needed at least 1×1");
  }
  if (width > kMaxImageDimension || height > kMaxImageDimension) {
    return ImageTooLarge("got a picture of " + SizeText(width, height) +
                         " pixels, needed no side above " + std::to_string(kMaxImageDimension));
  }
  if (width * height > kMaxImagePixels) {
    return ImageTooLarge("got a picture of " + SizeText(width, height) +
                         " pixels, needed at most " + std::to_string(kMaxImagePixels / 1'000'000) +
                         " megapixels");
  }
  return OkStatus();
}

StatusOr<Image> Image::Create(int width, int height) {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(width, height));
  Image image;
  try {
    image.pixels_.resize(static_cast<size_t>(width) * height * 4);
  } catch (const std::bad_alloc&) {
    return MemoryRefused("a picture", width, height);
  }
  image.width_ = width;
  image.height_ = height;
  return image;
}

}  // namespace brushwork
