#include "kernels/int8_convolution.h"

#include <cmath>
#include <limits>
#include <utility>

#include "kernels/check.h"
#include "kernels/convolution_weights.h"
#include "kernels/int8_form.h"
#include "kernels/int8_rows.h"
#include "kernels/int8_weights.h"
#include "kernels/parallel_with_thread.h"

namespace brushwork {
namespace {

constexpr const char* kName = "int8 convolution";

// Of each output row, the first input row that it or any later row depends on, and one past the
// last one that it or any earlier row depends on: so neither ever moves upwards.
class RowDependencies {
 public:
  explicit RowDependencies(const Int8ConvolutionSpec& spec) {
    const PaddedRows padded(spec.input, spec.upsampling, spec.padding_mode, spec.layer.padding);
    const int64_t height = spec.output.shape.height;
    for (int64_t y = 0; y < height; ++y) {
      const int64_t top = y * spec.layer.stride_height;
      RowRange range{spec.input.shape.height, 0};
      for (int64_t row = top; row < top + spec.layer.filter->kernel_height; ++row) {
        const int64_t source = padded.SourceRow(row);
        if (source < 0) continue;
        range = {std::min(range.begin, source), std::max(range.end, source + 1)};
      }
      rows_.push_back(range);
    }
    const size_t count = rows_.size();
    for (size_t y = 1; y < count; ++y) {
      rows_[y].end = std::max(rows_[y].end, rows_[y - 1].end);
      RowRange& earlier = rows_[count - 1 - y];
      earlier.begin = std::min(earlier.begin, rows_[count - y].begin);
    }
  }

  RowRange Of(RowRange rows) const {
    const int64_t begin = rows_[static_cast<size_t>(rows.begin)].begin;
    return {begin, std::max(begin, rows_[static_cast<size_t>(rows.end - 1)].end)};
  }

 private:
  std::vector<RowRange> rows_;
};

class Int8ConvolutionKernel final : public Kernel, public NormalizationStage {
 public:
  Int8ConvolutionKernel(const Int8ConvolutionSpec& spec, std::unique_ptr<Int8TileKernel> form)
      : spec_(spec), dependencies_(spec), form_(std::move(form)) {
    if (!spec.normalization) requantization_ = FoldRequantization(spec, nullptr);
  }

  size_t workspace_bytes(size_t threads) const override { return threads * form_->scratch_bytes(); }

  RowRange InputRows(size_t /*index*/, RowRange rows) const override {
    return dependencies_.Of(rows);
  }

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) override {
    if (!requantization_) return Internal("int8 convolution: no statistics have been set");
    const int64_t columns = form_->tile_columns();
    const int64_t width = output.shape.width;
    const int64_t pieces = (width + columns - 1) / columns;
    const int64_t first = rows.begin / form_->row_alignment() * form_->row_alignment();
    const int64_t tiles = (rows.end - first + form_->tile_rows() - 1) / form_->tile_rows();
    uint8_t* workspace = static_cast<uint8_t*>(context.workspace);
    ParallelForWithThread(
        context.threadpool, static_cast<size_t>(tiles * pieces), [&](size_t thread, size_t index) {
          const int64_t begin = first + static_cast<int64_t>(index) / pieces * form_->tile_rows();
          const int64_t column = static_cast<int64_t>(index) % pieces * columns;
          const RowRange tile_rows = {std::max(begin, rows.begin),
                                      std::min(begin + form_->tile_rows(), rows.end)};
          const Int8Tile tile{inputs[0],
                              output,
                              *requantization_,
                              tile_rows,
                              column,
                              std::min(column + columns, width),
                              workspace + thread * form_->scratch_bytes()};
          form_->Compute(tile);
        });
    return OkStatus();
  }

  NormalizationStage* normalization() override { return spec_.normalization ? this : nullptr; }

  size_t channels() const override { return spec_.layer.bias.size(); }
  bool measures() const override { return false; }
  const ChannelStatistics& statistics() const override { return statistics_; }
  Status SetStatistics(const ChannelStatistics& statistics) override {
    if (statistics.mean.size() != channels() || statistics.variance.size() != channels()) {
      return InvalidArgument("statistics of " + std::to_string(statistics.mean.size()) +
                             " channels for a normalization of " + std::to_string(channels()));
    }
    statistics_ = statistics;
    requantization_ = FoldRequantization(spec_, &statistics_);
    return OkStatus();
  }
  void SetStyle(std::vector<float> scale, std::vector<float> shift) override {
    spec_.normalization->scale = std::move(scale);
    spec_.normalization->shift = std::move(shift);
    if (requantization_) requantization_ = FoldRequantization(spec_, &statistics_);
  }

