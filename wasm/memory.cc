#include "memory.h"

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

// Where the heap begins, above static data and the stack; set by the linker.
extern "C" unsigned char __heap_base;

namespace brushwork::wasm {

double MemoryInUse() {
  return static_cast<double>(reinterpret_cast<uintptr_t>(&__heap_base)) +
         static_cast<double>(static_cast<size_t>(mallinfo().uordblks));
}

double MemoryPeak() { return static_cast<double>(reinterpret_cast<uintptr_t>(sbrk(0))); }

}  // namespace brushwork::wasm
