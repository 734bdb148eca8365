// How the activations of a network hang together: which have to share one quantization, which have
// to share the factors that their channels are multiplied by, and which layers have int8 kernels.
#pragma once

#include <set>
#include <vector>

#include "plan/fusion.h"

namespace brushwork {

struct ActivationStructure {
  // By value: the group of values with one quantization, by the number of one of them. Layers that
  // only move values, or pick among them, have their inputs and output in one group.
  std::vector<int> group;
  // By value: the class of values whose channels may be multiplied by positive factors together, by
  // the number of one of them; -1 where they may not. Every layer in between lets factors pass
  // (rectifiers, additions, moves), every layer that writes into a class from outside can multiply,
  // and every one that reads from it divides: cross-layer equalization, see equalization.h.
  std::vector<int> scale_class;
  // By layer: only moves values, or picks among them.
  std::vector<bool> moves;
  // By layer: can compute in int8 if its activations are quantized.
  std::vector<bool> has_int8_kernel;
  // By layer: can do so, too, if only its inputs are quantized (CreateInt8Convolution).
  std::vector<bool> can_write_float;
};

ActivationStructure AnalyzeActivations(const FusedNetwork& network);

// Which groups are quantized and which layers compute in int8, if some groups and layers shall not.
struct PrecisionChoice {
  std::set<int> float_groups;
  std::set<size_t> float_layers;
};
struct PrecisionAssignment {
  std::vector<bool> quantized;   // by value
  std::vector<bool> int8_layer;  // by layer; layers that move values: false
  // By value: needs a quantizer of its own, for no moving layer brings it quantized.
  std::vector<bool> quantizer;
};
PrecisionAssignment AssignPrecision(const FusedNetwork& network,
                                    const ActivationStructure& structure,
                                    const PrecisionChoice& choice);

}  // namespace brushwork
