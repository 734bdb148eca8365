#include "image/stb_decoder.h"

#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

namespace brushwork {
namespace {

// stb_image inflates all of a PNG's data before it looks at the picture's size, so a kilobyte can
// ask for gigabytes. No single allocation may be larger than the picture gives reason for.
thread_local size_t allocation_limit = 0;
thread_local bool allocation_limit_hit = false;
// Not every function of stb_image that is refused memory leaves a reason.
thread_local bool allocation_refused = false;

bool IsWithinLimit(size_t size) {
  if (size <= allocation_limit) return true;
  allocation_limit_hit = true;
  return false;
}

void* Noted(void* memory) {
  if (memory == nullptr) allocation_refused = true;
  return memory;
}

// Zeroed: stb_image shows memory that damaged files leave unwritten.
void* StbMalloc(size_t size) { return IsWithinLimit(size) ? Noted(std::calloc(size, 1)) : nullptr; }

void* StbRealloc(void* memory, size_t size) {
  return IsWithinLimit(size) ? Noted(std::realloc(memory, size)) : nullptr;
}

}  // namespace
}  // namespace brushwork

#define STBI_MALLOC(size) brushwork::StbMalloc(size)
#define STBI_REALLOC(memory, size) brushwork::StbRealloc(memory, size)
#define STBI_FREE(memory) std::free(memory)
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include "base/memory_refused.h"
#include "stb_image.h"
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace brushwork {
namespace {

// A 16-bit RGBA picture takes 8 bytes a pixel; buffers grow by doubling; JPEG pads to whole blocks
// of up to 32 pixels. Compressed data is copied once.
size_t LargestAllocation(StbSize size, size_t encoded_bytes) {
  constexpr uint64_t kSlack = uint64_t{1} << 20;
  const uint64_t padded_pixels = (uint64_t{64} + size.width) * (uint64_t{64} + size.height);
  const uint64_t limit = 16 * padded_pixels + 2 * uint64_t{encoded_bytes} + kSlack;
  return limit > std::numeric_limits<size_t>::max() ? std::numeric_limits<size_t>::max()
                                                    : static_cast<size_t>(limit);
}

// The reason is static in this file because stb_image is; not every failure sets it.
void ForgetFailure() {
  stbi__g_failure_reason = nullptr;
  allocation_limit_hit = false;
  allocation_refused = false;
}

// Empty if none is known; the GIF decoder sets it to that.
std::string_view FailureReason() {
  return stbi__g_failure_reason != nullptr ? stbi__g_failure_reason : "";
}

// Where a JPEG goes wrong between its scans, stb_image gives the picture up to there, and leaves a
// reason; but it leaves one too from asking whether the JPEG is a PNG.
bool FailedHalfway() { return !FailureReason().empty() && FailureReason() != "bad png sig"; }

Status FailureStatus() {
  const std::string_view reason = FailureReason();
  if (allocation_limit_hit) {
    return UnsupportedImage("damaged picture: it holds more data than its size has room for");
  }
  if (allocation_refused) return MemoryRefused("decoding a picture");
  if (reason == "too large") {
    return ImageTooLarge("the header says that the picture has gigabytes of pixels");
  }
  return UnsupportedImage("damaged picture: " + std::string(reason.empty() ? "bad data" : reason));
}

Status CheckEncodedSize(std::span<const uint8_t> bytes) {
  if (bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max())) return OkStatus();
  return ImageTooLarge("got a file of " + std::to_string(bytes.size()) +
                       " bytes, needed less than two gigabytes");
}

// stbi_info tries every format in turn and so forgets why the right one failed.
auto InfoFunction(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg:
      return stbi__jpeg_info;
    case ImageFormat::kPng:
      return stbi__png_info;
    case ImageFormat::kBmp:
      return stbi__bmp_info;
    case ImageFormat::kGif:
      break;
  }
  return stbi__gif_info;
}

}  // namespace

void StbFree::operator()(uint8_t* pixels) const { stbi_image_free(pixels); }

StatusOr<StbSize> StbReadSize(ImageFormat format, std::span<const uint8_t> bytes) {
  BRUSHWORK_RETURN_IF_ERROR(CheckEncodedSize(bytes));
  ForgetFailure();
  allocation_limit = LargestAllocation({}, bytes.size());
  StbSize size;
  int channels = 0;
  stbi__context context;
  stbi__start_mem(&context, bytes.data(), static_cast<int>(bytes.size()));
  if (!InfoFunction(format)(&context, &size.width, &size.height, &channels)) return FailureStatus();
  return size;
}

StatusOr<StbPixels> StbDecode(std::span<const uint8_t> bytes, StbSize size) {
  ForgetFailure();
  allocation_limit = LargestAllocation(size, bytes.size());
  StbSize decoded;
  int channels = 0;
  StbPixels pixels(stbi_load_from_memory(bytes.data(), static_cast<int>(bytes.size()),
                                         &decoded.width, &decoded.height, &channels, 4));
  if (!pixels || FailedHalfway()) return FailureStatus();
  if (decoded.width != size.width || decoded.height != size.height) {
    return UnsupportedImage("damaged picture: its headers disagree about its size");
  }
  return pixels;
}

}  // namespace brushwork
