#include "plan/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

#include "base/checked.h"
#include "tensor/tensor.h"

namespace brushwork {
namespace {

struct Range {
  int64_t begin = 0;
  int64_t end = 0;
};

bool AliveTogether(const BufferLifetime& a, const BufferLifetime& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

// The lowest offset at which `bytes` fit between the occupied ranges.
int64_t LowestGap(std::vector<Range> occupied, int64_t bytes) {
  std::ranges::sort(occupied, {}, &Range::begin);
  int64_t offset = 0;
  for (const Range& range : occupied) {
    if (range.begin - offset >= bytes) break;
    offset = std::max(offset, range.end);
  }
  return offset;
}

int64_t WithPadding(int64_t bytes) {
  constexpr int64_t kAlignment = kTensorAlignment;
  return (bytes + static_cast<int64_t>(kTensorPadding) + kAlignment - 1) / kAlignment * kAlignment;
}

// Whether the sizes can be added at all; no offset is larger than their sum.
bool SumFits(const std::vector<BufferLifetime>& buffers) {
  int64_t sum = 0;
  for (const BufferLifetime& buffer : buffers) {
    const auto padded = CheckedAdd(buffer.bytes, kTensorPadding + kTensorAlignment);
    const auto next = padded ? CheckedAdd(sum, *padded) : std::nullopt;
    if (!next) return false;
    sum = *next;
  }
  return true;
}

}  // namespace

StatusOr<MemoryPlan> PlanMemory(const std::vector<BufferLifetime>& buffers) {
  if (!SumFits(buffers)) return OutOfMemory("the activations do not fit in the address space");
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    return buffers[a].bytes != buffers[b].bytes ? buffers[a].bytes > buffers[b].bytes : a < b;
  });

  std::vector<Range> ranges(buffers.size());
  int64_t total = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    const size_t i = order[k];
    std::vector<Range> occupied;
    for (size_t j = 0; j < k; ++j) {
      if (AliveTogether(buffers[i], buffers[order[j]])) occupied.push_back(ranges[order[j]]);
    }
    const int64_t bytes = WithPadding(buffers[i].bytes);
    const int64_t offset = LowestGap(std::move(occupied), bytes);
    ranges[i] = {offset, offset + bytes};
    total = std::max(total, ranges[i].end);
  }
  if (!CheckedSize({total})) {
    return OutOfMemory("the activations need " + std::to_string(total >> 20) +
                       " MiB, more than the address space has");
  }
  MemoryPlan plan;
  plan.total_bytes = static_cast<size_t>(total);
  for (const Range& range : ranges) plan.offsets.push_back(static_cast<size_t>(range.begin));
  return plan;
}

}  // namespace brushwork
