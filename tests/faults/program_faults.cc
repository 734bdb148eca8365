// What the package's other two programs do: graphs and tiles for GPUs, steady frames of videos.
#include <catch2/catch_test_macros.hpp>

#include "gpu/coefficients.h"
#include "gpu/float_graph.h"
#include "gpu/tiles.h"
#include "tests/faults/faulty_engine.h"
#include "tests/support/conditional_generator.h"
#include "tests/video/moving_clip.h"
#include "video/frame_steadier.h"

namespace brushwork::faults {
namespace {

using testing::SceneFrom;

TEST_CASE("what a GPU needs, without memory", "[faults]") {
  const Model model =
      Required(Model::Read(ConditionalGenerator(RandomStyle(1), {.thumbnail = 16})));
  RefuseEveryRequest({.name = "write a graph for a GPU",
                      .operation = [&]() -> StatusOr<Bytes> {
                        auto graph = ExportFloatGraph(model);
                        if (!graph.ok()) return StatusOf(graph);
                        return std::move(graph->onnx);
                      },
                      .may_throw = true});
  RefuseEveryRequest({.name = "what normalizations come to",
                      .operation = [&]() -> StatusOr<Bytes> {
                        const auto layers = GraphNormalizations(model);
                        if (!layers.ok()) return StatusOf(layers);
                        NormStatistics statistics;
                        for (const GraphNormalization& layer : *layers) {
                          const size_t channels = layer.layer.scale.size();
                          statistics.layers.push_back({std::vector<float>(channels, 0.5F),
                                                       std::vector<float>(channels, 2.0F)});
                        }
                        const auto values = Coefficients(*layers, statistics, nullptr);
                        if (!values.ok()) return StatusOf(values);
                        return BytesOf(std::span<const float>(*values));
                      },
                      .may_throw = true});
  const Image photo = SceneFrom(24, 40, 0, 0);
  RefuseEveryRequest({.name = "cut into tiles, read and write one",
                      .operation = [&]() -> StatusOr<Bytes> {
                        const auto tiles = PaintingTiles::Create(model, {}, {}, 24, 40, 24 * 30);
                        if (!tiles.ok()) return StatusOf(tiles);
                        const auto planes = tiles->Read({photo.view(), 0, 40}, 0);
                        if (!planes.ok()) return StatusOf(planes);
                        return BytesOf(tiles->Write(0, *planes));
                      },
                      .may_throw = true});
}

TEST_CASE("steady frames without memory", "[faults]") {
  const Image first = SceneFrom(48, 32, 0, 0);
  const Image second = SceneFrom(48, 32, 1.5, 0.5);
  const auto steady = [](FrameSteadier& steadier, const Image& frame, Image& painted) -> Status {
    const auto relation = steadier.Observe(frame.view());
    if (!relation.ok()) return StatusOf(relation);
    return steadier.Steady(painted);
  };
  RefuseEveryRequest({.name = "steady two frames", .operation = [&]() -> StatusOr<Bytes> {
                        FrameSteadier steadier(0.9F);
                        Image painted = Copy(first);
                        BRUSHWORK_RETURN_IF_ERROR(steady(steadier, first, painted));
                        painted = Copy(second);
                        BRUSHWORK_RETURN_IF_ERROR(steady(steadier, second, painted));
                        return BytesOf(StatusOr<Image>(std::move(painted)));
                      }});
}

}  // namespace
}  // namespace brushwork::faults
