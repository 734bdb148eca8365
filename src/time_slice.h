// How long a step of a job takes.
#pragma once

#include <chrono>

namespace brushwork {

class TimeSlice {
 public:
  TimeSlice() : end_(Clock::now() + kLength) {}

  bool over() const { return Clock::now() >= end_; }

 private:
  using Clock = std::chrono::steady_clock;

  // At least this long, so that asking between steps costs little, and not much longer, so that a
  // caller who wants to stop is heard soon.
  static constexpr std::chrono::milliseconds kLength{8};

  Clock::time_point end_;
};

}  // namespace brushwork