 private:
  Int8ConvolutionSpec spec_;
  RowDependencies dependencies_;
  std::unique_ptr<Int8TileKernel> form_;
  ChannelStatistics statistics_;
  std::optional<Int8Requantization> requantization_;  // absent until statistics are there
};

Status Defect(const char* message) { return Internal(std::string(kName) + ": " + message); }

Status CheckNormalization(const NormalizationLayer& layer, size_t channels) {
  if (layer.scale.size() != channels || layer.shift.size() != channels) {
    return Defect("scale and shift of the normalization need one value per channel");
  }
  if (!layer.input_scale.empty() && layer.input_scale.size() != channels) {
    return Defect("input_scale of the normalization needs one value per channel");
  }
  return OkStatus();
}

Status CheckPadding(const Int8ConvolutionSpec& spec) {
  const int64_t height = spec.input.shape.height * spec.upsampling;
  const int64_t width = spec.input.shape.width * spec.upsampling;
  const Padding2d& padding = spec.layer.padding;
  const Filter& filter = *spec.layer.filter;
  const int64_t inner_height = height + padding.top + padding.bottom - filter.kernel_height;
  const int64_t inner_width = width + padding.left + padding.right - filter.kernel_width;
  if (inner_height < 0 || inner_width < 0) return Defect("the kernel exceeds the padded input");
  if (spec.output.shape.height != inner_height / spec.layer.stride_height + 1 ||
      spec.output.shape.width != inner_width / spec.layer.stride_width + 1) {
    return Defect("the output's shape is not that of the convolution");
  }
  if (spec.padding_mode == PadMode::kReflect && (std::max(padding.top, padding.bottom) >= height ||
                                                 std::max(padding.left, padding.right) >= width)) {
    return Defect("reflected padding exceeds the input");
  }
  return OkStatus();
}

// Of what the caller has to get right, other than what SupportsInt8Convolution says.
Status CheckSpecs(const Int8ConvolutionSpec& spec) {
  if (spec.layer.filter == nullptr) return Defect("no filter");
  // Types and scales are SupportsInt8Convolution's business.
  TensorSpec input = spec.input;
  TensorSpec output = spec.output;
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kName, input));
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kName, output));
  input.type = output.type = DataType::kFloat32;
  BRUSHWORK_RETURN_IF_ERROR(
      CheckConvolution(kName, GeometryOf(spec.layer), input, output, spec.range));
  if (!SupportsInt8Convolution(spec)) return Defect("not supported");
  if (!spec.normalization) return CheckPadding(spec);
  if (!(spec.normalized_range.minimum <= spec.normalized_range.maximum)) {
    return Defect("the output range is empty");
  }
  BRUSHWORK_RETURN_IF_ERROR(CheckNormalization(*spec.normalization, spec.layer.bias.size()));
  return CheckPadding(spec);
}

}  // namespace

bool SupportsInt8Convolution(const Int8ConvolutionSpec& spec) {
  const ConvolutionLayer& layer = spec.layer;
  if (layer.filter == nullptr || spec.input.type != DataType::kInt8) return false;
  const Filter& filter = *layer.filter;
  const int64_t count =
      filter.output_channels * filter.kernel_height * filter.kernel_width * filter.input_channels;
  const bool symmetric = static_cast<int64_t>(filter.quantized.size()) == count &&
                         static_cast<int64_t>(filter.scales.size()) == filter.output_channels;
  if (!symmetric || layer.groups != 1 || spec.input.shape.batch != 1) return false;
  if (layer.dilation_height != 1 || layer.dilation_width != 1) return false;
  if (spec.upsampling != 1 && spec.upsampling != 2) return false;
  return LargestInt8Sum(filter, spec.input.quantization.zero_point) <=
         std::numeric_limits<int32_t>::max();
}

const char* Name(Int8Form form) {
  switch (form) {
    case Int8Form::kDirect:
      return "direct";
    case Int8Form::kRows:
      return "rows";
    case Int8Form::kFew:
      return "few";
    case Int8Form::kTiles:
      return "tiles";
  }
  return "";
}

std::vector<Int8Form> Int8FormsFor(const Int8ConvolutionSpec& spec) {
  const ConvolutionLayer& layer = spec.layer;
  const Filter& filter = *layer.filter;
  std::vector<Int8Form> forms = {Int8Form::kDirect};
  if (filter.kernel_height < 3 || layer.stride_height != 1) return forms;
  // What the transforms' divisors need of int32 beside the sum itself.
  const int64_t largest = LargestInt8Sum(filter, spec.input.quantization.zero_point);
  constexpr int64_t kLimit = std::numeric_limits<int32_t>::max();
  if (largest > kLimit >> 3) return forms;
  forms.insert(forms.begin(), Int8Form::kRows);
  const bool few = filter.output_channels <= static_cast<int64_t>(kFewOutputs);
  if (few && filter.input_channels % 2 == 0 && layer.stride_width == 1) {
    forms.insert(forms.begin(), Int8Form::kFew);
  }
  const bool three = filter.kernel_height == 3 && filter.kernel_width == 3;
  if (!three || layer.stride_width != 1 || largest > kLimit >> 6) return forms;
  if (spec.upsampling == 2 && layer.padding != Padding2d{1, 1, 1, 1}) return forms;
  forms.insert(forms.begin(), Int8Form::kTiles);
  return forms;
}

KernelOr CreateInt8ConvolutionAs(const Int8ConvolutionSpec& spec, Int8Form form,
                                 const Int8InstructionSet& instructions) {
  BRUSHWORK_RETURN_IF_ERROR(CheckSpecs(spec));
  std::unique_ptr<Int8TileKernel> tiles;
  switch (form) {
    case Int8Form::kDirect:
      tiles = MakeDirectForm(spec, instructions);
      break;
    case Int8Form::kRows:
      tiles = MakeRowsForm(spec, instructions);
      break;
    case Int8Form::kFew:
      tiles = MakeFewOutputsForm(spec, instructions);
      break;
    case Int8Form::kTiles:
      tiles = MakeTilesForm(spec, instructions);
      break;
  }
  return KernelOr(std::make_unique<Int8ConvolutionKernel>(spec, std::move(tiles)));
}

KernelOr CreateInt8Convolution(const Int8ConvolutionSpec& spec) {
  BRUSHWORK_RETURN_IF_ERROR(CheckSpecs(spec));
  return CreateInt8ConvolutionAs(spec, Int8FormsFor(spec).front(), Int8InstructionSets().front());
}

}  // namespace brushwork
