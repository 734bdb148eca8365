// Finds the size at which a model can run for a picture of any size. Generators that shrink their
// picture inside need a multiple of 4, say, and reflect padding needs more pixels than it adds; the
// picture is then extended by mirroring at its right and lower border, and the painting cut back.
#pragma once

#include "model/model.h"

namespace brushwork {

enum class FrameFit {
  kExtend,  // the network's input is the picture and its mirrored extension
  kScale,   // the picture is scaled to the network's input, which the model fixes
};

struct Frame {
  Network network;
  FrameFit fit = FrameFit::kExtend;
};

// kUnsupportedModel, naming the output, unless the network paints three channels.
Status CheckPaints(const Network& network);

// The smallest frame for a picture of width × height whose network paints as many pixels as it
// reads. kUnsupportedModel as CheckPaints. Models that cannot run at another size than the one they
// declare get kScale. Otherwise the model's own complaint about the picture's size.
StatusOr<Frame> FitFrame(const Model& model, int width, int height);

}  // namespace brushwork
