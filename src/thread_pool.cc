#include "thread_pool.h"

#if defined(__EMSCRIPTEN__)
#include "tensor/tensor.h"
#else
#include <pthread.h>

#include <mutex>
#include <vector>
#endif

namespace brushwork {
namespace {

// pthreadpool waits for ever for a thread that it could not start. So what its threads need is
// asked for first, and given back.
#if defined(__EMSCRIPTEN__)

// Emscripten writes to a thread's stack (wasm/CMakeLists.txt) and what is beside it without a look
// at whether there was memory for them.
constexpr size_t kThreadBytes = size_t{320} << 10;

bool CanStart(int count) {
  return AlignedBuffer::Create(static_cast<size_t>(count) * kThreadBytes).ok();
}

#else

void* WaitFor(void* gate) {
  const std::lock_guard<std::mutex> lock(*static_cast<std::mutex*>(gate));
  return nullptr;
}

// So many at the same time.
bool CanStart(int count) {
  std::mutex gate;
  std::vector<pthread_t> threads;
  threads.reserve(static_cast<size_t>(count));
  {
    const std::lock_guard<std::mutex> lock(gate);
    pthread_t thread;
    while (static_cast<int>(threads.size()) < count &&
           pthread_create(&thread, nullptr, WaitFor, &gate) == 0) {
      threads.push_back(thread);
    }
  }
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  return static_cast<int>(threads.size()) == count;
}

#endif

}  // namespace

ThreadPool StartThreads(int count) {
  return ThreadPool(CanStart(count - 1) ? pthreadpool_create(static_cast<size_t>(count)) : nullptr);
}

}  // namespace brushwork
