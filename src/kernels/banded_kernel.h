// Convolutions over XNNPACK, cut into bands of rows. XNNPACK finds input pixels through a table of
// one pointer per output pixel and kernel element: for a 9×9 kernel at 512×512, 170 MB. Any rows
// are therefore computed in bands whose table has a limited size, each by an XNNPACK operator for
// pictures of the band's height, and bands of equal shape share one.
#pragma once

#include <vector>

#include "kernels/kernel.h"
#include "kernels/xnn.h"

namespace brushwork {

// What of a band its operator depends on: some input rows, seen as a whole picture.
struct BandShape {
  int64_t input_rows = 0;
  int64_t padding_top = 0;
  int64_t padding_bottom = 0;
  int64_t adjustment = 0;  // of a transposed convolution: rows that no input row reaches
  friend bool operator==(const BandShape&, const BandShape&) = default;
};

struct Band {
  BandShape shape;
  int64_t first_input_row = 0;
  // The band sees nothing of the input; its operator gets one row of zeros.
  bool blank = false;
  // Rows that the operator computes above and below those wanted.
  int64_t surplus_top = 0;
  int64_t surplus_bottom = 0;
};

class BandedKernel : public Kernel {
 public:
  // The workspace is the operators' (one share for each thread), then room for a band's surplus.
  size_t workspace_bytes(size_t threads) const final;

  Status RunRows(std::span<const TensorView> inputs, TensorView output, RowRange rows,
                 const ExecutionContext& context) final;

 protected:
  // `table_row_bytes` is what an output row adds to XNNPACK's table. Bands but the last of some
  // rows have a multiple of `row_multiple` rows.
  BandedKernel(const TensorSpec& input, const TensorSpec& output, int64_t table_row_bytes,
               int64_t row_multiple);

  // Creates an operator to see whether XNNPACK takes the layer, and what workspace it needs. To be
  // called once, before anything else. Bands have at most `surplus_rows` rows of surplus and those
  // wanted together, if they have any surplus.
  Status Prepare(int64_t surplus_rows);

  const TensorSpec& input() const { return input_; }
  const TensorSpec& output() const { return output_; }

 private:
  // An operator is reshaped again whenever the number of threads changes.
  struct BandOperator {
    BandShape shape;
    XnnOperator op;
    size_t threads = 0;
  };

  virtual Band MakeBand(RowRange rows) const = 0;
  virtual StatusOr<XnnOperator> CreateOperator(const BandShape& shape) const = 0;
  // Returns the bytes of workspace needed.
  virtual StatusOr<size_t> Reshape(xnn_operator_t op, const BandShape& shape,
                                   pthreadpool_t threadpool) const = 0;
  // `input` and `output` begin at the band's first rows.
  virtual Status SetUp(xnn_operator_t op, void* workspace, const void* input,
                       void* output) const = 0;

  StatusOr<xnn_operator_t> OperatorFor(const BandShape& shape, pthreadpool_t threadpool);
  Status RunBand(const TensorView& input, const TensorView& output, RowRange rows,
                 const ExecutionContext& context);
  StatusOr<const void*> BlankRow();

  TensorSpec input_;
  TensorSpec output_;
  int64_t band_rows_;
  size_t thread_bytes_ = 0;              // of an operator's workspace
  size_t surplus_bytes_ = 0;             // of a band with surplus rows
  std::vector<BandOperator> operators_;  // the last used last
  AlignedBuffer blank_row_;
};

}  // namespace brushwork
