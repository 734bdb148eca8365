// Decides for each layer of a fused network whether it computes in int8 or float, creates its
// kernel and inserts the conversions between the two.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "kernels/normalization.h"
#include "plan/fusion.h"
#include "plan/step_info.h"

namespace brushwork {

// A kernel and the activations it works on, as indices into LoweredNetwork::tensors.
struct LoweredStep {
  std::unique_ptr<Kernel> kernel;
  std::vector<int> inputs;
  int output = -1;
  StepInfo info;
};

struct LoweredNetwork {
  std::vector<TensorSpec> tensors;
  std::vector<LoweredStep> steps;
  // Values of constant activations, by tensor; empty for all others.
  std::vector<std::vector<float>> constants;
  // Of every normalization of the network, in its order; owned by the kernels.
  std::vector<NormalizationStage*> normalizations;
  int input = -1;
  int output = -1;
};

struct LoweringOptions {
  // Normalizations get their statistics from outside. Then those behind int8 convolutions become
  // part of them, and whatever quantizer was between the two is gone.
  bool statistics_given = false;
};

// A value is held in int8 where the model quantizes it, and in float where something needs it so.
// A layer computes in int8 if all it reads is quantized, all that reads it is a quantizer, and its
// kernel exists in int8; layers that only move data keep the type they are given. Everything else
// computes in float, so that a partly quantized model is correct, only slower. Upsampling and
// padding before an int8 convolution are how it fetches its input, not steps.
StatusOr<LoweredNetwork> LowerNetwork(const FusedNetwork& network, const LoweringOptions& options);

}  // namespace brushwork
