#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

void AddPadCases(CaseList& list) {
  for (const char* mode : {"reflect", "edge", "constant"}) {
    for (const int opset : {11, 13, 18}) {
      list.Add(std::string("pad_") + mode, opset, 5, [=](CaseGraph& g) {
        Random& random = g.random();
        const std::string pads = g.Ints({0, 0, random.Integer(0, 4), random.Integer(0, 4), 0, 0,
                                         random.Integer(0, 4), random.Integer(0, 4)});
        std::vector<std::string> inputs = {g.input(), pads};
        if (std::string(mode) == "constant") inputs.push_back(g.Scalar(0.25F));
        return g.Finish(g.Node("Pad", inputs, {{"mode", mode}}), 5);
      });
    }
  }
  list.Add("pad_zero_before_convolution", 13, 4, [](CaseGraph& g) {
    const std::string padded = g.Node("Pad", {g.input(), g.Ints({0, 0, 1, 2, 0, 0, 2, 0})});
    return g.Finish(g.Node("Conv", {padded, g.Weights({6, 4, 3, 3})}, {{"pads", {1, 0, 0, 1}}}), 6);
  });
  list.Add("pad_axes", 18, 5, [](CaseGraph& g) {
    return g.Finish(
        g.Node("Pad", {g.input(), g.Ints({2, 1, 1, 3}), g.Scalar(0.0F), g.Ints({3, -2})},
               {{"mode", "reflect"}}),
        5);
  });
  list.Add("pad_that_crops", 13, 5, [](CaseGraph& g) {
    return g.Finish(g.Node("Pad", {g.input(), g.Ints({0, 0, -1, 2, 0, 0, -2, 1})}), 5);
  });
}

