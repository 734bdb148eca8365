#include <algorithm>
#include <cmath>

#include "kernels/normalization.h"
#include "kernels/rounding.h"
#include "kernels/rows.h"
#include "kernels/vectorize.h"

namespace brushwork {
namespace {

// A map for several pixels in a row, so that the loops over it are long for few channels too.
struct RepeatedMap {
  size_t length = 0;
  const float* center = nullptr;
  const float* multiplier = nullptr;
  const float* offset = nullptr;
};

BRUSHWORK_INLINE float Load(float x) { return x; }
BRUSHWORK_INLINE float Load(int8_t x) { return ToFloat(x); }

template <typename In>
BRUSHWORK_INLINE float Affine(In x, const RepeatedMap& map, size_t i) {
  return (Load(x) - map.center[i]) * map.multiplier[i] + map.offset[i];
}

BRUSHWORK_INLINE void Store(float value, float* output) { *output = value; }
BRUSHWORK_INLINE void Store(float value, int8_t* output) {
  *output = static_cast<int8_t>(RoundHalfEven(value));
}

// `count` elements that start with a map's first; minimum and maximum are in units of the output.
template <typename In, typename Out>
BRUSHWORK_INLINE void MapLoop(const In* __restrict input, Out* __restrict output, size_t count,
                              RepeatedMap map, float minimum, float maximum) {
  for (size_t begin = 0; begin < count; begin += map.length) {
    const size_t n = std::min(map.length, count - begin);
    BRUSHWORK_SIXTEEN_AT_A_TIME
    for (size_t i = 0; i < n; ++i) {
      Store(Clamp(Affine(input[begin + i], map, i), minimum, maximum), output + begin + i);
    }
  }
}

BRUSHWORK_VECTORIZED void MapTile(const float* input, float* output, size_t count,
                                  const RepeatedMap& map, float minimum, float maximum) {
  MapLoop(input, output, count, map, minimum, maximum);
}
BRUSHWORK_VECTORIZED void MapTile(const float* input, int8_t* output, size_t count,
                                  const RepeatedMap& map, float minimum, float maximum) {
  MapLoop(input, output, count, map, minimum, maximum);
}
BRUSHWORK_VECTORIZED void MapTile(const int8_t* input, int8_t* output, size_t count,
                                  const RepeatedMap& map, float minimum, float maximum) {
  MapLoop(input, output, count, map, minimum, maximum);
}
BRUSHWORK_VECTORIZED void MapTile(const int8_t* input, float* output, size_t count,
                                  const RepeatedMap& map, float minimum, float maximum) {
  MapLoop(input, output, count, map, minimum, maximum);
}

std::vector<float> Repeat(const std::vector<float>& values, size_t times) {
  std::vector<float> repeated;
  repeated.reserve(values.size() * times);
  for (size_t i = 0; i < times; ++i) {
    repeated.insert(repeated.end(), values.begin(), values.end());
  }
  return repeated;
}

template <typename In, typename Out>
void MapElements(const ChannelMap& map, const In* input, Out* output, size_t elements,
                 float minimum, float maximum, pthreadpool_t threadpool) {
  const size_t channels = map.multiplier.size();
  const size_t times = std::max<size_t>(1, 256 / channels);
  const std::vector<float> center = Repeat(map.center, times);
  const std::vector<float> multiplier = Repeat(map.multiplier, times);
  const std::vector<float> offset = Repeat(map.offset, times);
  const RepeatedMap repeated{channels * times, center.data(), multiplier.data(), offset.data()};
  const size_t tile = std::max<size_t>(1, 8192 / repeated.length) * repeated.length;
  ParallelForTiles(threadpool, elements, tile, [&](size_t begin, size_t end) {
    MapTile(input + begin, output + begin, end - begin, repeated, minimum, maximum);
  });
}

template <typename Out>
void MapToType(const ChannelMap& map, const TensorView& input, Out* output, RowRange rows,
               float minimum, float maximum, pthreadpool_t threadpool) {
  const size_t elements = ElementsOf(input.shape, rows);
  if (input.type == DataType::kFloat32) {
    const float* source = input.row<const float>(rows.begin);
    MapElements(map, source, output, elements, minimum, maximum, threadpool);
  } else {
    const int8_t* source = input.row<const int8_t>(rows.begin);
    MapElements(map, source, output, elements, minimum, maximum, threadpool);
  }
}

}  // namespace

ChannelMap FoldNormalization(const NormalizationLayer& layer, const ChannelStatistics& statistics,
                             const TensorSpec& input, const TensorSpec& output) {
  const size_t channels = statistics.mean.size();
  ChannelMap map;
  for (size_t c = 0; c < channels; ++c) {
    const double variance =
        static_cast<double>(statistics.variance[c]) + static_cast<double>(layer.epsilon);
    double multiplier =
        variance > 0.0 ? static_cast<double>(layer.scale[c]) / std::sqrt(variance) : 0.0;
    // The layer reads x / input_scale, so that is what the map has to map.
    const double input_scale =
        layer.input_scale.empty() ? 1.0 : static_cast<double>(layer.input_scale[c]);
    double center = static_cast<double>(statistics.mean[c]) / input_scale;
    multiplier *= input_scale;
    double offset = static_cast<double>(layer.shift[c]);
    if (output.type == DataType::kInt8) {
      multiplier /= static_cast<double>(output.quantization.scale);
      offset =
          offset / static_cast<double>(output.quantization.scale) + output.quantization.zero_point;
    }
    if (input.type == DataType::kInt8) {
      const double scale = static_cast<double>(input.quantization.scale);
      center = center / scale + input.quantization.zero_point;
      multiplier *= scale;
    }
    map.center.push_back(static_cast<float>(center));
    map.multiplier.push_back(static_cast<float>(multiplier));
    map.offset.push_back(static_cast<float>(offset));
  }
  return map;
}

void ApplyChannelMap(const ChannelMap& map, const TensorView& input, const TensorView& output,
                     RowRange rows, const OutputRange& range, const ExecutionContext& context) {
  if (output.type == DataType::kFloat32) {
    return MapToType(map, input, output.row<float>(rows.begin), rows, range.minimum, range.maximum,
                     context.threadpool);
  }
  const QuantizedRange limits = QuantizeRange(range, output.quantization);
  MapToType(map, input, output.row<int8_t>(rows.begin), rows, limits.minimum, limits.maximum,
            context.threadpool);
}

}  // namespace brushwork
