#include "kernels/int8_transform.h"

#include <cstring>

namespace brushwork {
namespace {

// Vectors of the compiler's own kind, for these are additions and shifts only. They are unsigned,
// for sums wrap around, and so may the unused values behind a row's end.
#if defined(__wasm_simd128__)
constexpr size_t kVectorBytes = 16;
#else
constexpr size_t kVectorBytes = 32;
#endif
static_assert(kVectorBytes <= kTransformOverrun);
using Shorts __attribute__((vector_size(kVectorBytes))) = uint16_t;
using Sums __attribute__((vector_size(kVectorBytes))) = uint32_t;
constexpr size_t kShorts = kVectorBytes / sizeof(int16_t);
constexpr size_t kSums = kVectorBytes / sizeof(int32_t);

template <typename V, typename T>
BRUSHWORK_INLINE void Load(const T* memory, V& v) {
  __builtin_memcpy(&v, memory, sizeof(v));
}
template <typename V, typename T>
BRUSHWORK_INLINE void Store(const V& v, T* memory) {
  __builtin_memcpy(memory, &v, sizeof(v));
}

// Each dimension's transformed weights, for one output channel.
template <typename Transform>
int TransformTap(size_t product, const int (&taps)[3]) {
  int sum = 0;
  for (size_t j = 0; j < 3; ++j) sum += Transform::kWeights[product][j] * taps[j];
  return sum;
}

struct Taps {
  const Filter& filter;

  // 0 below the kernel's last row.
  int At(size_t o, size_t y, size_t i, size_t run) const {
    const size_t height = static_cast<size_t>(filter.kernel_height);
    return y < height ? filter.quantized[(o * height + y) * run + i] : 0;
  }
};

}  // namespace

template <typename Transform>
BRUSHWORK_VECTORIZED void TransformRows(const int16_t* const* d, size_t count, int16_t* const* v) {
  for (size_t i = 0; i < count; i += kShorts) {
    Shorts inputs[Transform::kInputs];
    Shorts values[Transform::kValues];
    BRUSHWORK_UNROLL
    for (size_t j = 0; j < Transform::kInputs; ++j) Load(d[j] + i, inputs[j]);
    Transform::TransformInputs(inputs, values);
    BRUSHWORK_UNROLL
    for (size_t j = 0; j < Transform::kValues; ++j) Store(values[j], v[j] + i);
  }
}

template <typename Transform>
BRUSHWORK_VECTORIZED void TransformColumns(const int16_t* row, size_t groups, size_t channels,
                                           int16_t* v, size_t plane, size_t stride) {
  for (size_t g = 0; g < groups; ++g, row += Transform::kStep * channels, v += stride) {
    for (size_t c = 0; c < channels; c += kShorts) {
      Shorts inputs[Transform::kInputs];
      Shorts values[Transform::kValues];
      BRUSHWORK_UNROLL
      for (size_t j = 0; j < Transform::kInputs; ++j) Load(row + j * channels + c, inputs[j]);
      Transform::TransformInputs(inputs, values);
      BRUSHWORK_UNROLL
      for (size_t j = 0; j < Transform::kValues; ++j) Store(values[j], v + j * plane + c);
    }
  }
}

template <typename Transform>
BRUSHWORK_VECTORIZED void TransformProducts(const int32_t* m, size_t m_step, size_t count,
                                            int32_t* y, size_t y_step) {
  for (size_t i = 0; i < count; i += kSums) {
    Sums products[Transform::kProducts];
    Sums outputs[4];
    BRUSHWORK_UNROLL
    for (size_t j = 0; j < Transform::kProducts; ++j) Load(m + j * m_step + i, products[j]);
    Transform::TransformProducts(products, outputs);
    BRUSHWORK_UNROLL
    for (size_t j = 0; j < 4; ++j) Store(outputs[j], y + j * y_step + i);
  }
}

#define BRUSHWORK_INSTANTIATE(Transform)                                                      \
  template void TransformRows<Transform>(const int16_t* const*, size_t, int16_t* const*);     \
  template void TransformColumns<Transform>(const int16_t*, size_t, size_t, int16_t*, size_t, \
                                            size_t);                                          \
  template void TransformProducts<Transform>(const int32_t*, size_t, size_t, int32_t*, size_t);
BRUSHWORK_INSTANTIATE(FourOutputs)
BRUSHWORK_INSTANTIATE(FourEnlargedOutputs)
#undef BRUSHWORK_INSTANTIATE

template <typename Transform>
FilterProducts RowProducts(const Filter& filter) {
  const size_t groups = static_cast<size_t>((filter.kernel_height + 2) / 3);
  FilterProducts products;
  products.output_channels = static_cast<size_t>(filter.output_channels);
  products.batch = Transform::kProducts;
  products.row_count = groups;
  products.run = static_cast<size_t>(filter.kernel_width * filter.input_channels);
  products.initial_factors.assign(products.batch, 0);
  products.initial_factors[1] = Transform::kInitialFactor;
  const Taps taps{filter};
  for (size_t o = 0; o < products.output_channels; ++o) {
    for (size_t e = 0; e < Transform::kProducts; ++e) {
      for (size_t g = 0; g < groups; ++g) {
        for (size_t i = 0; i < products.run; ++i) {
          const int column[3] = {taps.At(o, 3 * g, i, products.run),
                                 taps.At(o, 3 * g + 1, i, products.run),
                                 taps.At(o, 3 * g + 2, i, products.run)};
          products.weights.push_back(static_cast<int16_t>(TransformTap<Transform>(e, column)));
        }
      }
    }
  }
  return products;
}

template <typename Transform>
FilterProducts TileProducts(const Filter& filter) {
  constexpr size_t kProducts = Transform::kProducts;
  const size_t channels = static_cast<size_t>(filter.input_channels);
  FilterProducts products;
  products.output_channels = static_cast<size_t>(filter.output_channels);
  products.batch = kProducts * kProducts;
  products.run = channels;
  products.initial_factors.assign(products.batch, 0);
  products.initial_factors[kProducts + 1] = Transform::kInitialFactor * Transform::kInitialFactor;
  const Taps taps{filter};
  for (size_t o = 0; o < products.output_channels; ++o) {
    for (size_t e = 0; e < products.batch; ++e) {
      for (size_t c = 0; c < channels; ++c) {
        int rows[3];
        for (size_t ky = 0; ky < 3; ++ky) {
          const int row[3] = {taps.At(o, ky, c, 3 * channels),
                              taps.At(o, ky, channels + c, 3 * channels),
                              taps.At(o, ky, 2 * channels + c, 3 * channels)};
          rows[ky] = TransformTap<Transform>(e % kProducts, row);
        }
        products.weights.push_back(
            static_cast<int16_t>(TransformTap<Transform>(e / kProducts, rows)));
      }
    }
  }
  return products;
}

template FilterProducts RowProducts<FourOutputs>(const Filter& filter);
template FilterProducts TileProducts<FourOutputs>(const Filter& filter);
template FilterProducts TileProducts<FourEnlargedOutputs>(const Filter& filter);

}  // namespace brushwork
