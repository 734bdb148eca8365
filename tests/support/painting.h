// What tests of the façade share: small generators, photos, painting to the end.
#pragma once

#include <memory>

#include "stylizer.h"

namespace brushwork::testing {

// Threads that tests of the façade can use in this build.
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
inline constexpr int kMostThreads = 1;
#else
inline constexpr int kMostThreads = 3;
#endif

// painting = 1 - picture.
std::shared_ptr<const Generator> NegativeGenerator();
// Takes its statistics from thumbnails of 16 pixels.
std::shared_ptr<const Generator> ThumbnailGenerator();
// Paints its own size only, 8 × 8: the picture itself.
std::shared_ptr<const Generator> FixedSizeGenerator();

std::unique_ptr<Stylizer> MakeStylizer(int threads = 1);

// Both require success.
Image PaintAll(Stylizer& stylizer, const std::shared_ptr<const Generator>& generator,
               const Image& photo, const StylizeOptions& options);
void RunToEnd(PaintingJob& job);

}  // namespace brushwork::testing
