#include "gpu/row_needs.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace brushwork {
namespace {

// What of [begin, end) lies within [0, height): an empty range at the nearer end if nothing does.
RowRange Clip(int64_t begin, int64_t end, int64_t height) {
  const int64_t first = std::clamp<int64_t>(begin, 0, height);
  return {first, std::clamp(end, first, height)};
}

// Rounds down, for a positive divisor.
int64_t FloorDivide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }
int64_t CeilDivide(int64_t a, int64_t b) { return -FloorDivide(-a, b); }

RowRange Cover(const RowRange& a, const RowRange& b) {
  if (a.size() <= 0) return b;
  if (b.size() <= 0) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

struct InputRowsOf {
  RowRange rows;
  int64_t height = 0;         // of the input
  int64_t height_before = 0;  // of all inputs before it, for a concatenation
  const Shape4& output;

  RowRange operator()(const ConvolutionLayer& layer) const {
    return Window(layer.padding.top, layer.stride_height, layer.filter->kernel_height,
                  layer.dilation_height);
  }
  RowRange operator()(const PoolLayer& layer) const {
    return Window(layer.padding.top, layer.stride_height, layer.kernel_height,
                  layer.dilation_height);
  }

  RowRange operator()(const TransposedConvolutionLayer& layer) const {
    const int64_t extent = (layer.filter->kernel_height - 1) * layer.dilation_height + 1;
    const int64_t begin = rows.begin + layer.padding.top;
    const int64_t end = rows.end + layer.padding.top;
    // With gaps between what rows reach (a stride larger than the kernel) the row before them, so
    // that no row depends on none.
    const int64_t first = std::min(CeilDivide(begin - extent + 1, layer.stride_height),
                                   FloorDivide(begin, layer.stride_height));
    return Clip(first, FloorDivide(end - 1, layer.stride_height) + 1, height);
  }

  RowRange operator()(const PadLayer& layer) const {
    const int64_t begin = rows.begin - layer.padding.top;
    const int64_t end = rows.end - layer.padding.top;
    switch (layer.mode) {
      case PadMode::kConstant:
        return Clip(begin, end, height);
      case PadMode::kEdge:
        return {std::clamp<int64_t>(begin, 0, height - 1), std::clamp<int64_t>(end, 1, height)};
      case PadMode::kReflect:
        // The rows below that are mirrored above count from the first row on, those above that
        // are mirrored below until the last.
        return Clip(std::min(begin, height - 1 - layer.padding.bottom),
                    std::max(end, layer.padding.top + 1), height);
    }
    return {0, height};
  }

  RowRange operator()(const ResizeLayer& layer) const {
    const bool larger = layer.scale_height >= 1.0F;
    const auto whole = std::lround(larger ? layer.scale_height : 1.0F / layer.scale_height);
    const bool repeats = larger && layer.mode == ResizeMode::kNearest &&
                         layer.transform == CoordinateTransform::kAsymmetric &&
                         layer.rounding == NearestRounding::kFloor;
    const int64_t more = repeats ? 0 : 1;
    if (larger) return Clip(rows.begin / whole - more, CeilDivide(rows.end, whole) + more, height);
    return Clip(rows.begin * whole - more, rows.end * whole + more, height);
  }

  RowRange operator()(const DepthToSpaceLayer& layer) const {
    return {rows.begin / layer.block, CeilDivide(rows.end, layer.block)};
  }
  RowRange operator()(const SpaceToDepthLayer& layer) const {
    return {rows.begin * layer.block, rows.end * layer.block};
  }
  RowRange operator()(const SliceLayer& layer) const {
    return {layer.begin[1] + layer.step[1] * rows.begin,
            layer.begin[1] + layer.step[1] * (rows.end - 1) + 1};
  }
  RowRange operator()(const ConcatLayer& layer) const {
    if (layer.axis != 1) return rows;
    return Clip(rows.begin - height_before, rows.end - height_before, height);
  }
  RowRange operator()(const GlobalAveragePoolLayer&) const { return {0, height}; }
  // Row by row; an input of one row is broadcast.
  template <typename Other>
  RowRange operator()(const Other&) const {
    return height == output.height ? rows : RowRange{0, height};
  }

 private:
  RowRange Window(int64_t padding, int64_t stride, int64_t kernel, int64_t dilation) const {
    return Clip(rows.begin * stride - padding,
                (rows.end - 1) * stride - padding + (kernel - 1) * dilation + 1, height);
  }
};

}  // namespace

RowRange LayerInputRows(const Layer& layer, size_t index, RowRange rows, const Network& network) {
  if (rows.size() <= 0) return {};
  const Shape4& input = network.values[layer.inputs[index]].shape;
  const Shape4& output = network.values[layer.output].shape;
  // The rows of a batch are not those of one picture.
  if (input.batch > 1 || output.batch > 1) return {0, input.height};
  int64_t before = 0;
  for (size_t i = 0; i < index; ++i) before += network.values[layer.inputs[i]].shape.height;
  return std::visit(InputRowsOf{rows, input.height, before, output}, layer.parameters);
}

RowRange NetworkInputRows(const Network& network, RowRange rows) {
  std::vector<RowRange> needed(network.values.size());
  needed[network.output] = rows;
  for (size_t i = network.layers.size(); i-- > 0;) {
    const Layer& layer = network.layers[i];
    for (size_t j = 0; j < layer.inputs.size(); ++j) {
      RowRange& of_input = needed[layer.inputs[j]];
      of_input = Cover(of_input, LayerInputRows(layer, j, needed[layer.output], network));
    }
  }
  return needed[network.input];
}

}  // namespace brushwork
