#include "gpu/coefficients.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "gpu/float_network.h"
#include "tests/support/conditional_generator.h"
#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

using Catch::Approx;

GraphNormalization Normalization() {
  GraphNormalization normalization;
  normalization.layer.groups = 2;
  normalization.layer.scale = {2.0F, 3.0F};
  normalization.layer.shift = {0.5F, -1.0F};
  normalization.layer.epsilon = 1.0F;
  return normalization;
}

const NormStatistics kStatistics{{{{4.0F, -2.0F}, {3.0F, 8.0F}}}};

std::vector<float> Need(const StatusOr<std::vector<float>>& coefficients) {
  INFO(coefficients.status().message());
  REQUIRE(coefficients.ok());
  return *coefficients;
}

}  // namespace

TEST_CASE("coefficients are scales and shifts with the statistics in them", "[gpu]") {
  // 2 / sqrt(3 + 1), 3 / sqrt(8 + 1); 0.5 - 4 * 1, -1 + 2 * 1
  CHECK(Need(Coefficients({Normalization()}, kStatistics, nullptr)) ==
        std::vector<float>{1.0F, 1.0F, -3.5F, 1.0F});
}

TEST_CASE("coefficients take a style, what is behind it, an input scale and a bias", "[gpu]") {
  GraphNormalization normalization = Normalization();
  const StyleVector style{{4.0F, 6.0F, 1.0F, 2.0F}};
  CHECK(Need(Coefficients({normalization}, kStatistics, &style)) ==
        std::vector<float>{2.0F, 2.0F, -7.0F, 6.0F});
  normalization.layer.behind = {{2.0F, 1.0F}, {0.0F, 1.0F}};
  CHECK(Need(Coefficients({normalization}, kStatistics, &style)) ==
        std::vector<float>{4.0F, 2.0F, -14.0F, 7.0F});
  normalization.layer.input_scale = {0.5F, 1.0F};
  CHECK(Need(Coefficients({normalization}, kStatistics, &style)) ==
        std::vector<float>{2.0F, 2.0F, -14.0F, 7.0F});
  normalization.layer.input_scale.clear();
  normalization.bias = {1.0F, -0.5F};
  CHECK(Need(Coefficients({normalization}, kStatistics, &style)) ==
        std::vector<float>{4.0F, 2.0F, -10.0F, 6.0F});
}

TEST_CASE("a channel without variance comes to its shift", "[gpu]") {
  GraphNormalization normalization = Normalization();
  normalization.layer.epsilon = 0.0F;
  const NormStatistics flat{{{{4.0F, -2.0F}, {0.0F, 9.0F}}}};
  CHECK(Need(Coefficients({normalization}, flat, nullptr)) ==
        std::vector<float>{0.0F, 1.0F, 0.5F, 1.0F});
}

TEST_CASE("coefficients of another network are refused", "[gpu]") {
  const auto none = Coefficients({Normalization()}, {}, nullptr);
  CHECK(none.status().code() == StatusCode::kInvalidArgument);
  CHECK(none.status().message() == "statistics: got 0 layers, needed 1");
  const auto few = Coefficients({Normalization()}, {{{{1.0F}, {1.0F}}}}, nullptr);
  CHECK(few.status().message() == "statistics: got 1 channels of layer 0, needed 2");
  const StyleVector style{{1.0F, 1.0F, 1.0F}};
  CHECK(Coefficients({Normalization()}, kStatistics, &style).status().code() ==
        StatusCode::kIncompatibleStyles);
}

TEST_CASE("normalizations take the bias of a convolution that only they read", "[gpu]") {
  const auto model = Model::Read(ConditionalGenerator(RandomStyle(1)));
  REQUIRE(model.ok());
  const auto normalizations = GraphNormalizations(*model);
  REQUIRE(normalizations.ok());
  // The first is behind a convolution, the second behind an addition, the third behind a tanh.
  REQUIRE(normalizations->size() == 3);
  CHECK(normalizations->at(0).bias.size() == 16);
  CHECK(normalizations->at(1).bias.empty());
  CHECK(normalizations->at(2).bias.empty());
}

}  // namespace brushwork
