// Cross-layer equalization (Nagel et al., "Data-Free Quantization Through Weight Equalization and
// Bias Correction", arXiv 1906.04721; Xiao et al., "SmoothQuant", arXiv 2211.10438). One scale has
// to serve all channels of an activation, and channels of little spread get few steps. But between
// a layer that writes channels and those that read them, channels may be multiplied by any factor
// and divided by it again: into the weights of convolutions, into a normalization's scale and shift
// and, in front of a normalization, into its input_scale.
#pragma once

#include <vector>

#include "plan/activation_range.h"
#include "plan/activation_structure.h"

namespace brushwork {

// By value: the factors of its channels; empty where they are all 1. Values of one scale class have
// the same. `statistics` are by value.
std::vector<std::vector<float>> EqualizeChannels(
    const FusedNetwork& network, const ActivationStructure& structure,
    const std::vector<ActivationStatistics>& statistics);

}  // namespace brushwork
