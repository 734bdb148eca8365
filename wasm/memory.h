// How much memory a program of the package uses, in bytes.
#pragma once

namespace brushwork::wasm {

// In use: everything below the heap, and what is allocated in it.
double MemoryInUse();

// The most that was ever needed: the end of the heap, which never shrinks.
double MemoryPeak();

}  // namespace brushwork::wasm
