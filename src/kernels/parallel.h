// Parallel loops over a pthreadpool. Work is cut into many short calls: besides balancing the
// threads this lets V8, which cannot replace a running function by its optimized version, reach
// optimized code while a kernel is still on its first picture.
#pragma once

#include <pthreadpool.h>

#include <algorithm>
#include <cstddef>

namespace brushwork {

// Calls function(index) for every index below `count`, in any order, on the pool's threads or,
// where the pool is null, in the calling thread.
template <typename Function>
void ParallelFor(pthreadpool_t threadpool, size_t count, const Function& function) {
  pthreadpool_parallelize_1d(
      threadpool,
      [](void* context, size_t index) { (*static_cast<const Function*>(context))(index); },
      const_cast<Function*>(&function), count, /*flags=*/0);
}

// Calls function(begin, end) for tiles of `tile` consecutive indices that cover [0, count). The cut
// depends only on count and tile, never on the number of threads.
template <typename Function>
void ParallelForTiles(pthreadpool_t threadpool, size_t count, size_t tile,
                      const Function& function) {
  const size_t tiles = count / tile + (count % tile != 0);
  ParallelFor(threadpool, tiles, [&](size_t index) {
    const size_t begin = index * tile;
    function(begin, std::min(count, begin + tile));
  });
}

}  // namespace brushwork
