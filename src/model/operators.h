// The one table of the ONNX operators that brushwork reads: how many inputs each has, how it folds
// when all of them are known, and how it becomes layers when they are not.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/constant.h"
#include "model/node.h"

namespace brushwork {

class Lowering;  // model/lowering.h

// Inputs left out are null; their number is within the operator's bounds.
using FoldFunction = StatusOr<Constant> (*)(const Node& node,
                                            std::span<const ConstantPointer> inputs);
using LowerFunction = Status (*)(const Node& node, Lowering& lowering);

struct Operator {
  std::string_view name;
  size_t min_inputs;
  size_t max_inputs;
  FoldFunction fold;    // null if it isn't computed on constants
  LowerFunction lower;  // null if it is only computed on constants
};

// Null if there is no such operator.
const Operator* FindOperator(std::string_view name);

// "Abs, Add, ..., Where"
std::string SupportedOperators();

}  // namespace brushwork
