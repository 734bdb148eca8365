// The weights of one-dimensional scaling, computed in integers so that they are the same
// everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brushwork {

inline constexpr int kWeightBits = 14;

// One output pixel: `count` source pixels from `first`, with weights that sum to 1 << kWeightBits.
struct ResampleSpan {
  int first = 0;
  int count = 0;
  size_t weights = 0;  // index in ResampleFilter::weights
  // The source pixels on both sides of the output pixel's centre, counted from `first`.
  int left = 0;
  int right = 0;
};

struct ResampleFilter {
  std::vector<ResampleSpan> spans;  // one an output pixel; `first` never decreases
  std::vector<int16_t> weights;
  int max_count = 0;
  bool grows = false;
};

// Scales `from` pixels to `to`, both at least 1 and at most kMaxImageDimension. May throw
// std::bad_alloc.
ResampleFilter MakeResampleFilter(int from, int to);

}  // namespace brushwork
