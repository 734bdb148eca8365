#include "model/simplify.h"

#include <algorithm>

namespace brushwork {
namespace {

void RemoveUnused(Network& network) {
  std::vector<bool> needed(network.values.size(), false);
  needed[static_cast<size_t>(network.output)] = true;
  std::vector<Layer> kept;
  for (size_t i = network.layers.size(); i-- > 0;) {
    Layer& layer = network.layers[i];
    if (!needed[static_cast<size_t>(layer.output)]) continue;
    for (const ValueId input : layer.inputs) needed[static_cast<size_t>(input)] = true;
    kept.push_back(std::move(layer));
  }
  std::reverse(kept.begin(), kept.end());
  network.layers = std::move(kept);
}

void Compose(std::vector<float>& scale, std::vector<float>& shift, const ChannelAffineLayer& next) {
  for (size_t i = 0; i < scale.size(); ++i) {
    scale[i] *= next.scale[i];
    shift[i] = shift[i] * next.scale[i] + next.shift[i];
  }
}

// Does `first` then do what both did? The crop of a transposed convolution first takes back the
// rows that output_padding added.
bool JoinCrop(TransposedConvolutionLayer& first, const SliceLayer& crop, const Shape4& before,
              const Shape4& after) {
  if (crop.step != std::array<int64_t, 4>{1, 1, 1, 1} || before.channels != after.channels) {
    return false;
  }
  const int64_t bottom = before.height - after.height - crop.begin[1];
  const int64_t right = before.width - after.width - crop.begin[2];
  const int64_t fewer_rows = std::min(bottom, first.output_padding_height);
  const int64_t fewer_columns = std::min(right, first.output_padding_width);
  first.padding.top += crop.begin[1];
  first.padding.left += crop.begin[2];
  first.output_padding_height -= fewer_rows;
  first.output_padding_width -= fewer_columns;
  first.padding.bottom += bottom - fewer_rows;
  first.padding.right += right - fewer_columns;
  return true;
}

bool Join(Layer& first, const Layer& second, const Network& network) {
  if (const auto* affine = std::get_if<ChannelAffineLayer>(&second.parameters)) {
    if (auto* before = std::get_if<ChannelAffineLayer>(&first.parameters)) {
      Compose(before->scale, before->shift, *affine);
      return true;
    }
    if (auto* before = std::get_if<NormalizationLayer>(&first.parameters)) {
      Compose(before->scale, before->shift, *affine);
      return true;
    }
  }
  if (const auto* crop = std::get_if<SliceLayer>(&second.parameters)) {
    if (auto* before = std::get_if<TransposedConvolutionLayer>(&first.parameters)) {
      const auto shape = [&](ValueId id) { return network.values[static_cast<size_t>(id)].shape; };
      return JoinCrop(*before, *crop, shape(first.output), shape(second.output));
    }
  }
  return false;
}

void JoinNeighbours(Network& network) {
  std::vector<int> readers(network.values.size(), 0);
  std::vector<int> producer(network.values.size(), -1);
  for (const Layer& layer : network.layers) {
    for (const ValueId input : layer.inputs) ++readers[static_cast<size_t>(input)];
  }
  ++readers[static_cast<size_t>(network.output)];
  std::vector<Layer> kept;
  for (Layer& layer : network.layers) {
    const int before =
        layer.inputs.size() == 1 ? producer[static_cast<size_t>(layer.inputs[0])] : -1;
    if (before >= 0 && readers[static_cast<size_t>(layer.inputs[0])] == 1 &&
        Join(kept[static_cast<size_t>(before)], layer, network)) {
      kept[static_cast<size_t>(before)].output = layer.output;
      producer[static_cast<size_t>(layer.output)] = before;
      continue;
    }
    producer[static_cast<size_t>(layer.output)] = static_cast<int>(kept.size());
    kept.push_back(std::move(layer));
  }
  network.layers = std::move(kept);
}

void NumberAnew(Network& network) {
  std::vector<ValueId> renamed(network.values.size(), -1);
  std::vector<NetworkValue> values;
  const auto rename = [&](ValueId id) {
    ValueId& to = renamed[static_cast<size_t>(id)];
    if (to < 0) {
      to = static_cast<ValueId>(values.size());
      values.push_back(std::move(network.values[static_cast<size_t>(id)]));
    }
    return to;
  };
  network.input = rename(network.input);
  for (Layer& layer : network.layers) {
    for (ValueId& input : layer.inputs) input = rename(input);
    layer.output = rename(layer.output);
  }
  network.output = rename(network.output);
  network.values = std::move(values);
}

}  // namespace

Network Simplify(Network network) {
  RemoveUnused(network);
  JoinNeighbours(network);
  NumberAnew(network);
  return network;
}

}  // namespace brushwork
