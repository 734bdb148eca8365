#include "model/operators.h"

#include <algorithm>
#include <array>

#include "model/fold.h"
#include "model/lower.h"

namespace brushwork {
namespace {

constexpr size_t kAny = kMaxNodes;

// Sorted by name, for messages and for finding.
constexpr Operator kOperators[] = {
    {"Abs", 1, 1, FoldUnary, LowerActivation},
    {"Add", 2, 2, FoldBinary, LowerBinary},
    {"AveragePool", 1, 1, nullptr, LowerPool},
    {"BatchNormalization", 5, 5, nullptr, LowerBatchNormalization},
    {"Cast", 1, 1, FoldCast, LowerCast},
    {"Ceil", 1, 1, FoldUnary, nullptr},
    {"Clip", 1, 3, nullptr, LowerClip},
    {"Concat", 1, kAny, FoldConcat, LowerConcat},
    {"Constant", 0, 0, FoldConstant, nullptr},
    {"ConstantOfShape", 1, 1, FoldConstantOfShape, nullptr},
    {"Conv", 2, 3, nullptr, LowerConvolution},
    {"ConvTranspose", 2, 3, nullptr, LowerTransposedConvolution},
    {"DepthToSpace", 1, 1, nullptr, LowerDepthToSpace},
    {"DequantizeLinear", 2, 3, FoldDequantizeLinear, LowerDequantizeLinear},
    {"Div", 2, 2, FoldBinary, LowerBinary},
    {"Dropout", 1, 3, FoldIdentity, LowerDropout},
    {"Equal", 2, 2, FoldBinary, nullptr},
    {"Exp", 1, 1, FoldUnary, LowerActivation},
    {"Expand", 2, 2, FoldExpand, nullptr},
    {"Flatten", 1, 1, FoldFlatten, LowerFlatten},
    {"Floor", 1, 1, FoldUnary, nullptr},
    {"Gather", 2, 2, FoldGather, nullptr},
    {"Gemm", 2, 3, nullptr, LowerGeneralProduct},
    {"GlobalAveragePool", 1, 1, nullptr, LowerGlobalAveragePool},
    {"Greater", 2, 2, FoldBinary, nullptr},
    {"GroupNormalization", 3, 3, nullptr, LowerGroupNormalization},
    {"HardSigmoid", 1, 1, nullptr, LowerActivation},
    {"HardSwish", 1, 1, nullptr, LowerActivation},
    {"Identity", 1, 1, FoldIdentity, LowerIdentity},
    {"InstanceNormalization", 3, 3, nullptr, LowerInstanceNormalization},
    {"LeakyRelu", 1, 1, nullptr, LowerActivation},
    {"Less", 2, 2, FoldBinary, nullptr},
    {"MatMul", 2, 2, nullptr, LowerMatrixProduct},
    {"Max", 1, kAny, FoldBinary, nullptr},
    {"MaxPool", 1, 1, nullptr, LowerPool},
    {"Min", 1, kAny, FoldBinary, nullptr},
    {"Mod", 2, 2, FoldBinary, nullptr},
    {"Mul", 2, 2, FoldBinary, LowerBinary},
    {"Neg", 1, 1, FoldUnary, LowerActivation},
    {"PRelu", 2, 2, nullptr, LowerPRelu},
    {"Pad", 1, 4, nullptr, LowerPad},
    {"Pow", 2, 2, FoldBinary, LowerPower},
    {"QuantizeLinear", 2, 3, FoldQuantizeLinear, LowerQuantizeLinear},
    {"Range", 3, 3, FoldRange, nullptr},
    {"Reciprocal", 1, 1, FoldUnary, LowerReciprocal},
    {"ReduceMean", 1, 2, nullptr, LowerReduceMean},
    {"ReduceProd", 1, 2, FoldReduceProduct, nullptr},
    {"Relu", 1, 1, FoldUnary, LowerActivation},
    {"Reshape", 2, 2, FoldReshape, LowerReshape},
    {"Resize", 1, 4, nullptr, LowerResize},
    {"Round", 1, 1, FoldUnary, nullptr},
    {"Shape", 1, 1, FoldShape, LowerShape},
    {"Sigmoid", 1, 1, FoldUnary, LowerActivation},
    {"Size", 1, 1, FoldSize, LowerSize},
    {"Slice", 3, 5, FoldSlice, LowerSlice},
    {"SpaceToDepth", 1, 1, nullptr, LowerSpaceToDepth},
    {"Sqrt", 1, 1, FoldUnary, LowerSquareRoot},
    {"Squeeze", 1, 2, FoldSqueeze, LowerSqueeze},
    {"Sub", 2, 2, FoldBinary, LowerBinary},
    {"Tanh", 1, 1, FoldUnary, LowerActivation},
    {"Transpose", 1, 1, FoldTranspose, LowerTranspose},
    {"Unsqueeze", 1, 2, FoldUnsqueeze, LowerUnsqueeze},
    {"Upsample", 2, 2, nullptr, LowerUpsample},
    {"Where", 3, 3, FoldWhere, nullptr},
};

}  // namespace

const Operator* FindOperator(std::string_view name) {
  const auto found =
      std::lower_bound(std::begin(kOperators), std::end(kOperators), name,
                       [](const Operator& o, std::string_view n) { return o.name < n; });
  return found != std::end(kOperators) && found->name == name ? found : nullptr;
}

std::string SupportedOperators() {
  std::string names;
  for (const Operator& definition : kOperators) {
    if (!names.empty()) names += ", ";
    names += definition.name;
  }
  return names;
}

}  // namespace brushwork
