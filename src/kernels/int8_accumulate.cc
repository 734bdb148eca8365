#include "kernels/int8_accumulate.h"

#include <algorithm>
#include <vector>

namespace brushwork {
namespace {

// Plain C++ for targets that have no loop of their own. Sums wrap around, so they are unsigned.
void AccumulatePixel(const Int8Accumulation& a, const int16_t* const* rows, size_t pixel,
                     const int16_t* weights, const int32_t* initial, int32_t* sums) {
  constexpr size_t kBlock = 4;
  uint32_t totals[kBlock];
  for (size_t o = 0; o < kBlock; ++o) totals[o] = static_cast<uint32_t>(initial[o]);
  for (size_t r = 0; r < a.row_count; ++r) {
    const int16_t* values = rows[r] + pixel * a.pixel_stride;
    for (size_t k = 0; k < a.run; k += 2, weights += 2 * kBlock) {
      for (size_t o = 0; o < kBlock; ++o) {
        totals[o] +=
            static_cast<uint32_t>(values[k] * weights[2 * o] + values[k + 1] * weights[2 * o + 1]);
      }
    }
  }
  for (size_t o = 0; o < kBlock; ++o) sums[o] = static_cast<int32_t>(totals[o]);
}

void AccumulatePlainly(const Int8Accumulation& a) {
  constexpr size_t kBlock = 4;
  for (size_t b = 0; b < a.batch; ++b) {
    const int16_t* weights = a.weights + b * a.row_count * a.run * kBlock;
    for (size_t p = 0; p < a.pixels; ++p) {
      AccumulatePixel(a, a.rows + b * a.row_count, p, weights, a.initial + b * kBlock,
                      a.sums + (b * a.pixels + p) * kBlock);
    }
  }
}

int32_t FewSum(const Int8FewAccumulation& a, size_t b, size_t pixel, size_t output) {
  uint32_t total = static_cast<uint32_t>(a.initial[b * kFewOutputs + output]);
  const int16_t* weights =
      a.weights + b * a.row_count * a.pairs * a.taps * 2 * kFewOutputs + 2 * output;
  for (size_t r = 0; r < a.row_count; ++r) {
    for (size_t c = 0; c < a.pairs; ++c) {
      const int16_t* values = a.rows[b * a.row_count + r] + 2 * (c * a.columns + pixel);
      for (size_t t = 0; t < a.taps; ++t, values += 2, weights += 2 * kFewOutputs) {
        total += static_cast<uint32_t>(values[0] * weights[0] + values[1] * weights[1]);
      }
    }
  }
  return static_cast<int32_t>(total);
}

void AccumulateFewPlainly(const Int8FewAccumulation& a) {
  for (size_t b = 0; b < a.batch; ++b) {
    for (size_t p = 0; p < a.pixels; ++p) {
      for (size_t o = 0; o < kFewOutputs; ++o) {
        a.sums[(b * a.pixels + p) * kFewBlock + o] = FewSum(a, b, p, o);
      }
    }
  }
}

constexpr Int8BlockLoop kPlainLoops[] = {{4, 1.0F, AccumulatePlainly}};
constexpr Int8InstructionSet kPlain = {"plain", kPlainLoops, AccumulateFewPlainly};

std::vector<Int8InstructionSet> FindInstructionSets() {
  std::vector<Int8InstructionSet> sets;
  for (const auto& found : {WasmInt8InstructionSets(), X86Int8InstructionSets()}) {
    sets.insert(sets.end(), found.begin(), found.end());
  }
  sets.push_back(kPlain);
  return sets;
}

}  // namespace

std::span<const Int8InstructionSet> Int8InstructionSets() {
  static const std::vector<Int8InstructionSet> kSets = FindInstructionSets();
  return kSets;
}

const Int8BlockLoop& ChooseBlockLoop(const Int8InstructionSet& instructions,
                                     int64_t output_channels) {
  const auto cost = [&](const Int8BlockLoop& loop) {
    const int64_t blocks = (output_channels + loop.block - 1) / loop.block;
    return static_cast<float>(blocks) * loop.cost;
  };
  return *std::min_element(
      instructions.loops.begin(), instructions.loops.end(),
      [&](const Int8BlockLoop& a, const Int8BlockLoop& b) { return cost(a) < cost(b); });
}

}  // namespace brushwork
