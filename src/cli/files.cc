#include "cli/files.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "image/decode.h"
#include "image/encode.h"

namespace brushwork {

StatusOr<std::vector<uint8_t>> ReadFile(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    return InvalidArgument("'" + path + "' is a folder, needed a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return InvalidArgument("can't read '" + path + "': " + std::strerror(errno));
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return InvalidArgument("reading '" + path + "' broke off");
  return bytes;
}

StatusOr<Image> ReadPicture(const std::string& path) {
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  StatusOr<Image> picture = DecodeImage(bytes);
  if (!picture.ok()) return WithPath(path, picture.status());
  return picture;
}

Status WithPath(const std::string& path, const Status& status) {
  return {status.code(), "'" + path + "': " + status.message()};
}

Status WriteFile(const std::string& path, std::span<const uint8_t> bytes) {
  const std::string temporary = path + ".part";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    if (!file) return InvalidArgument("can't write '" + path + "': " + std::strerror(errno));
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      return InvalidArgument("writing '" + path + "' failed; is the disk full?");
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return InvalidArgument("can't write '" + path + "': " + error.message());
  return OkStatus();
}

StatusOr<PictureFormat> FormatOf(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".png") return PictureFormat::kPng;
  if (extension == ".jpg" || extension == ".jpeg") return PictureFormat::kJpeg;
  return InvalidArgument("output: got '" + path +
                         "', needed a name that ends in .png, .jpg or .jpeg");
}

Status WritePicture(const std::string& path, ImageView picture, PictureFormat format, int quality) {
  BRUSHWORK_ASSIGN_OR_RETURN(
      const std::vector<uint8_t> encoded,
      format == PictureFormat::kPng ? EncodePng(picture) : EncodeJpeg(picture, quality));
  return WriteFile(path, encoded);
}

}  // namespace brushwork
