#include "video/motion.h"

#include <algorithm>
#include <cmath>

#include "video/patch.h"

namespace brushwork {
namespace {

// Between patches; each pixel is in up to four.
constexpr int kPatchStep = 4;
constexpr int kMaxSteps = 4;
// Pixels, squared: a shorter step is the last.
constexpr float kShortStep = 0.02F * 0.02F;
// A patch does not move further than this from where its search began.
constexpr float kFarthest = 6.0F;
// Added to the squared gradients, so that a patch without any stays where its search began.
constexpr float kDamping = 0.5F * kPatchPixels;
// What moves must look better by so much than what stands still: else noise would make still
// pictures tremble. A factor of the cost, and an amount for each pixel.
constexpr float kStillFactor = 0.85F;
constexpr float kStillCost = 0.5F * kPatchPixels;
// Mean differences, in bytes, of which nothing is thought: where there is no gradient, per unit of
// it, and at most.
constexpr float kToleratedDifference = 4.0F;
constexpr float kToleratedOfGradient = 0.4F;
constexpr float kMostTolerated = 14.0F;
// Pixels: by how much the motion may change over so many before the picture is torn there.
constexpr float kToleratedChange = 4.0F;
constexpr int kChangeReach = 2;

// Sums over the patches that a pixel is in.
struct Sums {
  Sums(int width, int height)
      : share(width, height),
        x(width, height),
        y(width, height),
        difference(width, height),
        gradient(width, height) {}
  Plane share;
  Plane x;
  Plane y;
  Plane difference;
  Plane gradient;
};

struct Candidate {
  Displacement at;
  PatchMatch match;
};

class PatchSearch {
 public:
  PatchSearch(const Plane& frame, const Plane& before, int x, int y)
      : before_(before), x_(x), y_(y), patch_(ReadPatch(frame, x, y)) {}

  Candidate Try(Displacement at) {
    Subtract(before_, patch_, static_cast<float>(x_) + at.x, static_cast<float>(y_) + at.y,
             difference_);
    return {at, MatchPatch(patch_, difference_)};
  }

  // The best of Gauss-Newton steps from `begin`.
  Candidate Refine(const Candidate& begin) {
    const float xx = patch_.xx + kDamping;
    const float yy = patch_.yy + kDamping;
    const float scale = 1.0F / (xx * yy - patch_.xy * patch_.xy);
    Candidate best = begin;
    for (int i = 0; i < kMaxSteps; ++i) {
      const Displacement step{scale * (patch_.xy * best.match.y - yy * best.match.x),
                              scale * (patch_.xy * best.match.x - xx * best.match.y)};
      const Candidate next = Try({best.at.x + step.x, best.at.y + step.y});
      const bool is_far = std::abs(next.at.x - begin.at.x) > kFarthest ||
                          std::abs(next.at.y - begin.at.y) > kFarthest;
      if (is_far || next.match.cost >= best.match.cost) break;
      best = next;
      if (step.x * step.x + step.y * step.y < kShortStep) break;
    }
    return best;
  }

  // Adds to the sums, each pixel the more the better it fits.
  void Add(Displacement at, Sums& sums) {
    Try(at);
    for (int row = 0; row < kPatchSide; ++row) {
      float* share = sums.share.row(y_ + row) + x_;
      float* x = sums.x.row(y_ + row) + x_;
      float* y = sums.y.row(y_ + row) + x_;
      float* difference = sums.difference.row(y_ + row) + x_;
      float* gradient = sums.gradient.row(y_ + row) + x_;
      for (int i = 0; i < kPatchSide; ++i) {
        const int pixel = row * kPatchSide + i;
        const float apart = std::abs(difference_[pixel]);
        const float weight = 1.0F / (1.0F + apart);
        share[i] += weight;
        x[i] += weight * at.x;
        y[i] += weight * at.y;
        difference[i] += weight * apart;
        gradient[i] +=
            weight * (std::abs(patch_.gradient_x[pixel]) + std::abs(patch_.gradient_y[pixel]));
      }
    }
  }

