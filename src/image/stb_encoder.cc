#include "image/stb_encoder.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace brushwork {
namespace {

// stb_image_write goes on writing where a reallocation was refused. So a refusal leaves it as an
// exception, and what it held by then is freed through this list.
struct alignas(std::max_align_t) Block {
  Block* previous = nullptr;
  Block* next = nullptr;
};

class StbHeap {
 public:
  StbHeap() { current = this; }
  ~StbHeap() {
    while (first_.next != nullptr) Free(first_.next + 1);
    current = nullptr;
  }
  StbHeap(const StbHeap&) = delete;
  StbHeap& operator=(const StbHeap&) = delete;

  void* Reallocate(void* memory, size_t size) {
    Block* block = nullptr;
    if (memory != nullptr) {
      block = static_cast<Block*>(memory) - 1;
      Unlink(block);
    }
    void* const grown = size <= SIZE_MAX - sizeof(Block)
                            ? std::realloc(block, size + sizeof(Block))  // NOLINT
                            : nullptr;
    if (grown == nullptr) {
      std::free(block);
      throw std::bad_alloc();
    }
    return Link(new (grown) Block) + 1;
  }

  void Free(void* memory) {
    if (memory == nullptr) return;
    Block* const block = static_cast<Block*>(memory) - 1;
    Unlink(block);
    std::free(block);
  }

  static thread_local StbHeap* current;

 private:
  Block* Link(Block* block) {
    block->previous = &first_;
    block->next = first_.next;
    if (first_.next != nullptr) first_.next->previous = block;
    first_.next = block;
    return block;
  }

  static void Unlink(Block* block) {
    block->previous->next = block->next;
    if (block->next != nullptr) block->next->previous = block->previous;
  }

  Block first_;
};

thread_local StbHeap* StbHeap::current = nullptr;

}  // namespace
}  // namespace brushwork

#define STBIW_MALLOC(size) brushwork::StbHeap::current->Reallocate(nullptr, size)
#define STBIW_REALLOC(memory, size) brushwork::StbHeap::current->Reallocate(memory, size)
#define STBIW_FREE(memory) brushwork::StbHeap::current->Free(memory)
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#include "stb_image_write.h"
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace brushwork {
namespace {

void Append(void* bytes, void* data, int size) {
  const auto* begin = static_cast<const uint8_t*>(data);
  auto* vector = static_cast<std::vector<uint8_t>*>(bytes);
  vector->insert(vector->end(), begin, begin + size);
}

}  // namespace

std::vector<uint8_t> StbEncodePng(const StbPicture& picture) {
  StbHeap heap;
  std::vector<uint8_t> bytes;
  const int stride = picture.width * picture.channels;
  if (!stbi_write_png_to_func(Append, &bytes, picture.width, picture.height, picture.channels,
                              picture.data, stride)) {
    bytes.clear();
  }
  return bytes;
}

std::vector<uint8_t> StbEncodeJpeg(const StbPicture& picture, int quality) {
  StbHeap heap;
  std::vector<uint8_t> bytes;
  if (!stbi_write_jpg_to_func(Append, &bytes, picture.width, picture.height, picture.channels,
                              picture.data, quality)) {
    bytes.clear();
  }
  return bytes;
}

}  // namespace brushwork
