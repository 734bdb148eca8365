// The façade's options, of what the user asked for.
#pragma once

#include "base/status.h"
#include "cli/commands.h"
#include "cli/paint_source.h"
#include "image/image.h"
#include "stylizer.h"

namespace brushwork {

// How `photo` is painted by `source`: the style weakened, the mask read. Errors: those of the
// mask's file, naming it; WeakenStyle's.
StatusOr<StylizeOptions> OptionsFor(const StylizeArguments& arguments, const PaintSource& source,
                                    ImageView photo);

}  // namespace brushwork
