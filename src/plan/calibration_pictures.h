// Pictures for calibration, made by arithmetic on integers, so that they are the same everywhere.
#pragma once

#include <vector>

#include "image/image.h"

namespace brushwork {

// Pictures of side × side pixels with what matters of the statistics of photos: objects of all
// sizes that hide each other (the dead leaves model: Lee, Mumford and Huang, "Occlusion Models for
// Natural Images", International Journal of Computer Vision 41, 2001), shaded and textured with
// noise whose amplitude falls with frequency (Field, "Relations between the statistics of natural
// images and the response properties of cortical cells", Journal of the Optical Society of America
// A 4, 1987). In turn: balanced, dark, bright and hazy, of saturated colours. `side` at least 16.
StatusOr<std::vector<Image>> MakeCalibrationPictures(int count, int side);

}  // namespace brushwork