void AddResizeCases(CaseList& list) {
  const char* transforms[] = {"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"};
  for (const char* transform : transforms) {
    for (const char* rounding : {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"}) {
      list.Add(std::string("resize_nearest_") + transform + "_" + rounding, 13, 4,
               [=](CaseGraph& g) {
                 g.builder().Floats("scales", {4}, {1.0F, 1.0F, 2.0F, 1.5F});
                 return g.Finish(g.Node("Resize", {g.input(), "", "scales"},
                                        {{"mode", "nearest"},
                                         {"coordinate_transformation_mode", transform},
                                         {"nearest_mode", rounding}}),
                                 4);
               });
    }
    for (const float scale : {2.0F, 0.5F, 1.3F}) {
      list.Add(std::string("resize_linear_") + transform, 13, 4, [=](CaseGraph& g) {
        g.builder().Floats("scales", {4}, {1.0F, 1.0F, scale, 2.0F});
        return g.Finish(g.Node("Resize", {g.input(), "", "scales"},
                               {{"mode", "linear"}, {"coordinate_transformation_mode", transform}}),
                        4);
      });
    }
  }
  for (const char* mode : {"nearest", "linear"}) {
    list.Add(std::string("resize_to_size_") + mode, 18, 4, [=](CaseGraph& g) {
      return g.Finish(
          g.Node("Resize", {g.input(), "", "", g.Ints({1, 4, 31, 17})}, {{"mode", mode}}), 4);
    });
  }
  list.Add("resize_torch_upsample", 11, 4, [](CaseGraph& g) {
    g.builder().Floats("scales", {4}, {1.0F, 1.0F, 2.0F, 2.0F}).Floats("roi", {0}, {});
    return g.Finish(g.Node("Resize", {g.input(), "roi", "scales"},
                           {{"mode", "nearest"},
                            {"coordinate_transformation_mode", "asymmetric"},
                            {"nearest_mode", "floor"}}),
                    4);
  });
}

// Reshape, Transpose, Reshape with the given permutation of [N, a, b, c, H, W].
std::vector<uint8_t> SpelledDepthToSpace(CaseGraph& g, const std::vector<int64_t>& split,
                                         const std::vector<int64_t>& permutation) {
  // Sizes must be constants here; the padded picture is 12 × 8 whatever its own size.
  const std::string fixed = g.Node("Resize", {g.input(), "", "", g.Ints({1, g.channels(), 12, 8})},
                                   {{"mode", "nearest"}});
  const std::string folded = g.Node("Reshape", {fixed, g.Ints(split)});
  const std::string turned = g.Node("Transpose", {folded}, {{"perm", permutation}});
  return g.Finish(g.Node("Reshape", {turned, g.Ints({1, 3, 24, 16})}), 3);
}

std::vector<uint8_t> SpelledSpaceToDepth(CaseGraph& g, const std::vector<int64_t>& permutation) {
  const std::string fixed = g.Node("Resize", {g.input(), "", "", g.Ints({1, g.channels(), 12, 8})},
                                   {{"mode", "nearest"}});
  const std::string folded = g.Node("Reshape", {fixed, g.Ints({1, g.channels(), 6, 2, 4, 2})});
  const std::string turned = g.Node("Transpose", {folded}, {{"perm", permutation}});
  const int64_t channels = 4 * g.channels();
  return g.Finish(g.Node("Reshape", {turned, g.Ints({1, channels, 6, 4})}), channels);
}

void AddShuffleCases(CaseList& list) {
  for (const char* mode : {"DCR", "CRD"}) {
    for (const int64_t block : {2, 3}) {
      list.Add(std::string("depth_to_space_") + mode, 13, 2 * block * block, [=](CaseGraph& g) {
        return g.Finish(g.Node("DepthToSpace", {g.input()}, {{"blocksize", block}, {"mode", mode}}),
                        2);
      });
    }
  }
  list.Add("space_to_depth", 13, 3, [](CaseGraph& g) {
    const std::string fixed =
        g.Node("Resize", {g.input(), "", "", g.Ints({1, 3, 18, 12})}, {{"mode", "nearest"}});
    return g.Finish(g.Node("SpaceToDepth", {fixed}, {{"blocksize", 3}}), 27);
  });
  list.Add("spelled_pixel_shuffle", 13, 12, [](CaseGraph& g) {
    return SpelledDepthToSpace(g, {1, 3, 2, 2, 12, 8}, {0, 1, 4, 2, 5, 3});
  });
  list.Add("spelled_depth_to_space", 13, 12, [](CaseGraph& g) {
    return SpelledDepthToSpace(g, {1, 2, 2, 3, 12, 8}, {0, 3, 4, 1, 5, 2});
  });
  list.Add("spelled_pixel_unshuffle", 13, 3,
           [](CaseGraph& g) { return SpelledSpaceToDepth(g, {0, 1, 3, 5, 2, 4}); });
  list.Add("spelled_space_to_depth", 13, 3,
           [](CaseGraph& g) { return SpelledSpaceToDepth(g, {0, 3, 5, 1, 2, 4}); });
}

void AddSliceCases(CaseList& list) {
  list.Add("slice", 13, 6, [](CaseGraph& g) {
    return g.Finish(g.Node("Slice", {g.input(), g.Ints({1, 2, -7}), g.Ints({5, INT64_MAX, -1}),
                                     g.Ints({1, 2, 3})}),
                    4);
  });
  list.Add("slice_steps", 13, 6, [](CaseGraph& g) {
    return g.Finish(g.Node("Slice", {g.input(), g.Ints({0, 1}), g.Ints({6, 100}), g.Ints({1, 3}),
                                     g.Ints({2, 3})}),
                    3);
  });
  for (const int64_t axis : {1, 2, 3, -1}) {
    list.Add("concat", 13, 4, [=](CaseGraph& g) {
      const std::string other = g.Node("Conv", {g.input(), g.Weights({4, 4, 1, 1})});
      const std::string third = g.Node("Tanh", {g.input()});
      return g.Finish(g.Node("Concat", {g.input(), other, third}, {{"axis", axis}}),
                      axis == 1 ? 12 : 4);
    });
  }
}

}  // namespace

void AddShapeCases(CaseList& list) {
  AddPadCases(list);
  AddResizeCases(list);
  AddShuffleCases(list);
  AddSliceCases(list);
}

}  // namespace brushwork
