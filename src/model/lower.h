// Operators on values that depend on the picture, one function for each family; the table in
// operators.cc says which operator goes where.
#pragma once

#include "base/status.h"
#include "model/lowering.h"
#include "model/node.h"

namespace brushwork {

// lower_convolution.cc
Status LowerConvolution(const Node& node, Lowering& lowering);
Status LowerTransposedConvolution(const Node& node, Lowering& lowering);
// lower_matrix.cc: products with constant matrices, as 1×1 convolutions
Status LowerMatrixProduct(const Node& node, Lowering& lowering);
Status LowerGeneralProduct(const Node& node, Lowering& lowering);
// lower_normalization.cc
Status LowerInstanceNormalization(const Node& node, Lowering& lowering);
Status LowerGroupNormalization(const Node& node, Lowering& lowering);
Status LowerBatchNormalization(const Node& node, Lowering& lowering);
// lower_pad.cc
Status LowerPad(const Node& node, Lowering& lowering);
Status LowerSlice(const Node& node, Lowering& lowering);
// lower_resize.cc
Status LowerResize(const Node& node, Lowering& lowering);
Status LowerUpsample(const Node& node, Lowering& lowering);
// lower_shuffle.cc: elements move, none changes
Status LowerDepthToSpace(const Node& node, Lowering& lowering);
Status LowerSpaceToDepth(const Node& node, Lowering& lowering);
Status LowerConcat(const Node& node, Lowering& lowering);
Status LowerReshape(const Node& node, Lowering& lowering);
Status LowerFlatten(const Node& node, Lowering& lowering);
Status LowerSqueeze(const Node& node, Lowering& lowering);
Status LowerUnsqueeze(const Node& node, Lowering& lowering);
Status LowerTranspose(const Node& node, Lowering& lowering);
Status LowerIdentity(const Node& node, Lowering& lowering);
Status LowerDropout(const Node& node, Lowering& lowering);
Status LowerCast(const Node& node, Lowering& lowering);
Status LowerShape(const Node& node, Lowering& lowering);
Status LowerSize(const Node& node, Lowering& lowering);
// lower_activation.cc
Status LowerActivation(const Node& node, Lowering& lowering);
Status LowerClip(const Node& node, Lowering& lowering);
Status LowerPRelu(const Node& node, Lowering& lowering);
// lower_binary.cc
Status LowerBinary(const Node& node, Lowering& lowering);
Status LowerPower(const Node& node, Lowering& lowering);
Status LowerReciprocal(const Node& node, Lowering& lowering);
Status LowerSquareRoot(const Node& node, Lowering& lowering);
// lower_pooling.cc
Status LowerPool(const Node& node, Lowering& lowering);
Status LowerGlobalAveragePool(const Node& node, Lowering& lowering);
Status LowerReduceMean(const Node& node, Lowering& lowering);
// lower_quantization.cc
Status LowerQuantizeLinear(const Node& node, Lowering& lowering);
Status LowerDequantizeLinear(const Node& node, Lowering& lowering);

}  // namespace brushwork
