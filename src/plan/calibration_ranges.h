// What follows from the network for the range of one of its values.
#pragma once

#include <functional>
#include <optional>

#include "plan/calibration_run.h"

namespace brushwork {

// Whether only normalizations of single channels read what a layer writes, and nothing moves it.
bool OnlyNormalized(const CalibrationTask& task, ValueId value);

// Every value that calibration has seen, in units of what is quantized.
OutputRange RangeOf(const CalibrationTask& task, ValueId value, const std::vector<float>& factors);

// The painting's quantization is that of its bytes. Values that are joined (concatenation) have
// one range over all of them.
std::optional<Quantization> SharedQuantization(const CalibrationTask& task, ValueId value,
                                               const std::vector<bool>& quantizer);

// What becomes of the value: errors where a tanh is flat don't count.
std::function<float(float)> FunctionBehind(const FusedNetwork& network, ValueId value);

}  // namespace brushwork
