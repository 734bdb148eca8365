#include "model/view.h"

#include <algorithm>

namespace brushwork {
namespace {

// Appends, joined with the factor before it if they are one run of the same axis.
void Append(std::vector<Factor>& factors, const Factor& factor) {
  if (factor.extent == 1) return;
  if (!factors.empty()) {
    Factor& last = factors.back();
    if (last.axis == factor.axis && last.stride == factor.extent * factor.stride) {
      last = {factor.axis, last.extent * factor.extent, factor.stride};
      return;
    }
  }
  factors.push_back(factor);
}

// Takes factors of this product off the front of `rest` (which is in reverse order).
bool Take(std::vector<Factor>& rest, int64_t product, std::vector<Factor>& taken) {
  while (product > 1) {
    if (rest.empty()) return false;
    Factor& next = rest.back();
    if (product % next.extent == 0) {
      product /= next.extent;
      Append(taken, next);
      rest.pop_back();
    } else if (next.extent % product == 0) {
      const int64_t inner = next.extent / product;
      Append(taken, {next.axis, product, next.stride * inner});
      next.extent = inner;
      product = 1;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

View::View(const std::array<int64_t, 4>& source, size_t rank) : source_(source), axes_(rank) {
  for (size_t i = 0; i < std::min<size_t>(rank, 4); ++i) Append(axes_[i], {i, source[i], 1});
}

Dims View::dims() const {
  Dims dims;
  for (const Factors& factors : axes_) {
    int64_t extent = 1;
    for (const Factor& factor : factors) extent *= factor.extent;
    dims.push_back(extent);
  }
  return dims;
}

std::optional<View> View::Reshaped(const Dims& dims) const {
  Factors all;
  for (const Factors& factors : axes_) {
    for (const Factor& factor : factors) Append(all, factor);
  }
  std::reverse(all.begin(), all.end());
  View result = *this;
  result.axes_.assign(dims.size(), {});
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!Take(all, dims[i], result.axes_[i])) return std::nullopt;
  }
  if (!all.empty()) return std::nullopt;
  return result;
}

View View::Permuted(std::span<const size_t> order) const {
  View result = *this;
  for (size_t i = 0; i < order.size(); ++i) result.axes_[i] = axes_[order[i]];
  return result;
}

View View::WithChannels(int64_t channels) const {
  View result = *this;
  const std::optional<size_t> axis = ChannelAxis();
  result.source_[1] = channels;
  if (axis) {
    result.axes_[*axis].clear();
    Append(result.axes_[*axis], {1, channels, 1});
  }
  return result;
}

bool View::IsPicture() const {
  if (rank() < 2 || rank() > 4) return false;
  for (size_t i = rank(); i < 4; ++i) {
    if (source_[i] != 1) return false;
  }
  return axes_ == View(source_, rank()).axes_;
}

std::optional<size_t> View::ChannelAxis() const {
  const Factors all_channels = View(source_, 4).axes_[1];
  if (all_channels.empty()) return rank() > 1 ? std::optional<size_t>(1) : std::nullopt;
  const auto found = std::find(axes_.begin(), axes_.end(), all_channels);
  if (found == axes_.end()) return std::nullopt;
  return static_cast<size_t>(found - axes_.begin());
}

bool View::IsPixelsByChannels() const {
  const std::optional<size_t> channel_axis = ChannelAxis();
  if (!channel_axis) return false;
  Factors others;
  for (size_t i = 0; i < rank(); ++i) {
    if (i == *channel_axis) continue;
    for (const Factor& factor : axes_[i]) Append(others, factor);
  }
  Factors expected;
  for (const size_t axis : {0, 2, 3}) Append(expected, {axis, source_[axis], 1});
  return others == expected;
}

bool View::CoversPicture(std::span<const size_t> axes) const {
  Factors factors;
  for (const size_t axis : axes) {
    for (const Factor& factor : axes_[axis]) factors.push_back(factor);
  }
  Factors expected;
  for (const size_t axis : {2, 3}) Append(expected, {axis, source_[axis], 1});
  std::sort(factors.begin(), factors.end(),
            [](const Factor& a, const Factor& b) { return a.axis < b.axis; });
  return factors == expected;
}

std::optional<int64_t> View::AsGroups() const {
  if (rank() < 3) return std::nullopt;
  const int64_t groups = dims()[1];
  if (source_[1] % groups != 0) return std::nullopt;
  const Dims grouped{source_[0], groups, source_[1] / groups * source_[2] * source_[3]};
  if (dims()[0] != source_[0] || Reshaped(grouped) != View(source_, 4).Reshaped(grouped)) {
    return std::nullopt;
  }
  return groups;
}

std::optional<DepthToSpaceLayer> View::AsDepthToSpace() const {
  if (rank() != 4) return std::nullopt;
  const int64_t n = source_[0];
  const int64_t c = source_[1];
  const int64_t h = source_[2];
  const int64_t w = source_[3];
  const Dims target = dims();
  const int64_t block = target[2] / h;
  if (block < 2 || c % (block * block) != 0) return std::nullopt;
  const int64_t depth = c / block / block;
  const View source(source_, 4);
  const auto matches = [&](const Dims& split, const std::array<size_t, 6>& order) {
    const std::optional<View> whole = source.Reshaped(split);
    return whole && whole->Permuted(order).Reshaped({n, depth, h * block, w * block}) == *this;
  };
  if (matches({n, block, block, depth, h, w}, {0, 3, 4, 1, 5, 2})) {
    return DepthToSpaceLayer{block, ShuffleOrder::kDcr};
  }
  if (matches({n, depth, block, block, h, w}, {0, 1, 4, 2, 5, 3})) {
    return DepthToSpaceLayer{block, ShuffleOrder::kCrd};
  }
  return std::nullopt;
}

std::optional<SpaceToDepthLayer> View::AsSpaceToDepth() const {
  if (rank() != 4) return std::nullopt;
  const int64_t n = source_[0];
  const int64_t c = source_[1];
  const int64_t h = source_[2];
  const int64_t w = source_[3];
  const int64_t block = h / dims()[2];
  if (block < 2 || h % block != 0 || w % block != 0) return std::nullopt;
  const int64_t rows = h / block;
  const int64_t columns = w / block;
  const std::optional<View> split = View(source_, 4).Reshaped({n, c, rows, block, columns, block});
  if (!split) return std::nullopt;
  const auto matches = [&](const std::array<size_t, 6>& order) {
    return split->Permuted(order).Reshaped({n, c * block * block, rows, columns}) == *this;
  };
  if (matches({0, 3, 5, 1, 2, 4})) return SpaceToDepthLayer{block, ShuffleOrder::kDcr};
  if (matches({0, 1, 3, 5, 2, 4})) return SpaceToDepthLayer{block, ShuffleOrder::kCrd};
  return std::nullopt;
}

}  // namespace brushwork
