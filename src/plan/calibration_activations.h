// The activations of calibration pictures, what is measured on all of them and what compares two.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "plan/activation_range.h"
#include "plan/fusion.h"

namespace brushwork {

inline size_t PixelsOf(const Shape4& shape) { return static_cast<size_t>(shape.pixels()); }
inline size_t ChannelsOf(const Shape4& shape) { return static_cast<size_t>(shape.channels); }

// The activations of all pictures, each as long as something is still to read it.
class Activations {
 public:
  Activations(const FusedNetwork& network, size_t pictures)
      : network_(network),
        buffers_(network.values.size()),
        readers_(network.values.size(), 0),
        pictures_(pictures) {
    ++readers_[network.output];
    for (const FusedLayer& fused : network.layers) {
      for (const ValueId input : fused.layer.inputs) ++readers_[input];
    }
  }

  Status Allocate(ValueId value) {
    const size_t bytes =
        static_cast<size_t>(network_.values[value].shape.elements()) * sizeof(float);
    buffers_[value].clear();
    for (size_t p = 0; p < pictures_; ++p) {
      BRUSHWORK_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Create(bytes));
      buffers_[value].push_back(std::move(buffer));
    }
    return OkStatus();
  }

  // The layer has run.
  void Release(const Layer& layer) {
    for (const ValueId input : layer.inputs) {
      if (--readers_[input] == 0) buffers_[input].clear();
    }
    if (readers_[layer.output] == 0) buffers_[layer.output].clear();
  }

  float* at(ValueId value, size_t picture) {
    return reinterpret_cast<float*>(buffers_[value][picture].data());
  }
  std::vector<float*> InputsOf(const Layer& layer, size_t picture) {
    std::vector<float*> inputs;
    for (const ValueId input : layer.inputs) inputs.push_back(at(input, picture));
    return inputs;
  }

 private:
  const FusedNetwork& network_;
  std::vector<std::vector<AlignedBuffer>> buffers_;
  std::vector<int> readers_;
  size_t pictures_;
};

// The statistics of every value over all pictures, of the network in float.
StatusOr<std::vector<ActivationStatistics>> MeasureActivations(
    const FusedNetwork& network, std::span<const std::vector<float>> inputs,
    pthreadpool_t threadpool);

void ClampAll(float* values, size_t count, const OutputRange& range);

// A ratio of powers in dB, within ±120.
double Decibels(double signal, double noise);

// Of function(other) against function(exact), in dB. The mean of the signal doesn't count: a
// constant says nothing.
double SignalToNoise(const float* exact, const float* other, size_t count,
                     const std::function<float(float)>& function);

}  // namespace brushwork
