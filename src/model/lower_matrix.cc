#include <algorithm>

#include "model/filters.h"
#include "model/lower.h"

namespace brushwork {
namespace {

// [inputs, outputs], or [outputs, inputs] if it is transposed.
FilterLayout MatrixLayout(const Dims& dims, bool is_transposed) {
  FilterLayout layout;
  layout.output_channels = is_transposed ? dims[0] : dims[1];
  layout.input_channels = is_transposed ? dims[1] : dims[0];
  layout.output_stride = is_transposed ? dims[1] : 1;
  layout.input_stride = is_transposed ? 1 : dims[1];
  layout.output_axis = is_transposed ? 0 : 1;
  return layout;
}

// x · matrix + bias, where the last axis of x is the channels and the others are pixels: a 1×1
// convolution of the value beneath, whatever shape x has.
Status AddProduct(const Node& node, Lowering& lowering, const ViewedValue& x,
                  const Constant& matrix, bool is_transposed, std::vector<float> bias) {
  const FilterLayout layout = MatrixLayout(matrix.dims, is_transposed);
  const std::optional<size_t> axis = x.view.ChannelAxis();
  if (x.view.rank() < 2 || axis != x.view.rank() - 1 || !x.view.IsPixelsByChannels()) {
    return node.Unsupported("its input of shape " + DimsToString(x.view.dims()) +
                            "; supported are matrices over the channels");
  }
  const Shape4 input = lowering.shape(x.id);
  if (layout.input_channels != input.channels) {
    return node.Invalid("a matrix " + DimsToString(matrix.dims) + " for " +
                        std::to_string(input.channels) + " channels");
  }
  std::shared_ptr<const Filter>& filter = lowering.graph().filter(node);
  if (filter == nullptr) filter = MakeFilter(matrix, layout);
  ConvolutionLayer layer;
  layer.filter = filter;
  layer.bias = std::move(bias);
  const Shape4 shape{input.batch, input.height, input.width, layout.output_channels};
  BRUSHWORK_ASSIGN_OR_RETURN(const ValueId id,
                             lowering.AddLayer(node, std::move(layer), {x.id}, shape));
  lowering.SetOutput(node, id, x.view.WithChannels(layout.output_channels));
  return OkStatus();
}

StatusOr<ConstantPointer> ReadMatrix(const Node& node, const Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(ConstantPointer matrix, lowering.NeedConstant(node, 1, "the matrix"));
  if (!matrix->is_float() || matrix->dims.size() != 2 || matrix->size() == 0) {
    return node.Unsupported("a matrix of shape " + DimsToString(matrix->dims));
  }
  return matrix;
}

// Gemm's third input times beta, one for each output.
StatusOr<std::vector<float>> ReadAddend(const Node& node, const Lowering& lowering,
                                        int64_t outputs) {
  std::vector<float> bias(static_cast<size_t>(outputs), 0.0F);
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer addend,
                             lowering.OptionalConstant(node, 2, "the bias"));
  if (addend == nullptr) return bias;
  const bool is_row =
      addend->size() == bias.size() && (addend->dims.empty() || addend->dims.back() == outputs);
  if (!addend->is_float() || (addend->size() != 1 && !is_row)) {
    return node.Unsupported("a bias of shape " + DimsToString(addend->dims) + " for " +
                            std::to_string(outputs) + " outputs");
  }
  const float beta = node.Float("beta", 1.0F);
  for (size_t i = 0; i < bias.size(); ++i) {
    bias[i] = beta * addend->Float(addend->size() == 1 ? 0 : i);
  }
  return bias;
}

}  // namespace

Status LowerMatrixProduct(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer matrix, ReadMatrix(node, lowering));
  std::vector<float> bias(static_cast<size_t>(matrix->dims[1]), 0.0F);
  return AddProduct(node, lowering, x, *matrix, false, std::move(bias));
}

Status LowerGeneralProduct(const Node& node, Lowering& lowering) {
  BRUSHWORK_ASSIGN_OR_RETURN(const ViewedValue x, lowering.NeedViewed(node, 0));
  BRUSHWORK_ASSIGN_OR_RETURN(const ConstantPointer matrix, ReadMatrix(node, lowering));
  if (node.Int("transA", 0) != 0) return node.Unsupported("transA is not supported");
  const bool is_transposed = node.Int("transB", 0) != 0;
  BRUSHWORK_ASSIGN_OR_RETURN(std::vector<float> bias,
                             ReadAddend(node, lowering, matrix->dims[is_transposed ? 0 : 1]));
  const float alpha = node.Float("alpha", 1.0F);
  if (alpha == 1.0F) return AddProduct(node, lowering, x, *matrix, is_transposed, std::move(bias));
  std::vector<float> scaled = matrix->ToFloats();
  for (float& value : scaled) value *= alpha;
  return AddProduct(node, lowering, x, Constant::Floats(matrix->dims, std::move(scaled)),
                    is_transposed, std::move(bias));
}

}  // namespace brushwork
