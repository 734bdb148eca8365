#include "plan/calibration_pictures.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace brushwork {
namespace {

using Color = std::array<int, 3>;

// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
class SplitMix {
 public:
  explicit SplitMix(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  // From `low` to `high`, both included.
  int Integer(int low, int high) {
    return low + static_cast<int>((Next() >> 33U) % static_cast<uint64_t>(high - low + 1));
  }

 private:
  uint64_t state_;
};

// A field of noise with values in about ±256: octaves of random lattices, linear in between, each
// with half the spacing and half the amplitude of the one before.
class Noise {
 public:
  Noise(int side, SplitMix& random) : side_(side), values_(static_cast<size_t>(side) * side) {
    int amplitude = 256;
    for (int spacing = std::max(side / 2, 1); spacing >= 1; spacing /= 2, amplitude /= 2) {
      AddOctave(spacing, amplitude, random);
    }
  }
  int at(int x, int y) const { return values_[static_cast<size_t>(y) * side_ + x]; }

 private:
  void AddOctave(int spacing, int amplitude, SplitMix& random) {
    const int points = side_ / spacing + 2;
    std::vector<int> lattice(static_cast<size_t>(points) * points);
    for (int& value : lattice) value = random.Integer(-amplitude, amplitude) / 2;
    for (int y = 0; y < side_; ++y) {
      for (int x = 0; x < side_; ++x) {
        const int* corner = lattice.data() + y / spacing * points + x / spacing;
        const int fx = x % spacing;
        const int fy = y % spacing;
        const int above = corner[0] * (spacing - fx) + corner[1] * fx;
        const int below = corner[points] * (spacing - fx) + corner[points + 1] * fx;
        values_[static_cast<size_t>(y) * side_ + x] +=
            (above * (spacing - fy) + below * fy) / (spacing * spacing);
      }
    }
  }

  int side_;
  std::vector<int> values_;
};

enum class Mood { kBalanced, kDark, kBright, kSaturated };

Color RandomColor(Mood mood, SplitMix& random) {
  // Photos are mostly grey: three colours near to a common brightness.
  const int brightness = random.Integer(10, 245);
  const int spread = mood == Mood::kSaturated ? 200 : 45;
  Color color;
  for (int& value : color) {
    value = std::clamp(brightness + random.Integer(-spread, spread), 0, 255);
  }
  return color;
}

struct Leaf {
  int x = 0;
  int y = 0;
  int radius_x = 1;
  int radius_y = 1;
  bool rectangle = false;
  Color color{};
  int shade_x = 0;  // brightness along the radius
  int shade_y = 0;
  int texture = 0;  // amplitude

  bool contains(int px, int py) const {
    const int64_t dx = px - x;
    const int64_t dy = py - y;
    if (rectangle) return true;
    const int64_t rx = int64_t{radius_x} * radius_x;
    const int64_t ry = int64_t{radius_y} * radius_y;
    return dx * dx * ry + dy * dy * rx <= rx * ry;
  }
};

Leaf RandomLeaf(Mood mood, int side, SplitMix& random) {
  // Four times as many of half the size: as many of one size as of any other cover the picture.
  int radius = side / 2;
  while (radius > 2 && random.Integer(0, 3) != 0) radius /= 2;
  Leaf leaf;
  leaf.x = random.Integer(0, side - 1);
  leaf.y = random.Integer(0, side - 1);
  leaf.radius_x = std::max(1, radius * random.Integer(50, 100) / 100);
  leaf.radius_y = std::max(1, radius * random.Integer(50, 100) / 100);
  leaf.rectangle = random.Integer(0, 3) == 0;
  leaf.color = RandomColor(mood, random);
  leaf.shade_x = random.Integer(-40, 40);
  leaf.shade_y = random.Integer(-40, 40);
  leaf.texture = random.Integer(0, 2) == 0 ? random.Integer(20, 90) : random.Integer(0, 20);
  return leaf;
}

// Every byte as the picture's mood has it.
int ToMood(Mood mood, int value) {
  switch (mood) {
    case Mood::kDark:
      return value * value / 255 * 9 / 10;
    case Mood::kBright:
      return 255 - (255 - value) * (255 - value) / 255 * 7 / 10;
    case Mood::kBalanced:
    case Mood::kSaturated:
      return value;
  }
  return value;
}

class Painter {
 public:
  Painter(Mood mood, int side, uint64_t seed)
      : mood_(mood),
        side_(side),
        random_(seed),
        texture_(side, random_),
        tint_(side, random_),
        colors_(static_cast<size_t>(side) * side) {}

