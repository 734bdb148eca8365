// What happens between the generator's colours and the finished painting.
#pragma once

#include "image/image.h"

namespace brushwork {

// painting = photo + strength * (painting - photo), colour only, rounded to nearest; the alpha of
// `photo` is kept. Both pictures have the same size; strength is in [0, 1].
Status ComposePainting(ImageView photo, float strength, Image& painting);

}  // namespace brushwork
