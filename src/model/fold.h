// Operators on constants: what exporters compute from shapes around Resize, Reshape and Pad, and
// what they leave to be computed on weights.
#pragma once

#include <span>

#include "base/status.h"
#include "model/constant.h"
#include "model/node.h"

namespace brushwork {

using FoldInputs = std::span<const ConstantPointer>;

// No folded value has more elements; what is larger depends on the picture or is an attack.
inline constexpr int64_t kMaxFoldedElements = int64_t{1} << 24;

// What all nodes of a graph may fold together: a small file must not fill the memory, nor be
// folded for minutes.
class FoldBudget {
 public:
  explicit FoldBudget(int64_t elements) : left_(elements) {}

  void Grant(int64_t elements) { left_ += elements; }
  // kUnsupportedModel, naming the node, where so many more elements are too many.
  Status Spend(const Node& node, int64_t elements);
  // Reads all its inputs and spends what it makes.
  StatusOr<Constant> Fold(const Node& node, FoldInputs inputs);

 private:
  int64_t left_;
  int64_t read_ = 0;
};

// fold_structure.cc: elements move, none changes.
StatusOr<Constant> FoldConstant(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldConstantOfShape(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldRange(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldShape(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldSize(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldIdentity(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldGather(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldConcat(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldSlice(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldExpand(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldTranspose(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldReshape(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldFlatten(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldSqueeze(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldUnsqueeze(const Node& node, FoldInputs inputs);

// fold_arithmetic.cc
StatusOr<Constant> FoldBinary(const Node& node, FoldInputs inputs);  // Add, Sub, Less, Pow, ...
StatusOr<Constant> FoldUnary(const Node& node, FoldInputs inputs);   // Neg, Sqrt, Floor, ...
StatusOr<Constant> FoldCast(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldWhere(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldReduceProduct(const Node& node, FoldInputs inputs);

// fold_quantization.cc
StatusOr<Constant> FoldQuantizeLinear(const Node& node, FoldInputs inputs);
StatusOr<Constant> FoldDequantizeLinear(const Node& node, FoldInputs inputs);

// The dimensions of a shape as Shape's attributes start and end select them.
StatusOr<Constant> ShapeOf(const Node& node, const Dims& dims);

// Strides of a dense row-major tensor.
std::vector<int64_t> Strides(std::span<const int64_t> dims);
// The same, with 0 where `dims` is repeated to fill `target`, of the same or a higher rank.
std::vector<int64_t> BroadcastStrides(std::span<const int64_t> dims,
                                      std::span<const int64_t> target);
// The positions start + sum(index[i] * strides[i]) for all indices below `dims`, in order.
std::vector<size_t> Positions(std::span<const int64_t> dims, std::span<const int64_t> strides,
                              int64_t start);

}  // namespace brushwork
