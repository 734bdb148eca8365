#include "style_encoder.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <utility>

#include "base/memory_refused.h"
#include "image/resize.h"
#include "metadata.h"
#include "plan/plan.h"
#include "tensor/picture.h"

namespace brushwork {
namespace {

constexpr int kMultiple = 16;
constexpr int kMaxSide = 1024;
constexpr int kMaxAspect = 4;

ImageSize SizeToEncode(ImageView picture, int side) {
  const double scale = static_cast<double>(side) / std::min(picture.width, picture.height);
  const auto scaled = [&](int extent) {
    const double limited = std::min(extent * scale, static_cast<double>(kMaxAspect * side));
    return std::max(1, static_cast<int>(std::lround(limited / kMultiple))) * kMultiple;
  };
  return {scaled(picture.width), scaled(picture.height)};
}

void LayOverWhite(Image& picture) {
  for (int64_t i = 0; i < picture.pixel_count(); ++i) {
    uint8_t* pixel = picture.data() + 4 * i;
    for (int c = 0; c < 3; ++c) {
      const int colour = pixel[c] * pixel[3] + 255 * (255 - pixel[3]);
      pixel[c] = static_cast<uint8_t>((colour + 127) / 255);
    }
    pixel[3] = 255;
  }
}

// The mean over all positions of what the plan makes of the picture.
StatusOr<StyleVector> MeanOutput(Plan& plan, const Image& picture) {
  BRUSHWORK_ASSIGN_OR_RETURN(const PictureReader reader,
                             PictureReader::Create({}, plan.input().type, {}));
  const Shape4& shape = plan.output().shape;
  std::vector<double> sums(static_cast<size_t>(shape.channels));
  plan.Begin(
      [&](RowRange rows, const TensorView& view) {
        return reader.Read({picture.view(), 0, picture.height()}, rows, view);
      },
      [&](RowRange rows, const TensorView& view) {
        const float* values = view.row<float>(rows.begin);
        for (int64_t i = 0; i < rows.size() * shape.width; ++i) {
          for (double& sum : sums) sum += static_cast<double>(*values++);
        }
        return OkStatus();
      });
  while (!plan.done()) BRUSHWORK_RETURN_IF_ERROR(plan.RunTask(nullptr));
  StyleVector style;
  const double positions = static_cast<double>(shape.height * shape.width);
  for (const double sum : sums) style.values.push_back(static_cast<float>(sum / positions));
  return style;
}

}  // namespace

StatusOr<std::shared_ptr<const StyleEncoder>> StyleEncoder::Load(std::span<const uint8_t> onnx) {
  return WithinMemory("a style encoder", [&]() -> StatusOr<std::shared_ptr<const StyleEncoder>> {
    BRUSHWORK_ASSIGN_OR_RETURN(Model model, Model::Read(onnx));
    const int side = MetadataSize(model, "brushwork.encoder_side", kMaxSide);
    if (side < kMultiple) {
      return UnsupportedModel("metadata: got '" + model.Metadata("brushwork.encoder_side") +
                              "' as brushwork.encoder_side, needed " + std::to_string(kMultiple) +
                              " to " + std::to_string(kMaxSide) + " of a style encoder");
    }
    auto encoder = std::shared_ptr<StyleEncoder>(new StyleEncoder(std::move(model), side));
    const ImageSize size = SizeToEncode({nullptr, side, side}, side);
    BRUSHWORK_ASSIGN_OR_RETURN(const Network network,
                               encoder->model_.Specialize(size.height, size.width));
    encoder->style_size_ = static_cast<size_t>(network.values[network.output].shape.channels);
    return std::shared_ptr<const StyleEncoder>(std::move(encoder));
  });
}

StatusOr<StyleVector> StyleEncoder::Encode(ImageView picture) const {
  BRUSHWORK_RETURN_IF_ERROR(CheckImageSize(picture.width, picture.height));
  const ImageSize size = SizeToEncode(picture, side_);
  return WithinMemory("the style of a picture", [&]() -> StatusOr<StyleVector> {
    BRUSHWORK_ASSIGN_OR_RETURN(Image scaled, ResizeImage(picture, size.width, size.height));
    LayOverWhite(scaled);
    BRUSHWORK_ASSIGN_OR_RETURN(const Network network, model_.Specialize(size.height, size.width));
    BRUSHWORK_ASSIGN_OR_RETURN(const std::unique_ptr<Plan> plan,
                               Plan::Create(network, {.precision = Precision::kFloat}));
    BRUSHWORK_ASSIGN_OR_RETURN(StyleVector style, MeanOutput(*plan, scaled));
    if (std::ranges::all_of(style.values, [](float value) { return std::isfinite(value); })) {
      return style;
    }
    return InvalidModel("the style encoder's output is not finite");
  });
}

StatusOr<WeakenedStyle> WeakenStyle(const StyleEncoder& encoder, ImageView photo,
                                    const StyleVector& style, float strength) {
  if (!(strength >= 0.0F && strength <= 1.0F)) {
    return InvalidArgument("strength: got " + std::to_string(strength) + ", needed 0 to 1");
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckStyleSize(style.values.size(), encoder.style_size()));
  BRUSHWORK_ASSIGN_OR_RETURN(StyleVector weakened, encoder.Encode(photo));
  const float rest = 1.0F - strength;
  for (size_t i = 0; i < weakened.values.size(); ++i) {
    weakened.values[i] = rest * weakened.values[i] + strength * style.values[i];
  }
  return WeakenedStyle{std::move(weakened), 1.0F - rest * rest};
}

}  // namespace brushwork