 private:
  const Plane& before_;
  int x_;
  int y_;
  Patch patch_;
  float difference_[kPatchPixels];
};

// Positions of patches along a side: the last one ends with it.
int PatchCount(int side) {
  return side <= kPatchSide ? 1 : (side - kPatchSide + kPatchStep - 1) / kPatchStep + 1;
}
int PatchPosition(int i, int side) {
  return std::clamp(i * kPatchStep, 0, std::max(0, side - kPatchSide));
}

// The field of the level below at this patch, doubled; nothing on the coarsest.
Displacement Inherited(const Motion& coarser, int x, int y) {
  if (coarser.x.width() == 0) return {};
  const int column = std::min((x + kPatchSide / 2) / 2, coarser.x.width() - 1);
  const int row = std::min((y + kPatchSide / 2) / 2, coarser.x.height() - 1);
  return {2.0F * coarser.x.row(row)[column], 2.0F * coarser.y.row(row)[column]};
}

// A patch stands still unless a motion looks clearly better. It begins where the coarser level, or
// the patch to the left or above, says.
Displacement Search(PatchSearch& search, Displacement inherited, const Displacement* left,
                    const Displacement* above) {
  const Candidate still = search.Try({});
  if (still.match.cost < kStillCost) return {};
  Candidate begin = still;
  const auto consider = [&](Displacement at) {
    if (at.x == begin.at.x && at.y == begin.at.y) return;
    const Candidate candidate = search.Try(at);
    if (candidate.match.cost < begin.match.cost) begin = candidate;
  };
  consider(inherited);
  if (left != nullptr) consider(*left);
  if (above != nullptr) consider(*above);
  const Candidate best = search.Refine(begin);
  const bool moves = best.match.cost < kStillFactor * still.match.cost - kStillCost;
  return moves ? best.at : Displacement{};
}

// Displacements of the patches of a level, [rows, columns].
struct PatchGrid {
  int columns;
  int rows;
  std::vector<Displacement> at;

  Displacement& operator()(int column, int row) {
    return at[static_cast<size_t>(row) * columns + column];
  }
  const Displacement& operator()(int column, int row) const {
    return at[static_cast<size_t>(row) * columns + column];
  }
};

// Medians over 3×3 patches, so that none moves quite unlike all others around it.
PatchGrid Medians(const PatchGrid& grid) {
  PatchGrid medians = grid;
  float x[9];
  float y[9];
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      int count = 0;
      for (int i = -1; i <= 1; ++i) {
        for (int j = -1; j <= 1; ++j) {
          const Displacement& at = grid(std::clamp(column + j, 0, grid.columns - 1),
                                        std::clamp(row + i, 0, grid.rows - 1));
          x[count] = at.x;
          y[count++] = at.y;
        }
      }
      std::nth_element(x, x + 4, x + 9);
      std::nth_element(y, y + 4, y + 9);
      medians(column, row) = {x[4], y[4]};
    }
  }
  return medians;
}

Sums SearchLevel(const Plane& frame, const Plane& before, const Motion& coarser) {
  PatchGrid grid{PatchCount(frame.width()), PatchCount(frame.height()), {}};
  grid.at.resize(static_cast<size_t>(grid.columns) * grid.rows);
  for (int row = 0; row < grid.rows; ++row) {
    const int y = PatchPosition(row, frame.height());
    for (int column = 0; column < grid.columns; ++column) {
      const int x = PatchPosition(column, frame.width());
      PatchSearch search(frame, before, x, y);
      grid(column, row) =
          Search(search, Inherited(coarser, x, y), column > 0 ? &grid(column - 1, row) : nullptr,
                 row > 0 ? &grid(column, row - 1) : nullptr);
    }
  }
  grid = Medians(grid);
  Sums sums(frame.width(), frame.height());
  for (int row = 0; row < grid.rows; ++row) {
    const int y = PatchPosition(row, frame.height());
    for (int column = 0; column < grid.columns; ++column) {
      const int x = PatchPosition(column, frame.width());
      PatchSearch(frame, before, x, y).Add(grid(column, row), sums);
    }
  }
  return sums;
}

