// XNNPACK's operators and errors in brushwork's terms.
#pragma once

#include <xnnpack.h>

#include <memory>
#include <string_view>

#include "base/status.h"

namespace brushwork {

struct XnnOperatorDeleter {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using XnnOperator = std::unique_ptr<xnn_operator, XnnOperatorDeleter>;

// kOutOfMemory for a failed allocation, else kInternal; `action` is what failed, such as
// "convolution: create".
Status ToStatus(xnn_status status, std::string_view action);

}  // namespace brushwork
