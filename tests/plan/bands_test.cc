// Every operator, computed in bands of any height and for any rows of the output, gives the bytes
// of the whole.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/support/operator_cases.h"
#include "tests/support/random.h"
#include "tests/support/run_model.h"

namespace brushwork {
namespace {

std::vector<float> RandomPicture(const Plan& plan, Random& random) {
  std::vector<float> picture(static_cast<size_t>(plan.input().shape.elements()));
  for (float& value : picture) value = random.Uniform(0.0F, 1.0F);
  return picture;
}

// Bits, so that a NaN equals itself.
bool SameBits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](float x, float y) {
           return __builtin_bit_cast(uint32_t, x) == __builtin_bit_cast(uint32_t, y);
         });
}

TEST_CASE("every operator computes the same in bands as in one piece", "[plan][bands]") {
  Random random(5);
  for (const OperatorCase& made : AllOperatorCases()) {
    INFO(made.name);
    const auto whole = PlanOf(made.model, made.height, made.width, {.band_rows = 1000});
    const std::vector<float> picture = RandomPicture(*whole, random);
    const std::vector<float> expected = RunPlan(*whole, picture);
    for (const int64_t band_rows : {1, 2, 5}) {
      INFO("bands of " << band_rows << " rows");
      const auto banded = PlanOf(made.model, made.height, made.width, {.band_rows = band_rows});
      CHECK(SameBits(RunPlan(*banded, picture), expected));
    }
    const Shape4& shape = whole->output().shape;
    const int64_t begin = random.Integer(0, static_cast<int>(shape.height) - 1);
    const int64_t end = random.Integer(static_cast<int>(begin) + 1, static_cast<int>(shape.height));
    INFO("rows " << begin << " to " << end);
    const auto some =
        PlanOf(made.model, made.height, made.width, {.rows = RowRange{begin, end}, .band_rows = 3});
    // Rows come on the bands' grid, so that there may be some before those wanted.
    const std::vector<float> part = RunPlan(*some, picture);
    const size_t row = static_cast<size_t>(shape.width * shape.channels);
    const size_t wanted = static_cast<size_t>(end - begin) * row;
    REQUIRE(part.size() >= wanted);
    CHECK(SameBits(std::span(part).last(wanted),
                   std::span(expected).subspan(static_cast<size_t>(begin) * row, wanted)));
  }
}

// The rows [begin, end) of the model's output by themselves.
std::vector<float> RowsByThemselves(const std::vector<uint8_t>& model, RowRange rows) {
  const auto whole = PlanOf(model, 8, 5);
  const auto part = PlanOf(model, 8, 5, {.rows = rows, .band_rows = 1});
  Random random(5);
  const std::vector<float> picture = RandomPicture(*whole, random);
  const std::vector<float> expected = RunPlan(*whole, picture);
  const std::vector<float> painted = RunPlan(*part, picture);
  const auto row = static_cast<size_t>(whole->output().shape.width * 3);
  CHECK(SameBits(painted, std::span(expected).subspan(static_cast<size_t>(rows.begin) * row,
                                                      static_cast<size_t>(rows.size()) * row)));
  return painted;
}

TEST_CASE("rows that read nothing of an input do not wait for it", "[plan][bands]") {
  Random random(9);
  CaseGraph joined(random, 13, 4);
  const std::string other = joined.Node("Tanh", {joined.input()});
  const std::vector<uint8_t> two = joined.Finish(
      joined.Node("Concat", {joined.input(), other, joined.input()}, {{"axis", 2}}), 4);
  for (const RowRange rows : {RowRange{0, 8}, {8, 9}, {9, 16}, {16, 24}, {7, 17}}) {
    INFO("rows " << rows.begin << " to " << rows.end);
    CHECK_FALSE(RowsByThemselves(two, rows).empty());
  }
  CaseGraph padded(random, 13, 4);
  const std::vector<uint8_t> border =
      padded.Finish(padded.Node("Pad", {padded.input(), padded.Ints({0, 0, 6, 0, 0, 0, 6, 0})}), 4);
  for (const RowRange rows : {RowRange{0, 3}, {3, 7}, {15, 20}, {18, 20}}) {
    INFO("rows " << rows.begin << " to " << rows.end);
    CHECK_FALSE(RowsByThemselves(border, rows).empty());
  }
}

TEST_CASE("rows between the places of an int8 convolution are not read", "[plan][bands]") {
  Random random(12);
  CaseGraph graph(random, 13, 8);
  const std::string input = graph.Quantize(graph.input(), 0.02F, 3);
  // The first place is all padding; the second one begins at the input's second row.
  const std::string sum =
      graph.Node("Conv", {input, graph.QuantizedWeights({8, 8, 3, 3}, 0, 0.002F)},
                 {{"strides", {9, 1}}, {"pads", {8, 1, 2, 1}}});
  const std::vector<uint8_t> model = graph.Finish(graph.Quantize(sum, 0.04F, 5), 8);
  const auto whole = PlanOf(model, 8, 8);
  const auto banded = PlanOf(model, 8, 8, {.band_rows = 1});
  const std::vector<float> picture = RandomPicture(*whole, random);
  CHECK(SameBits(RunPlan(*banded, picture), RunPlan(*whole, picture)));
}

}  // namespace
}  // namespace brushwork
