#include <algorithm>
#include <string>
#include <vector>

#include "image/resize.h"

namespace brushwork {
namespace {

constexpr int kLargestFactor = 4096;  // 4096² bytes then still sum up in 32 bits

// Adds a row of `bytes` bytes.
void AddRow(const uint8_t* row, size_t bytes, uint32_t* sums) {
  for (size_t i = 0; i < bytes; ++i) sums[i] += row[i];
}

// Averages the column sums of `width` squares.
void AverageRow(const uint32_t* sums, int width, int factor, uint8_t* output) {
  const uint32_t count = static_cast<uint32_t>(factor) * static_cast<uint32_t>(factor);
  for (int x = 0; x < width; ++x, output += 4) {
    uint32_t totals[4] = {0, 0, 0, 0};
    for (int i = 0; i < factor; ++i, sums += 4) {
      for (int c = 0; c < 4; ++c) totals[c] += sums[c];
    }
    for (int c = 0; c < 4; ++c) output[c] = static_cast<uint8_t>((totals[c] + count / 2) / count);
  }
}

}  // namespace

StatusOr<Image> ShrinkByAveraging(ImageView image, int factor) {
  if (factor < 1 || factor > kLargestFactor || image.width < factor || image.height < factor) {
    return InvalidArgument("got squares of " + std::to_string(factor) + " pixels in a picture of " +
                           std::to_string(image.width) + "x" + std::to_string(image.height));
  }
  BRUSHWORK_ASSIGN_OR_RETURN(Image output,
                             Image::Create(image.width / factor, image.height / factor));
  const size_t bytes = static_cast<size_t>(output.width()) * static_cast<size_t>(factor) * 4;
  std::vector<uint32_t> sums(bytes);
  for (int y = 0; y < output.height(); ++y) {
    std::fill(sums.begin(), sums.end(), 0U);
    for (int i = 0; i < factor; ++i) AddRow(image.row(y * factor + i), bytes, sums.data());
    AverageRow(sums.data(), output.width(), factor, output.row(y));
  }
  return output;
}

}  // namespace brushwork
