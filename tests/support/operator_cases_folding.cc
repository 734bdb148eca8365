#include "tests/support/operator_cases.h"

namespace brushwork {
namespace {

// What torch writes for interpolate(x, size=(2 * h, 2 * w)): the size computed from the shape.
std::vector<uint8_t> UpsampleByShape(CaseGraph& g) {
  const std::string shape = g.Node("Shape", {g.input()});
  const std::string height = g.Node("Gather", {shape, g.Ints({2})}, {{"axis", 0}});
  const std::string width = g.Node("Gather", {shape, g.Ints({3})}, {{"axis", 0}});
  const std::string two = g.Ints({2});
  const std::string taller = g.Node("Mul", {height, two});
  const std::string as_float = g.Node("Cast", {g.Node("Mul", {width, two})}, {{"to", 1}});
  const std::string wider = g.Node("Cast", {g.Node("Floor", {as_float})}, {{"to", 7}});
  const std::string front =
      g.Node("Slice", {shape, g.Ints({0}), g.Ints({2}), g.Ints({0}), g.Ints({1})});
  const std::string size = g.Node("Concat", {front, taller, wider}, {{"axis", 0}});
  return g.Finish(g.Node("Resize", {g.input(), "", "", size},
                         {{"mode", "nearest"},
                          {"coordinate_transformation_mode", "asymmetric"},
                          {"nearest_mode", "floor"}}),
                  g.channels());
}

// Crops by a computed end, as skip connections do.
std::vector<uint8_t> SliceByShape(CaseGraph& g) {
  const std::string shape = g.Node("Shape", {g.input()});
  const std::string height = g.Node("Gather", {shape, g.Ints({2})});
  const std::string end = g.Node("Sub", {height, g.Ints({3})});
  return g.Finish(g.Node("Slice", {g.input(), g.Ints({1}), end, g.Ints({2}), g.Ints({1})}),
                  g.channels());
}

std::vector<uint8_t> PadByShape(CaseGraph& g) {
  g.builder().Node("ConstantOfShape", {g.Ints({4})}, {"front"},
                   {{"value", OnnxTensorData({1}, std::vector<int64_t>{0})}});
  const std::string pads = g.Node("Concat", {"front", g.Ints({0, 0, 2, 1})}, {{"axis", 0}});
  return g.Finish(g.Node("Pad", {g.input(), pads}, {{"mode", "reflect"}}), g.channels());
}

}  // namespace

void AddFoldingCases(CaseList& list) {
  list.Add("upsample_by_shape", 13, 4, UpsampleByShape);
  list.Add("slice_by_shape", 13, 4, SliceByShape);
  list.Add("pad_by_shape", 13, 4, PadByShape);
  list.Add("constant_nodes", 13, 4, [](CaseGraph& g) {
    g.builder().Node("Constant", {}, {"half"}, {{"value_float", 0.5F}});
    g.builder().Node("Constant", {}, {"pads"},
                     {{"value_ints", std::vector<int64_t>{0, 0, 1, 1, 0, 0, 1, 1}}});
    const std::string padded = g.Node("Pad", {g.input(), "pads", "half"});
    return g.Finish(g.Node("Mul", {padded, "half"}), 4);
  });
  list.Add("identity_dropout_cast", 13, 4, [](CaseGraph& g) {
    const std::string same = g.Node("Identity", {g.input()});
    const std::string kept = g.Node("Dropout", {same});
    return g.Finish(g.Node("Cast", {kept}, {{"to", 1}}), 4);
  });
  list.Add("weights_behind_identity", 13, 4, [](CaseGraph& g) {
    const std::string weights = g.Node("Identity", {g.Weights({6, 4, 3, 3})});
    return g.Finish(g.Node("Conv", {g.input(), weights}), 6);
  });
  list.Add("squeeze_unsqueeze", 13, 4, [](CaseGraph& g) {
    const std::string mean = g.Node("GlobalAveragePool", {g.input()});
    const std::string flat = g.Node("Squeeze", {mean, g.Ints({2, 3})});
    const std::string column = g.Node("Unsqueeze", {flat, g.Ints({2, 3})});
    return g.Finish(g.Node("Add", {g.input(), column}), 4);
  });
}

}  // namespace brushwork
