#include "kernels/lookup_table.h"

#include "kernels/parallel.h"

namespace brushwork {
namespace {

void MapTile(const int8_t* table_of_zero, const int8_t* input, int8_t* output, size_t count) {
  for (size_t i = 0; i < count; ++i) output[i] = table_of_zero[input[i]];
}

}  // namespace

void ApplyLookupTable(const LookupTable& table, const int8_t* input, int8_t* output,
                      size_t elements, pthreadpool_t threadpool) {
  ParallelForTiles(threadpool, elements, 8192, [&](size_t begin, size_t end) {
    MapTile(table.data() + 128, input + begin, output + begin, end - begin);
  });
}

}  // namespace brushwork
