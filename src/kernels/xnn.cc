#include "kernels/xnn.h"

#include <cmath>
#include <string>

#include "kernels/kernel.h"
#include "kernels/rounding.h"

namespace brushwork {
namespace {

static_assert(kTensorPadding >= XNN_EXTRA_BYTES);

std::string_view Name(xnn_status status) {
  switch (status) {
    case xnn_status_success:
      return "success";
    case xnn_status_uninitialized:
      return "XNNPACK is not initialized";
    case xnn_status_invalid_parameter:
      return "invalid parameter";
    case xnn_status_invalid_state:
      return "invalid state";
    case xnn_status_unsupported_parameter:
      return "unsupported parameter";
    case xnn_status_unsupported_hardware:
      return "unsupported processor";
    case xnn_status_out_of_memory:
      return "out of memory";
    default:
      return "unknown error";
  }
}

}  // namespace

Status ToStatus(xnn_status status, std::string_view action) {
  if (status == xnn_status_success) return OkStatus();
  std::string message = std::string(action) + ": " + std::string(Name(status));
  return status == xnn_status_out_of_memory ? OutOfMemory(std::move(message))
                                            : Internal(std::move(message));
}

Status InitializeKernels() {
  // A function-local static: the language makes its initialization happen once and thread-safely.
  static const xnn_status kStatus = xnn_initialize(/*allocator=*/nullptr);
  return ToStatus(kStatus, "XNNPACK: initialize");
}

QuantizedRange QuantizeRange(const OutputRange& range, const Quantization& quantization) {
  return {QuantizeValue(range.minimum, quantization), QuantizeValue(range.maximum, quantization)};
}

}  // namespace brushwork
