// Normalization in three separately usable steps: statistics of an activation, folding them with a
// layer's scale and shift into one affine map per channel, and applying the map. Statistics are a
// value, so they can also come from elsewhere: a thumbnail, or a video's previous frames.
#pragma once

#include <vector>

#include "kernels/kernel.h"
#include "model/network.h"

namespace brushwork {

// Mean and biased variance of every channel in real units; the channels of one normalization group
// have the same values.
struct ChannelStatistics {
  std::vector<float> mean;      // [channels]
  std::vector<float> variance;  // [channels], not negative
};

// y[c] = (x[c] - center[c]) * multiplier[c] + offset[c], where x is the quantized value of an int8
// input and y that of an int8 output before rounding. Subtracting first keeps the precision of
// channels that vary little around a large mean.
struct ChannelMap {
  std::vector<float> center;      // [channels]
  std::vector<float> multiplier;  // [channels]
  std::vector<float> offset;      // [channels]
};

// The part of a kernel that has to do with statistics. Statistics are in the model's own units
// (NormalizationLayer::input_scale is accounted for), of what the normalization reads.
class NormalizationStage {
 public:
  virtual ~NormalizationStage() = default;

  // How many channels the statistics have.
  virtual size_t channels() const = 0;
  // True if the kernel measures its input itself, over the whole picture: exact statistics.
  virtual bool measures() const = 0;
  // Of kernels that measure: those of the last run. Of others: what was given.
  virtual const ChannelStatistics& statistics() const = 0;
  // Of kernels that don't measure, before the first run and at any time between runs. Costs some
  // microseconds. kInvalidArgument if the number of channels differs.
  virtual Status SetStatistics(const ChannelStatistics& statistics) = 0;
  // NormalizationLayer's scale and shift, [channels] each, in place of those there are. At any time
  // between runs, before or after statistics; costs some microseconds.
  virtual void SetStyle(std::vector<float> scale, std::vector<float> shift) = 0;
};

// What ComputeStatistics needs as context.workspace.
size_t StatisticsWorkspaceBytes(const TensorSpec& input);

// Over all pixels of `input` [1, H, W, C], float or int8, and over the channels of each of `groups`
// groups, in the input's own units. The same bytes for any number of threads: the picture is cut
// into blocks by its size alone, whose sums are combined in order. int8 sums are exact integers.
ChannelStatistics ComputeStatistics(const TensorView& input, int64_t groups,
                                    const ExecutionContext& context);

// The map from what the layer reads (the model's x, divided by input_scale) to its result;
// `statistics` are those of x. A channel without any variance (and epsilon 0) maps to its shift.
ChannelMap FoldNormalization(const NormalizationLayer& layer, const ChannelStatistics& statistics,
                             const TensorSpec& input, const TensorSpec& output);

// Applies the map to every pixel of `rows`, rounds half to even for an int8 output, and limits the
// result to the range. float → float, float → int8, int8 → int8, int8 → float; equal shapes.
void ApplyChannelMap(const ChannelMap& map, const TensorView& input, const TensorView& output,
                     RowRange rows, const OutputRange& range, const ExecutionContext& context);

}  // namespace brushwork
