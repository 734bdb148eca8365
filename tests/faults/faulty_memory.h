// Every request for memory of this program, counted, and refused on demand: operator new in all its
// forms, malloc and its kin. The linker sends what our code, XNNPACK, pthreadpool and stb_image
// call here (--wrap, CMakeLists.txt). Threads likewise.
#pragma once

#include <cstdint>

namespace brushwork::faults {

// Which requests are refused.
enum class Refusal {
  kOne,     // the n-th alone
  kLasting  // the n-th and all that follow
};

struct Requests {
  int64_t made = 0;
  int64_t refused = 0;
};

// From now on the n-th request (from 1) is refused; with 0 none is, and requests are only counted.
void BeginRefusing(int64_t n, Refusal refusal);
// What was requested since; from now on nothing is refused.
Requests EndRefusing();

// While one is there, what the test itself does is neither counted nor refused.
class Pause {
 public:
  Pause();
  ~Pause();
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  bool was_counting_;
};

// Blocks that were given out and not freed yet.
int64_t LiveBlocks();

// From now on no more than this many threads beside the first are there at the same time; -1: as
// many as are wanted. Natively only.
void LimitThreads(int count);

}  // namespace brushwork::faults
