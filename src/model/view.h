// Reshape and Transpose move no value: they state another order of the same elements. A View
// remembers that order as factors of the axes of a [N, C, H, W] source, so that whatever chain of
// them an exporter wrote, what it amounts to (nothing, a pixel shuffle, a flattening) can be told
// at its end.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "model/constant.h"
#include "model/network.h"

namespace brushwork {

// Indices 0, stride, 2 * stride ... (extent of them) of a source axis; nested factors add up.
struct Factor {
  size_t axis = 0;  // 0 to 3: N, C, H, W
  int64_t extent = 1;
  int64_t stride = 1;
  friend bool operator==(const Factor&, const Factor&) = default;
};

class View {
 public:
  View() : View({1, 1, 1, 1}, 4) {}
  // The first `rank` axes of a source; the others must be 1.
  View(const std::array<int64_t, 4>& source, size_t rank);

  size_t rank() const { return axes_.size(); }
  Dims dims() const;
  const std::array<int64_t, 4>& source() const { return source_; }

  // Nothing if the new axes cut the old ones other than into whole factors.
  std::optional<View> Reshaped(const Dims& dims) const;
  View Permuted(std::span<const size_t> order) const;
  // The same order over a source with other channels; the channels must not be in several factors.
  View WithChannels(int64_t channels) const;

  // Axis i is axis i of the source; a rank below 4 leaves out axes of extent 1.
  bool IsPicture() const;
  // The axis that is all channels of the source and nothing else.
  std::optional<size_t> ChannelAxis() const;
  // The axes other than ChannelAxis() are N, H and W of the source, in this order.
  bool IsPixelsByChannels() const;
  // All of the factors of these axes: together exactly H and W of the source.
  bool CoversPicture(std::span<const size_t> axes) const;
  // [N, groups, the rest of the channels and the picture, in one axis or several]: the number of
  // groups. A picture has as many as channels.
  std::optional<int64_t> AsGroups() const;
  std::optional<DepthToSpaceLayer> AsDepthToSpace() const;
  std::optional<SpaceToDepthLayer> AsSpaceToDepth() const;

  friend bool operator==(const View&, const View&) = default;

 private:
  using Factors = std::vector<Factor>;  // outermost first; none for an axis of extent 1

  std::array<int64_t, 4> source_;
  std::vector<Factors> axes_;
};

}  // namespace brushwork
