#include <cmath>

#include "model/lower.h"

namespace brushwork {
namespace {

std::vector<float> Repeated(const std::vector<float>& values, int64_t times) {
  std::vector<float> result;
  for (const float value : values) {
    result.insert(result.end(), static_cast<size_t>(times), value);
  }
  return result;
}

StatusOr<float> ReadEpsilon(const Node& node) {
  const float epsilon = node.Float("epsilon", 1e-5F);
  if (!(epsilon >= 0.0F) || std::isinf(epsilon)) {
    return node.Invalid("epsilon " + std::to_string(epsilon));
  }
  return epsilon;
}

}  // namespace

Status LowerInstanceNormalization(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  NormalizationLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.epsilon, ReadEpsilon(node));
  // torch writes group normalization as instance normalization of [N, groups, everything else].
  ViewedValue input = x;
  if (!x.view.AsGroups()) {
    BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
    input = {picture.id, View(ChannelsFirst(picture.shape), 4)};
  }
  layer.groups = input.view.AsGroups().value_or(1);
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<float> scale,
                             lowering.NeedFloats(node, 1, "scale", layer.groups));
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<float> shift,
                             lowering.NeedFloats(node, 2, "bias", layer.groups));
  const int64_t of_group = input.view.source()[1] / layer.groups;
  layer.scale = Repeated(scale, of_group);
  layer.shift = Repeated(shift, of_group);
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id, lowering.AddLayer(node, std::move(layer), {input.id},
                                                                 lowering.shape(input.id)));
  lowering.SetOutput(node, id, input.view);
  return OkStatus();
}

Status LowerGroupNormalization(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedFullPicture(node, 0));
  const int64_t channels = picture.shape.channels;
  NormalizationLayer layer;
  BRUSHWORK_ASSIGN_OR_RETURN(layer.epsilon, ReadEpsilon(node));
  layer.groups = node.Int("num_groups", 0);
  if (layer.groups < 1 || channels % layer.groups != 0) {
    return node.Invalid(std::to_string(layer.groups) + " groups of " + std::to_string(channels) +
                        " channels");
  }
  // One scale for each group before opset 21, one for each channel since.
  const bool per_group = node.opset < 21;
  const int64_t count = per_group ? layer.groups : channels;
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<float> scale,
                             lowering.NeedFloats(node, 1, "scale", count));
  BRUSHWORK_ASSIGN_OR_RETURN(const std::vector<float> shift,
                             lowering.NeedFloats(node, 2, "bias", count));
  layer.scale = Repeated(scale, channels / count);
  layer.shift = Repeated(shift, channels / count);
  BRUSHWORK_ASSIGN_OR_RETURN(
      const ValueId id, lowering.AddLayer(node, std::move(layer), {picture.id}, picture.shape));
  lowering.SetPicture(node, id);
  return OkStatus();
}

Status LowerBatchNormalization(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Picture picture, lowering.NeedPicture(node, 0));
  if (node.Int("training_mode", 0) != 0) {
    return node.Unsupported("training_mode is not supported; export the model for inference");
  }
  const int64_t channels = picture.shape.channels;
  BRUSHWORK_ASSIGN_OR_RETURN(const float epsilon, ReadEpsilon(node));
  BRUSHWORK_ASSIGN_OR_RETURN(auto scale, lowering.NeedFloats(node, 1, "scale", channels));
  BRUSHWORK_ASSIGN_OR_RETURN(auto shift, lowering.NeedFloats(node, 2, "bias", channels));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto mean, lowering.NeedFloats(node, 3, "mean", channels));
  BRUSHWORK_ASSIGN_OR_RETURN(const auto variance,
                             lowering.NeedFloats(node, 4, "variance", channels));
  for (size_t c = 0; c < scale.size(); ++c) {
    scale[c] /= std::sqrt(variance[c] + epsilon);
    shift[c] -= mean[c] * scale[c];
  }
  ChannelAffineLayer layer{std::move(scale), std::move(shift)};
  BRUSHWORK_ASSIGN_OR_RETURN(
      const ValueId id, lowering.AddLayer(node, std::move(layer), {picture.id}, picture.shape));
  lowering.SetPicture(node, id, picture.rank);
  return OkStatus();
}

}  // namespace brushwork
