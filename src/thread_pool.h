// A pool of threads, or the reason why there is none.
#pragma once

#include <pthreadpool.h>

#include <memory>

#include "base/status.h"

namespace brushwork {

struct ThreadPoolDeleter {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};
using ThreadPool = std::unique_ptr<pthreadpool, ThreadPoolDeleter>;

// Of `count` threads, at least 2, the caller's among them. kOutOfMemory if the system refuses them.
// May throw std::bad_alloc.
StatusOr<ThreadPool> StartThreads(int count);

}  // namespace brushwork
