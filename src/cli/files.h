// Whole files in and out, with messages that name the file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "image/image.h"

namespace brushwork {

// kInvalidArgument if the file can't be read.
StatusOr<std::vector<uint8_t>> ReadFile(const std::string& path);

// A picture file, decoded. Errors also of DecodeImage, all naming the file.
StatusOr<Image> ReadPicture(const std::string& path);

// The status, its message naming the file.
Status WithPath(const std::string& path, const Status& status);

enum class PictureFormat { kPng, kJpeg };

// By the name's ending. kInvalidArgument for any other.
StatusOr<PictureFormat> FormatOf(const std::string& path);

// `quality`: of a JPEG.
Status WritePicture(const std::string& path, ImageView picture, PictureFormat format, int quality);

// Writes beside the target first and renames, so that a failure leaves no half file.
Status WriteFile(const std::string& path, std::span<const uint8_t> bytes);

}  // namespace brushwork
