// What models say about themselves in their metadata.
#pragma once

#include <string>

#include "model/model.h"

namespace brushwork {

// The entry as a size in pixels, 1 to `largest`; 0 if there is none, or none that makes sense.
int MetadataSize(const Model& model, const std::string& key, int largest);

}  // namespace brushwork
