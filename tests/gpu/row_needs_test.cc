// What rows depend on, against what plans read for them.
#include "gpu/row_needs.h"

#include <catch2/catch_test_macros.hpp>

#include "gpu/float_graph.h"
#include "gpu/float_network.h"
#include "plan/fusion.h"
#include "plan/lowering.h"
#include "plan/schedule.h"
#include "tests/support/files.h"
#include "tests/support/gpu_cases.h"

namespace brushwork {
namespace {

LoweredNetwork LowerFloat(const Network& network) {
  auto lowered = LowerNetwork(FuseLayers(network, Precision::kFloat), {.statistics_given = true});
  INFO(lowered.status().message());
  REQUIRE(lowered.ok());
  return std::move(*lowered);
}

}  // namespace

TEST_CASE("rows depend on what plans read for them", "[gpu]") {
  for (const GpuCase& made : AllGpuCases()) {
    DYNAMIC_SECTION(made.name) {
      const auto model = Model::Read(made.model);
      REQUIRE(model.ok());
      const auto specialized = model->Specialize(made.height, made.width);
      REQUIRE(specialized.ok());
      const Network network = ToFloatNetwork(*specialized);
      // What has no graph has no tiles either.
      if (!WriteFloatGraph(network).ok()) continue;
      const LoweredNetwork lowered = LowerFloat(network);
      RowRange before;
      for (int64_t row = 0; row < network.values[network.output].shape.height; ++row) {
        const RowRange read =
            Schedule(lowered, {row, row + 1}, /*band_rows=*/1).needed(lowered.input);
        const RowRange rows = NetworkInputRows(network, {row, row + 1});
        INFO("row " << row << ": " << rows.begin << " to " << rows.end << ", the plan reads "
                    << read.begin << " to " << read.end);
        CHECK(rows.begin <= read.begin);
        CHECK(rows.end >= read.end);
        if (made.is_generator) CHECK(rows == read);
        if (rows.size() == 0) continue;
        CHECK(rows.begin >= before.begin);
        CHECK(rows.end >= before.end);
        before = rows;
      }
    }
  }
}

}  // namespace brushwork
