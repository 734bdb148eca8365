// The arithmetic a layer costs, for progress, `inspect` and the benchmarks.
#pragma once

#include <cstdint>

#include "model/network.h"

namespace brushwork {

// Multiply-adds of convolutions; 0 for everything else, as the literature counts them.
int64_t CountMultiplyAdds(const LayerParameters& parameters, const Shape4& input,
                          const Shape4& output);

}  // namespace brushwork
