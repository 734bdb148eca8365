// Statistics as a value: blending over frames, handing over to other engines.
#include "plan/statistics.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <vector>

namespace brushwork {
namespace {

NormStatistics Statistics(float offset) {
  NormStatistics statistics;
  statistics.layers.push_back({{offset, offset + 1.0F}, {offset + 2.0F, offset + 3.0F}});
  statistics.layers.push_back({{offset - 5.0F}, {offset + 4.0F}});
  return statistics;
}

TEST_CASE("blended statistics lie between the frames'", "[statistics]") {
  const auto blended = BlendStatistics(Statistics(0.0F), Statistics(8.0F), 0.25F);
  REQUIRE(blended.ok());
  CHECK(PackStatistics(*blended) == PackStatistics(Statistics(2.0F)));
  const auto current = BlendStatistics(Statistics(0.0F), Statistics(8.0F), 0.0F);
  REQUIRE(current.ok());
  CHECK(PackStatistics(*current) == PackStatistics(Statistics(0.0F)));
}

TEST_CASE("statistics of another generator or a wrong weight are refused", "[statistics]") {
  NormStatistics fewer_layers = Statistics(1.0F);
  fewer_layers.layers.pop_back();
  NormStatistics fewer_channels = Statistics(1.0F);
  fewer_channels.layers[0].mean.pop_back();
  for (const NormStatistics& other : {fewer_layers, fewer_channels}) {
    CHECK(BlendStatistics(Statistics(0.0F), other, 0.5F).status().code() ==
          StatusCode::kInvalidArgument);
  }
  for (const float steadiness : {-0.1F, 1.5F, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(BlendStatistics(Statistics(0.0F), Statistics(1.0F), steadiness).status().code() ==
          StatusCode::kInvalidArgument);
  }
}

TEST_CASE("packed statistics come back as they were", "[statistics]") {
  const std::vector<float> packed = PackStatistics(Statistics(3.0F));
  const std::vector<size_t> channels = {2, 1};
  const auto unpacked = UnpackStatistics(packed, channels);
  REQUIRE(unpacked.ok());
  CHECK(unpacked->layers.size() == 2);
  CHECK(PackStatistics(*unpacked) == packed);
}

TEST_CASE("packed statistics that make no sense are refused", "[statistics]") {
  const std::vector<size_t> channels = {2, 1};
  std::vector<float> packed = PackStatistics(Statistics(3.0F));
  const auto refused = [&channels](const std::vector<float>& values) {
    return UnpackStatistics(values, channels).status().code() == StatusCode::kInvalidArgument;
  };
  std::vector<float> short_one = packed;
  short_one.pop_back();
  CHECK(refused(short_one));
  std::vector<float> negative_variance = packed;
  negative_variance[2] = -1.0F;
  CHECK(refused(negative_variance));
  packed[0] = std::numeric_limits<float>::infinity();
  CHECK(refused(packed));
}

}  // namespace
}  // namespace brushwork
