// One run of a network over calibration pictures, in float and quantized side by side, that chooses
// the quantization of each layer on its way. The parts of Calibrate; calibration.h has the method.
#pragma once

#include <span>
#include <vector>

#include "plan/activation_structure.h"
#include "plan/calibration.h"
#include "plan/calibration_activations.h"

namespace brushwork {

// What is known before the run and does not depend on what stays in float.
struct CalibrationTask {
  const FusedNetwork& network;  // prepared
  const CalibrationOptions& options;
  Quantization input;
  std::span<const std::vector<float>> inputs;
  ActivationStructure structure;
  std::vector<ActivationStatistics> statistics;  // by value, in float
  std::vector<std::vector<float>> factors;       // by value, of channels: equalization.h
};

StatusOr<QuantizationRecipe> RunCalibration(const CalibrationTask& task,
                                            const PrecisionChoice& choice);

}  // namespace brushwork
