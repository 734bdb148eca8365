// A pool of threads, if the system has them.
#pragma once

#include <pthreadpool.h>

#include <memory>

namespace brushwork {

struct ThreadPoolDeleter {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};
using ThreadPool = std::unique_ptr<pthreadpool, ThreadPoolDeleter>;

// Of `count` threads, at least 2, the caller's among them; null if the system refuses them. May
// throw std::bad_alloc.
ThreadPool StartThreads(int count);

}  // namespace brushwork