// Means of the sums; what remains in `sums` are means, too.
Motion Average(Sums sums) {
  for (int y = 0; y < sums.x.height(); ++y) {
    float* const planes[4] = {sums.x.row(y), sums.y.row(y), sums.difference.row(y),
                              sums.gradient.row(y)};
    const float* share = sums.share.row(y);
    for (float* values : planes) {
      for (int x = 0; x < sums.x.width(); ++x) values[x] /= share[x];
    }
  }
  Motion motion;
  motion.x = std::move(sums.x);
  motion.y = std::move(sums.y);
  motion.confidence = std::move(sums.difference);
  sums.gradient.FillBorder();
  motion.confidence.FillBorder();
  // Of means over 3×3 pixels: 1 up to what is tolerated, 0 from twice as much.
  Plane rated(motion.x.width(), motion.x.height());
  const auto mean = [](const Plane& plane, int x, int y) {
    float sum = 0.0F;
    for (int i = -1; i <= 1; ++i) {
      const float* values = plane.row(y + i) + x;
      sum += values[-1] + values[0] + values[1];
    }
    return sum / 9.0F;
  };
  double total = 0.0;
  for (int y = 0; y < rated.height(); ++y) {
    for (int x = 0; x < rated.width(); ++x) {
      const float from_x = static_cast<float>(x) + motion.x.row(y)[x];
      const float from_y = static_cast<float>(y) + motion.y.row(y)[x];
      const bool is_inside = from_x > -1.0F && from_x < static_cast<float>(rated.width()) &&
                             from_y > -1.0F && from_y < static_cast<float>(rated.height());
      const float tolerated = std::min(
          kMostTolerated, kToleratedDifference + kToleratedOfGradient * mean(sums.gradient, x, y));
      const float value = std::clamp(2.0F - mean(motion.confidence, x, y) / tolerated, 0.0F, 1.0F);
      rated.row(y)[x] = is_inside ? value : 0.0F;
      total += rated.row(y)[x];
    }
  }
  motion.confidence = std::move(rated);
  motion.mean_confidence =
      static_cast<float>(total / (static_cast<double>(motion.x.width()) * motion.x.height()));
  return motion;
}

// Where neighbours move apart, one of them came out from behind the other or, in a smooth area,
// found any place like any other. The frame before may look the same there; a painting of it, with
// strokes where the picture has none, would be torn along the patches.
void DistrustTears(Motion& motion) {
  const auto change = [](const Plane& plane, int x, int y) {
    const float* row = plane.row(y) + x;
    return std::max(std::abs(row[kChangeReach] - row[-kChangeReach]),
                    std::abs(plane.row(y + kChangeReach)[x] - plane.row(y - kChangeReach)[x]));
  };
  for (int y = 0; y < motion.x.height(); ++y) {
    float* confidence = motion.confidence.row(y);
    for (int x = 0; x < motion.x.width(); ++x) {
      const float most = std::max(change(motion.x, x, y), change(motion.y, x, y));
      confidence[x] *= std::clamp(2.0F - most / kToleratedChange, 0.0F, 1.0F);
    }
  }
}

}  // namespace

Motion EstimateMotion(const Pyramid& frame, const Pyramid& before) {
  Motion motion;
  for (size_t level = frame.size(); level-- > 0;) {
    motion = Average(SearchLevel(frame[level], before[level], motion));
  }
  motion.x.FillBorder();
  motion.y.FillBorder();
  DistrustTears(motion);
  motion.confidence.FillBorder();
  return motion;
}

}  // namespace brushwork
