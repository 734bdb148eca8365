// Lays buffers with known lifetimes into one block of memory, reusing the room of those that are no
// longer needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"

namespace brushwork {

// A buffer that lives from the step that writes it to the last one that reads it, both included.
struct BufferLifetime {
  int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
};

struct MemoryPlan {
  std::vector<size_t> offsets;  // one for each buffer, multiples of kTensorAlignment
  size_t total_bytes = 0;
};

// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
// arXiv 2001.03288): the largest buffer first, each into the lowest gap among those alive with it.
// Each buffer is followed by kTensorPadding bytes. kOutOfMemory if the sum does not fit in the
// address space.
StatusOr<MemoryPlan> PlanMemory(const std::vector<BufferLifetime>& buffers);

}  // namespace brushwork
