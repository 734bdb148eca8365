// What lowering knows of single layers: which kernel runs one, and what it means for quantization.
#pragma once

#include <span>
#include <string>

#include "kernels/kernels.h"
#include "plan/fusion.h"

namespace brushwork {

// The kernel of a layer for activations of these specs. `statistics_given`: normalizations take
// their statistics from outside rather than measure them. Constants have no kernel.
KernelOr CreateLayerKernel(const FusedLayer& fused, std::span<const TensorSpec> inputs,
                           const TensorSpec& output, bool statistics_given);

// Whether the layer only moves values or picks among them, so that int8 in is int8 out on the same
// grid.
bool KeepsQuantization(const LayerParameters& parameters, const Quantization& quantization);

// Whether there may be an int8 kernel that reads and writes different quantizations.
bool ComputesInInt8(const LayerParameters& parameters);

// LayerKindName; quantizers by what they convert.
std::string StepKind(const LayerParameters& parameters, DataType from, DataType to);

}  // namespace brushwork
