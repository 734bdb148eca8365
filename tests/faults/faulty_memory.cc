#include "tests/faults/faulty_memory.h"

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the linker's names
extern "C" {
void* __real_malloc(size_t size);
void* __real_calloc(size_t count, size_t size);
void* __real_realloc(void* block, size_t size);
void* __real_memalign(size_t alignment, size_t size);
int __real_posix_memalign(void** block, size_t alignment, size_t size);
void __real_free(void* block);
#if !defined(__EMSCRIPTEN__)
int __real_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* argument);
int __real_pthread_join(pthread_t thread, void** result);
#endif
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace brushwork::faults {
namespace {

// Threads ask for memory, too.
std::atomic<bool> counting = false;
std::atomic<int64_t> refused_from = 0;
std::atomic<bool> refusing_all = false;
std::atomic<int64_t> requests_made = 0;
std::atomic<int64_t> requests_refused = 0;
std::atomic<int64_t> live_blocks = 0;
std::atomic<int> thread_limit = -1;
#if !defined(__EMSCRIPTEN__)
std::atomic<int> live_threads = 0;
#endif

bool IsRefused() {
  if (!counting) return false;
  const int64_t n = ++requests_made;
  const int64_t from = refused_from;
  if (from == 0 || n < from || (n > from && !refusing_all)) return false;
  ++requests_refused;
  return true;
}

void* Given(void* block) {
  if (block != nullptr) ++live_blocks;
  return block;
}

void* Refused() {
  errno = ENOMEM;
  return nullptr;
}

void* Aligned(size_t alignment, size_t size) {
  if (IsRefused()) return Refused();
  void* block = nullptr;
  const size_t least = alignment < sizeof(void*) ? sizeof(void*) : alignment;
  return __real_posix_memalign(&block, least, size) == 0 ? Given(block) : nullptr;
}

void* OrThrow(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

void BeginRefusing(int64_t n, Refusal refusal) {
  requests_made = 0;
  requests_refused = 0;
  refused_from = n;
  refusing_all = refusal == Refusal::kLasting;
  counting = true;
}

Requests EndRefusing() {
  counting = false;
  return {requests_made, requests_refused};
}

Pause::Pause() : was_counting_(counting.exchange(false)) {}
Pause::~Pause() { counting = was_counting_; }

int64_t LiveBlocks() { return live_blocks; }

void LimitThreads(int count) { thread_limit = count; }

}  // namespace brushwork::faults

// ---- What the linker puts in the place of the C library's functions ----

using brushwork::faults::Aligned;
using brushwork::faults::Given;
using brushwork::faults::IsRefused;
using brushwork::faults::OrThrow;
using brushwork::faults::Refused;

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
extern "C" {

void* __wrap_malloc(size_t size) { return IsRefused() ? Refused() : Given(__real_malloc(size)); }

void* __wrap_calloc(size_t count, size_t size) {
  return IsRefused() ? Refused() : Given(__real_calloc(count, size));
}

void* __wrap_realloc(void* block, size_t size) {
  if (IsRefused()) return Refused();  // the old block stays
  void* const grown = __real_realloc(block, size);
  return block == nullptr ? Given(grown) : grown;
}

void* __wrap_aligned_alloc(size_t alignment, size_t size) {
  return IsRefused() ? Refused() : Given(__real_memalign(alignment, size));
}

void* __wrap_memalign(size_t alignment, size_t size) {
  return IsRefused() ? Refused() : Given(__real_memalign(alignment, size));
}

int __wrap_posix_memalign(void** block, size_t alignment, size_t size) {
  if (IsRefused()) return ENOMEM;
  const int error = __real_posix_memalign(block, alignment, size);
  if (error == 0) Given(*block);
  return error;
}

void __wrap_free(void* block) {
  if (block != nullptr) --brushwork::faults::live_blocks;
  __real_free(block);
}

#if !defined(__EMSCRIPTEN__)
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* argument) {
  using namespace brushwork::faults;  // NOLINT: short names in one function
  if (thread_limit >= 0 && live_threads >= thread_limit) return EAGAIN;
  const int error = __real_pthread_create(thread, attributes, run, argument);
  if (error == 0) ++live_threads;
  return error;
}

int __wrap_pthread_join(pthread_t thread, void** result) {
  --brushwork::faults::live_threads;
  return __real_pthread_join(thread, result);
}
#endif

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

// ---- operator new and delete ----

void* operator new(size_t size) { return OrThrow(__wrap_malloc(size)); }
void* operator new[](size_t size) { return OrThrow(__wrap_malloc(size)); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return __wrap_malloc(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return __wrap_malloc(size); }
void* operator new(size_t size, std::align_val_t alignment) {
  return OrThrow(Aligned(static_cast<size_t>(alignment), size));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return OrThrow(Aligned(static_cast<size_t>(alignment), size));
}
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Aligned(static_cast<size_t>(alignment), size);
}
void* operator new[](size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Aligned(static_cast<size_t>(alignment), size);
}

void operator delete(void* block) noexcept { __wrap_free(block); }
void operator delete[](void* block) noexcept { __wrap_free(block); }
void operator delete(void* block, size_t) noexcept { __wrap_free(block); }
void operator delete[](void* block, size_t) noexcept { __wrap_free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { __wrap_free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { __wrap_free(block); }
void operator delete(void* block, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete[](void* block, size_t, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  __wrap_free(block);
}
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  __wrap_free(block);
}
