#include <cmath>
#include <utility>

#include "model/lower.h"
#include "model/shape_rules.h"

namespace brushwork {
namespace {

template <typename T>
using Named = std::pair<const char*, T>;

constexpr Named<CoordinateTransform> kTransforms[] = {
    {"half_pixel", CoordinateTransform::kHalfPixel},
    {"pytorch_half_pixel", CoordinateTransform::kPytorchHalfPixel},
    {"asymmetric", CoordinateTransform::kAsymmetric},
    {"align_corners", CoordinateTransform::kAlignCorners},
    {"half_pixel_symmetric", CoordinateTransform::kHalfPixelSymmetric}};

constexpr Named<NearestRounding> kRoundings[] = {
    {"round_prefer_floor", NearestRounding::kRoundPreferFloor},
    {"round_prefer_ceil", NearestRounding::kRoundPreferCeil},
    {"floor", NearestRounding::kFloor},
    {"ceil", NearestRounding::kCeil}};

constexpr Named<ResizeMode> kModes[] = {{"nearest", ResizeMode::kNearest},
                                        {"linear", ResizeMode::kLinear}};

// The value of an attribute by its name in ONNX.
template <typename T, size_t N>
StatusOr<T> Lookup(const Node& node, const char* attribute, const char* absent,
                   const Named<T> (&table)[N]) {
  const std::string name = node.String(attribute, absent);
  std::string supported;
  for (const auto& [key, value] : table) {
    if (name == key) return value;
    supported += (supported.empty() ? "" : ", ") + std::string(key);
  }
  return node.Unsupported(std::string(attribute) + " '" + name +
                          "' is not supported; supported are " + supported);
}

Status CheckAttributes(const Node& node) {
  if (node.Int("antialias", 0) != 0) return node.Unsupported("antialias is not supported");
  if (node.Int("exclude_outside", 0) != 0) {
    return node.Unsupported("exclude_outside is not supported");
  }
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") {
    return node.Unsupported("keep_aspect_ratio_policy '" + policy + "' is not supported");
  }
  return OkStatus();
}

struct Axis {
  int64_t output = 0;
  double scale = 1.0;
};

// One Axis for each of N, C, H, W. `scales` or `sizes` may be null.
StatusOr<std::array<Axis, 4>> ReadAxes(const Node& node, const std::array<int64_t, 4>& dims,
                                       const Constant* scales, const Constant* sizes) {
  const bool by_scale = scales != nullptr && scales->size() > 0;
  if (!by_scale && (sizes == nullptr || sizes->size() == 0)) {
    return node.Invalid("has neither scales nor sizes");
  }
  BRUSHWORK_ASSIGN_OR_RETURN(const auto named, NamedAxes(node, nullptr, 4));
  std::vector<size_t> axes{0, 1, 2, 3};
  if (named) axes = *named;
  const Constant& stated = by_scale ? *scales : *sizes;
  if (stated.size() != axes.size()) {
    return node.Invalid(std::to_string(stated.size()) + " scales or sizes for " +
                        std::to_string(axes.size()) + " axes");
  }
  std::array<Axis, 4> result;
  for (size_t i = 0; i < 4; ++i) result[i].output = dims[i];
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto input = static_cast<double>(dims[axes[i]]);
    const float scale = stated.Float(i);
    const auto value = static_cast<double>(scale);
    // In single precision, as ONNX Runtime does it: 10 * 1.3 is 13 there and 12.99… in double.
    const double output =
        by_scale ? static_cast<double>(std::floor(static_cast<float>(dims[axes[i]]) * scale))
                 : value;
    if (!(output >= 1.0 && output < 1e12)) {
      return node.DoesNotFit("cannot resize " + DimsToString(dims) + " by " +
                             std::to_string(value));
    }
    result[axes[i]].output = by_scale ? static_cast<int64_t>(output) : stated.Integer(i);
    result[axes[i]].scale = by_scale ? value : output / input;
  }
  return result;
}

Status AddResize(const Node& node, Lowering& lowering, ResizeLayer layer, const Constant* scales,
                 const Constant* sizes) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  const std::array<int64_t, 4> dims = ChannelsFirst(picture.shape);
  BRUSHWORK_ASSIGN_OR_RETURN(const auto axes, ReadAxes(node, dims, scales, sizes));
  if (axes[0].output != dims[0] || axes[1].output != dims[1]) {
    return node.Unsupported("only height and width can be resized");
  }
  if (axes[2].scale == 1.0 && axes[3].scale == 1.0) {
    lowering.SetPicture(node, picture.id);
    return OkStatus();
  }
  layer.scale_height = static_cast<float>(axes[2].scale);
  layer.scale_width = static_cast<float>(axes[3].scale);
  const Shape4 shape = ChannelsLast({dims[0], dims[1], axes[2].output, axes[3].output});
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, layer, {picture.id}, shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

}  // namespace

Status LowerResize(const Node& node, Lowering& lowering) {
  BRUSHWORK_RETURN_IF_ERROR(CheckAttributes(node));
  ResizeLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.mode, Lookup(node, "mode", "nearest", kModes));
  BRUSHWORK_ASSIGN_OR_RETURN(
      layer.transform, Lookup(node, "coordinate_transformation_mode", "half_pixel", kTransforms));
  BRUSHWORK_ASSIGN_OR_RETURN(layer.rounding,
                             Lookup(node, "nearest_mode", "round_prefer_floor", kRoundings));
  // Input 1 is the region of interest, which only tf_crop_and_resize reads.
  BRUSHWORK_ASSIGN_OR_RETURN(const auto scales, lowering.OptionalConstant(node, 2, "scales"));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto sizes, lowering.OptionalConstant(node, 3, "sizes"));
  return AddResize(node, lowering, layer, scales.get(), sizes.get());
}

Status LowerUpsample(const Node& node, Lowering& lowering) {
  ResizeLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.mode, Lookup(node, "mode", "nearest", kModes));
  layer.transform = CoordinateTransform::kAsymmetric;
  layer.rounding = NearestRounding::kFloor;
  BRUSHWORK_ASSIGN_OR_RETURN(const auto scales, lowering.NeedConstant(node, 1, "scales"));
  return AddResize(node, lowering, layer, scales.get(), nullptr);
}

}  // namespace brushwork
