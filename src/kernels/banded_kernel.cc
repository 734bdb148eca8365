#include "kernels/banded_kernel.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/rows.h"

namespace brushwork {
namespace {

// Half of it costs no time in one thread, but would call more threads together more often.
constexpr int64_t kTableBytes = int64_t{1} << 20;

// First, last and inner bands of a picture have three shapes, twice that if strips are of two
// heights in turn.
constexpr size_t kOperators = 8;

size_t Align(size_t bytes) {
  return (bytes + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
}

size_t RowBytes(const TensorSpec& spec) {
  return static_cast<size_t>(spec.shape.width * spec.shape.channels) * ByteSize(spec.type);
}

}  // namespace

BandedKernel::BandedKernel(const TensorSpec& input, const TensorSpec& output,
                           int64_t table_row_bytes, int64_t row_multiple)
    : input_(input), output_(output) {
  const int64_t rows = std::max<int64_t>(kTableBytes / table_row_bytes, 1);
  band_rows_ = (rows + row_multiple - 1) / row_multiple * row_multiple;
  if (output.shape.batch > 1) band_rows_ = output.shape.height;
}

Status BandedKernel::Prepare(int64_t surplus_rows) {
  if (surplus_rows > 0) {
    surplus_bytes_ = static_cast<size_t>(surplus_rows) * RowBytes(output_) + kTensorPadding;
  }
  // The least there is; which bands there will be is not known yet.
  const Band band = MakeBand({0, output_.shape.batch > 1 ? output_.shape.height : 1});
  BRUSHWORK_ASSIGN_OR_RETURN(const XnnOperator op, CreateOperator(band.shape));
  // Only depthwise kernels need some, and for each thread the same, whatever the number of rows.
  BRUSHWORK_ASSIGN_OR_RETURN(thread_bytes_, Reshape(op.get(), band.shape, /*threadpool=*/nullptr));
  return OkStatus();
}

size_t BandedKernel::workspace_bytes(size_t threads) const {
  return Align(threads * thread_bytes_) + surplus_bytes_;
}

Status BandedKernel::RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                             const ExecutionContext& context) {
  for (int64_t begin = rows.begin; begin < rows.end;) {
    // A short rest is taken together with the last whole band.
    const int64_t end = rows.end - begin < 2 * band_rows_ ? rows.end : begin + band_rows_;
    BRUSHWORK_RETURN_IF_ERROR(RunBand(inputs[0], output, {begin, end}, context));
    begin = end;
  }
  return OkStatus();
}

Status BandedKernel::RunBand(const TensorView& input, const TensorView& output, RowRange rows,
                             const ExecutionContext& context) {
  const Band band = MakeBand(rows);
  BRUSHWORK_ASSIGN_OR_RETURN(const xnn_operator_t op, OperatorFor(band.shape, context.threadpool));
  const void* source = nullptr;
  if (band.blank) {
    BRUSHWORK_ASSIGN_OR_RETURN(source, BlankRow());
  } else {
    source = input.row<const uint8_t>(band.first_input_row);
  }
  uint8_t* wanted = output.row<uint8_t>(rows.begin);
  const bool surplus = band.surplus_top + band.surplus_bottom > 0;
  uint8_t* workspace = static_cast<uint8_t*>(context.workspace);
  const size_t threads = pthreadpool_get_threads_count(context.threadpool);
  uint8_t* target = surplus ? workspace + Align(threads * thread_bytes_) : wanted;
  BRUSHWORK_RETURN_IF_ERROR(SetUp(op, workspace, source, target));
  BRUSHWORK_RETURN_IF_ERROR(ToStatus(xnn_run_operator(op, context.threadpool), "convolution: run"));
  if (surplus) {
    const size_t row_bytes = output.row_bytes();
    std::memcpy(wanted, target + static_cast<size_t>(band.surplus_top) * row_bytes,
                static_cast<size_t>(rows.size()) * row_bytes);
  }
  return OkStatus();
}

StatusOr<xnn_operator_t> BandedKernel::OperatorFor(const BandShape& shape,
                                                   pthreadpool_t threadpool) {
  auto found = std::find_if(operators_.begin(), operators_.end(),
                            [&](const BandOperator& op) { return op.shape == shape; });
  if (found == operators_.end()) {
    BRUSHWORK_ASSIGN_OR_RETURN(XnnOperator op, CreateOperator(shape));
    if (operators_.size() == kOperators) operators_.erase(operators_.begin());
    operators_.push_back({shape, std::move(op), 0});
  } else {
    std::rotate(found, found + 1, operators_.end());
  }
  BandOperator& last = operators_.back();
  const size_t threads = pthreadpool_get_threads_count(threadpool);
  if (last.threads != threads) {
    last.threads = 0;
    BRUSHWORK_ASSIGN_OR_RETURN(const size_t bytes, Reshape(last.op.get(), shape, threadpool));
    if (bytes > threads * thread_bytes_) return Internal("convolution: more workspace than said");
    last.threads = threads;
  }
  return last.op.get();
}

// Zeros, as which XNNPACK takes whatever lies outside of the input.
StatusOr<const void*> BandedKernel::BlankRow() {
  if (blank_row_.size() == 0) {
    BRUSHWORK_ASSIGN_OR_RETURN(
        blank_row_,
        AlignedBuffer::Create(static_cast<size_t>(input_.shape.batch) * RowBytes(input_)));
    const bool quantized = input_.type == DataType::kInt8;
    std::memset(blank_row_.data(), quantized ? input_.quantization.zero_point : 0,
                blank_row_.size());
  }
  return static_cast<const void*>(blank_row_.data());
}

}  // namespace brushwork
