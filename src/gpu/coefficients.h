// What the float graph (float_graph.h) takes as its second input: the scale and shift that each
// normalization comes to, with given statistics and in a given style. So the graph itself never
// measures, and one graph paints every picture in every style.
#pragma once

#include <vector>

#include "base/status.h"
#include "model/model.h"
#include "plan/statistics.h"
#include "plan/style_vector.h"

namespace brushwork {

// A normalization and what the float graph leaves to it.
struct GraphNormalization {
  NormalizationLayer layer;
  // Of the convolution that it scales and shifts (FoldingConvolutions), [channels]; else empty.
  std::vector<float> bias;
};

// For each layer of a float network (ToFloatNetwork) the index of the convolution whose weights
// and bias its normalization scales and shifts in the graph, since nothing else reads that
// convolution; -1 for layers that are no normalization and for those that stand for themselves.
std::vector<int> FoldingConvolutions(const Network& network);

// In the network's order.
std::vector<GraphNormalization> GraphNormalizations(const Network& network);
// Of a model, which are the same at every size. Errors: Model::Specialize's.
StatusOr<std::vector<GraphNormalization>> GraphNormalizations(const Model& model);

// [2 × channels of all normalizations]: of each in turn all scales, then all shifts. `statistics`
// are of what each normalization reads; a null `style` is the network's own. kInvalidArgument,
// kIncompatibleStyles if they are of another network.
StatusOr<std::vector<float>> Coefficients(const std::vector<GraphNormalization>& normalizations,
                                          const NormStatistics& statistics,
                                          const StyleVector* style);

}  // namespace brushwork