  Status Paint(Image& image) {
    Background();
    const int leaves = 60 + side_;
    for (int i = 0; i < leaves; ++i) Cover(RandomLeaf(mood_, side_, random_));
    BRUSHWORK_ASSIGN_OR_RETURN(image, Image::Create(side_, side_));
    for (int y = 0; y < side_; ++y) WriteRow(y, image.row(y));
    return OkStatus();
  }

 private:
  // A sky over a ground: gradients between colours, with clouds of noise.
  void Background() {
    const Color top = RandomColor(mood_, random_);
    const Color bottom = RandomColor(mood_, random_);
    for (int y = 0; y < side_; ++y) {
      for (int x = 0; x < side_; ++x) {
        for (size_t c = 0; c < 3; ++c) {
          at(x, y)[c] = (top[c] * (side_ - y) + bottom[c] * y) / side_ + texture_.at(x, y) / 8;
        }
      }
    }
  }

  void Cover(const Leaf& leaf) {
    const int bottom = std::min(side_ - 1, leaf.y + leaf.radius_y);
    const int right = std::min(side_ - 1, leaf.x + leaf.radius_x);
    for (int y = std::max(0, leaf.y - leaf.radius_y); y <= bottom; ++y) {
      for (int x = std::max(0, leaf.x - leaf.radius_x); x <= right; ++x) {
        if (!leaf.contains(x, y)) continue;
        const int shade = leaf.shade_x * (x - leaf.x) / leaf.radius_x +
                          leaf.shade_y * (y - leaf.y) / leaf.radius_y +
                          leaf.texture * texture_.at(x, y) / 256;
        for (size_t c = 0; c < 3; ++c) {
          const int tint = static_cast<int>(c) * leaf.texture * tint_.at(x, y) / 1024;
          at(x, y)[c] = leaf.color[c] + shade + tint;
        }
      }
    }
  }

  void WriteRow(int y, uint8_t* row) {
    for (int x = 0; x < side_; ++x, row += 4) {
      const int grain = random_.Integer(-3, 3);
      for (size_t c = 0; c < 3; ++c) {
        const int value = ToMood(mood_, std::clamp(at(x, y)[c] + grain, 0, 255));
        row[c] = static_cast<uint8_t>(std::clamp(value, 0, 255));
      }
      row[3] = 255;
    }
  }

  Color& at(int x, int y) { return colors_[static_cast<size_t>(y) * side_ + x]; }

  Mood mood_;
  int side_;
  SplitMix random_;
  Noise texture_;
  Noise tint_;
  std::vector<Color> colors_;
};

}  // namespace

StatusOr<std::vector<Image>> MakeCalibrationPictures(int count, int side) {
  constexpr Mood kMoods[] = {Mood::kBalanced, Mood::kDark, Mood::kBright, Mood::kSaturated};
  if (count < 1 || side < 16) {
    return InvalidArgument("calibration pictures: got " + std::to_string(count) + " of side " +
                           std::to_string(side) + ", needed at least 1 of side 16");
  }
  std::vector<Image> pictures(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    Painter painter(kMoods[i % 4], side, static_cast<uint64_t>(i) + 1);
    BRUSHWORK_RETURN_IF_ERROR(painter.Paint(pictures[static_cast<size_t>(i)]));
  }
  return pictures;
}

}  // namespace brushwork
