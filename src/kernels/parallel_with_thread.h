// ParallelFor for loops that need memory of their own for each thread.
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace brushwork {

// Calls function(thread, index) for every index below `count`; `thread` is below the pool's number
// of threads (1 without a pool), and no two calls run at once with the same one.
template <typename Function>
void ParallelForWithThread(pthreadpool_t threadpool, size_t count, const Function& function) {
  pthreadpool_parallelize_1d_with_thread(
      threadpool,
      [](void* context, size_t thread, size_t index) {
        (*static_cast<const Function*>(context))(thread, index);
      },
      const_cast<Function*>(&function), count, /*flags=*/0);
}

}  // namespace brushwork
