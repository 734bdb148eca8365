// Decides for each layer of a fused network whether it computes in int8 or float, creates its
// kernel and inserts the conversions between the two.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "plan/fusion.h"
#include "plan/plan.h"

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
  int input = -1;
  int output = -1;
};

// A value is held in int8 where the model quantizes it, and in float where something needs it so.
// A layer computes in int8 if all it reads is quantized, all that reads it is a quantizer, and its
// kernel exists in int8; layers that only move data keep the type they are given. Everything else
// computes in float, so that a partly quantized model is correct, only slower.
StatusOr<LoweredNetwork> LowerNetwork(const FusedNetwork& network);

}  // namespace brushwork
