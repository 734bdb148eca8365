#include "tests/support/random_graph.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

#include "tests/support/onnx_builder.h"
#include "tests/support/random.h"

namespace brushwork {
namespace {

constexpr int64_t kLargestExtent = 64;
constexpr int64_t kMostChannels = 40;
constexpr int64_t kMostOperators = 8;
// Of one convolution: the references take their time.
constexpr int64_t kMostProducts = 1 << 19;

// A value that operators may read.
struct Value {
  std::string name;
  int64_t channels = 3;
  int64_t height = 1;
  int64_t width = 1;
};

bool IsSmall(const Value& value) {
  return value.height >= 1 && value.height <= kLargestExtent && value.width >= 1 &&
         value.width <= kLargestExtent && value.channels >= 1 && value.channels <= kMostChannels;
}

// Appends operators to the last value. Those that would not fit it leave it as it is.
class Maker {
 public:
  explicit Maker(Choices& choices)
      : choices_(choices), random_(static_cast<uint32_t>(choices.Integer(0, 255))) {
    graph_.height = choices.Integer(1, 24);
    graph_.width = choices.Integer(1, 24);
    quantize_ = choices.Flip();
    builder_.Input("picture", {1, 3, -1, -1});
    values_.push_back({"picture", 3, graph_.height, graph_.width});
  }

  RandomGraph Make() {
    const int64_t count = choices_.Integer(1, kMostOperators);
    if (quantize_) Quantize();
    for (int64_t i = 0; i < count; ++i) {
      AddOne();
      if (quantize_ && choices_.Flip()) Quantize();
    }
    // Nothing else promises that the output depends on the picture and is a layer.
    Append("Relu", {last().name}, {}, last());
    builder_.Output(last().name, {1, last().channels, -1, -1});
    graph_.model = builder_.Build();
    return std::move(graph_);
  }

 private:
  using Step = void (Maker::*)();

  void AddOne() {
    static constexpr std::array<Step, 14> kSteps = {&Maker::Convolve,  &Maker::ConvolveTransposed,
                                                    &Maker::Normalize, &Maker::Activate,
                                                    &Maker::Pad,       &Maker::Resize,
                                                    &Maker::ToSpace,   &Maker::ToDepth,
                                                    &Maker::Shift,     &Maker::Combine,
                                                    &Maker::Join,      &Maker::Cut,
                                                    &Maker::Pool,      &Maker::Gate};
    (this->*kSteps[static_cast<size_t>(choices_.Integer(0, std::ssize(kSteps) - 1))])();
  }

  const Value& last() const { return values_.back(); }
  std::string Fresh() { return "v" + std::to_string(count_++); }

  void Append(const std::string& operation, const std::vector<std::string>& inputs,
              const std::vector<OnnxAttribute>& attributes, Value value) {
    if (operation != "Slice") least_width_ = 1;
    value.name = Fresh();
    builder_.Node(operation, inputs, {value.name}, attributes);
    values_.push_back(std::move(value));
    graph_.operators += (graph_.operators.empty() ? "" : " ") + operation;
  }

  std::string Floats(const std::vector<int64_t>& dims, float low, float high) {
    size_t count = 1;
    for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
    const std::string name = Fresh();
    builder_.Floats(name, dims, random_.Uniforms(count, low, high));
    return name;
  }
  std::string Ints(const std::vector<int64_t>& values) {
    const std::string name = Fresh();
    builder_.Ints(name, values);
    return name;
  }

  // Of sums over `fan_in` products whose size stays about that of the values read.
  std::string Weights(const std::vector<int64_t>& dims, int64_t scale_axis, int64_t fan_in) {
    const float most = 2.0F / static_cast<float>(fan_in);
    if (!quantize_ || choices_.Flip()) return Floats(dims, -most, most);
    size_t count = 1;
    for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
    std::vector<int8_t> values(count);
    for (int8_t& value : values) value = static_cast<int8_t>(random_.Integer(-127, 127));
    const std::string name = Fresh();
    builder_.Int8s(name, dims, values);
    const int64_t scales = dims[static_cast<size_t>(scale_axis)];
    const std::string zeros = Fresh();
    builder_.Int8s(zeros, {scales}, std::vector<int8_t>(static_cast<size_t>(scales), 0));
    const std::string scale = Floats({scales}, 0.5F * most / 127.0F, most / 127.0F);
    const std::string result = Fresh();
    builder_.Node("DequantizeLinear", {name, scale, zeros}, {result}, {{"axis", scale_axis}});
    return result;
  }

  void Quantize() {
    static constexpr std::array<float, 4> kScales = {1.0F / 64, 0.03F, 0.02F, 1.0F / 32};
    const std::string scale = Fresh();
    builder_.Float(scale, kScales[static_cast<size_t>(choices_.Integer(0, 3))]);
    const std::string zero_point = Fresh();
    builder_.Int8s(zero_point, {}, {static_cast<int8_t>(choices_.Integer(-128, 127))});
    const Value& from = last();
    const std::string quantized = Fresh();
    builder_.Node("QuantizeLinear", {from.name, scale, zero_point}, {quantized});
    Append("DequantizeLinear", {quantized, scale, zero_point}, {}, from);
    graph_.is_quantized = true;
  }

  // Windows of convolutions and pools along one axis.
  struct Axis {
    int64_t kernel, stride, dilation, before, after;
    int64_t Places(int64_t extent) const {
      const int64_t room = extent + before + after - (kernel - 1) * dilation - 1;
      return room < 0 ? 0 : room / stride + 1;
    }
    int64_t Grown(int64_t extent) const {
      return stride * (extent - 1) + (kernel - 1) * dilation + 1 - before - after;
    }
  };
  Axis ChooseAxis(int64_t most_padding) {
    const int64_t kernel = choices_.Integer(1, 5);
    return {kernel, choices_.Integer(1, 3), choices_.Integer(1, 2),
            choices_.Integer(0, std::min(most_padding, kernel - 1)),
            choices_.Integer(0, std::min(most_padding, kernel - 1))};
  }
  static std::vector<OnnxAttribute> WindowAttributes(const Axis& rows, const Axis& columns) {
    return {{"strides", {rows.stride, columns.stride}},
            {"dilations", {rows.dilation, columns.dilation}},
            {"pads", {rows.before, columns.before, rows.after, columns.after}}};
  }

  // 1, all channels (depthwise), or a divisor in between.
  int64_t ChooseGroups(int64_t channels) {
    const int64_t choice = choices_.Integer(0, 3);
    if (choice == 0) return channels;
    if (choice == 1 && channels % 2 == 0) return 2;
    return 1;
  }

  void Convolve() {
    const Value from = last();
    const Axis rows = ChooseAxis(4);
    const Axis columns = ChooseAxis(4);
    const int64_t groups = ChooseGroups(from.channels);
    const int64_t outputs = groups * choices_.Integer(1, std::max<int64_t>(20 / groups, 1));
    const Value to{"", outputs, rows.Places(from.height), columns.Places(from.width)};
    const int64_t inputs = from.channels / groups;
    const int64_t taps = inputs * rows.kernel * columns.kernel;
    if (!IsSmall(to) || to.height * to.width * outputs * taps > kMostProducts) return;
    std::vector<OnnxAttribute> attributes = WindowAttributes(rows, columns);
    attributes.emplace_back("group", groups);
    const std::string weights = Weights({outputs, inputs, rows.kernel, columns.kernel}, 0, taps);
    Append("Conv", {from.name, weights, Floats({outputs}, -0.5F, 0.5F)}, attributes, to);
  }

  void ConvolveTransposed() {
    const Value from = last();
    const Axis rows = ChooseAxis(2);
    const Axis columns = ChooseAxis(2);
    const int64_t groups = ChooseGroups(from.channels);
    const int64_t outputs = choices_.Integer(1, std::max<int64_t>(12 / groups, 1));
    const int64_t more_rows = choices_.Integer(0, rows.stride - 1);
    const int64_t more_columns = choices_.Integer(0, columns.stride - 1);
    const Value to{"", outputs * groups, rows.Grown(from.height) + more_rows,
                   columns.Grown(from.width) + more_columns};
    const int64_t taps = from.channels / groups * rows.kernel * columns.kernel;
    if (!IsSmall(to) || from.height * from.width * to.channels * taps > kMostProducts) return;
    // Narrower results than the stride are refused.
    if (to.width < columns.stride) return;
    std::vector<OnnxAttribute> attributes = WindowAttributes(rows, columns);
    attributes.emplace_back("group", groups);
    attributes.emplace_back("output_padding", std::vector<int64_t>{more_rows, more_columns});
    const std::string weights =
        Weights({from.channels, outputs, rows.kernel, columns.kernel}, 1, taps);
    Append("ConvTranspose", {from.name, weights}, attributes, to);
    least_width_ = columns.stride;
  }

  void Normalize() {
    // Each may magnify what is wrong by as much as 1 / sqrt(epsilon).
    if (++normalizations_ > 2) return;
    const Value from = last();
    const std::string scale = Floats({from.channels}, 0.5F, 1.5F);
    const std::string shift = Floats({from.channels}, -0.5F, 0.5F);
    Append("InstanceNormalization", {from.name, scale, shift}, {{"epsilon", 1e-2F}}, from);
  }

  void Activate() {
    static constexpr std::array<const char*, 8> kNames = {
        "Relu", "LeakyRelu", "Tanh", "Sigmoid", "HardSwish", "HardSigmoid", "Abs", "Neg"};
    const Value from = last();
    const int64_t choice = choices_.Integer(0, std::ssize(kNames) + 1);
    if (choice == std::ssize(kNames)) {
      Append("Clip", {from.name, Floats({}, -1.0F, 0.0F), Floats({}, 0.5F, 1.0F)}, {}, from);
    } else if (choice > std::ssize(kNames)) {
      Append("PRelu", {from.name, Floats({from.channels, 1, 1}, -0.5F, 1.0F)}, {}, from);
    } else {
      Append(kNames[static_cast<size_t>(choice)], {from.name}, {}, from);
    }
  }

  void Pad() {
    static constexpr std::array<const char*, 3> kModes = {"reflect", "edge", "constant"};
    const Value from = last();
    const std::string mode = kModes[static_cast<size_t>(choices_.Integer(0, 2))];
    const int64_t most =
        mode == "reflect" ? std::min<int64_t>(3, std::min(from.height, from.width) - 1) : 3;
    std::array<int64_t, 4> pads{};
    for (int64_t& pad : pads) pad = choices_.Integer(0, most);
    const Value to{"", from.channels, from.height + pads[0] + pads[2],
                   from.width + pads[1] + pads[3]};
    if (!IsSmall(to)) return;
    const std::string amounts = Ints({0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]});
    Append("Pad", {from.name, amounts, Floats({}, -1.0F, 1.0F)}, {{"mode", mode}}, to);
  }

  void Resize() {
    static constexpr std::array<const char*, 4> kTransforms = {"half_pixel", "pytorch_half_pixel",
                                                               "asymmetric", "align_corners"};
    static constexpr std::array<const char*, 4> kRoundings = {"floor", "ceil", "round_prefer_floor",
                                                              "round_prefer_ceil"};
    const Value from = last();
    const bool doubles = choices_.Flip();
    const Value to{"", from.channels, doubles ? 2 * from.height : choices_.Integer(1, 40),
                   doubles ? 2 * from.width : choices_.Integer(1, 40)};
    if (!IsSmall(to)) return;
    const std::string sizes = Ints({1, to.channels, to.height, to.width});
    Append("Resize", {from.name, "", "", sizes},
           {{"mode", choices_.Flip() ? "nearest" : "linear"},
            {"coordinate_transformation_mode",
             kTransforms[static_cast<size_t>(choices_.Integer(0, 3))]},
            {"nearest_mode", kRoundings[static_cast<size_t>(choices_.Integer(0, 3))]}},
           to);
  }

  void ToSpace() {
    const Value from = last();
    const int64_t block = choices_.Integer(2, 3);
    if (from.channels % (block * block) != 0) return;
    const Value to{"", from.channels / block / block, from.height * block, from.width * block};
    if (!IsSmall(to)) return;
    Append("DepthToSpace", {from.name},
           {{"blocksize", block}, {"mode", choices_.Flip() ? "DCR" : "CRD"}}, to);
  }

  void ToDepth() {
    const Value from = last();
    const int64_t block = choices_.Integer(2, 3);
    if (from.height % block != 0 || from.width % block != 0) return;
    const Value to{"", from.channels * block * block, from.height / block, from.width / block};
    if (!IsSmall(to)) return;
    Append("SpaceToDepth", {from.name}, {{"blocksize", block}}, to);
  }

  // Arithmetic with one constant per channel, or with one for all.
  void Shift() {
    static constexpr std::array<const char*, 4> kNames = {"Add", "Sub", "Mul", "Div"};
    const Value from = last();
    const int64_t choice = choices_.Integer(0, 3);
    const std::vector<int64_t> dims =
        choices_.Flip() ? std::vector<int64_t>{1, from.channels, 1, 1} : std::vector<int64_t>{};
    const std::string constant = Floats(dims, 0.5F, 1.5F);
    const bool constant_first = choice != 3 && choices_.Flip();
    Append(kNames[static_cast<size_t>(choice)],
           constant_first ? std::vector{constant, from.name} : std::vector{from.name, constant}, {},
           from);
  }

  // An earlier value that `matches` the last one; null if there is none.
  const Value* ChooseEarlier(const std::function<bool(const Value&)>& matches) {
    const auto skipped = choices_.Integer(0, std::ssize(values_) - 1);
    for (auto i = std::ssize(values_) - 1 - skipped; i >= 0; --i) {
      const Value& value = values_[static_cast<size_t>(i)];
      if (matches(value)) return &value;
    }
    return nullptr;
  }

  void Combine() {
    static constexpr std::array<const char*, 3> kNames = {"Add", "Sub", "Mul"};
    const Value from = last();
    const Value* other = ChooseEarlier([&](const Value& value) {
      return value.channels == from.channels && value.height == from.height &&
             value.width == from.width;
    });
    if (other == nullptr) return;
    // Products of products would leave the range in which errors can be told.
    const int64_t most = ++products_ > 2 ? 1 : 2;
    const std::string earlier = other->name;
    Append(kNames[static_cast<size_t>(choices_.Integer(0, most))],
           choices_.Flip() ? std::vector{earlier, from.name} : std::vector{from.name, earlier}, {},
           from);
  }

  void Join() {
    const Value from = last();
    const int64_t axis = choices_.Integer(1, 3);
    const Value* other = ChooseEarlier([&](const Value& value) {
      return (axis == 1 || value.channels == from.channels) &&
             (axis == 2 || value.height == from.height) && (axis == 3 || value.width == from.width);
    });
    if (other == nullptr) return;
    Value to = from;
    (axis == 1   ? to.channels
     : axis == 2 ? to.height
                 : to.width) += axis == 1   ? other->channels
                                : axis == 2 ? other->height
                                            : other->width;
    if (!IsSmall(to)) return;
    const std::string earlier = other->name;
    Append("Concat",
           choices_.Flip() ? std::vector{earlier, from.name} : std::vector{from.name, earlier},
           {{"axis", axis}}, to);
  }

  void Cut() {
    const Value from = last();
    Value to = from;
    std::vector<int64_t> begins;
    std::vector<int64_t> ends;
    std::vector<int64_t> steps;
    for (int64_t* extent : {&to.channels, &to.height, &to.width}) {
      const int64_t begin = choices_.Integer(0, *extent - 1);
      const int64_t end = choices_.Integer(begin + 1, *extent);
      const int64_t step = choices_.Integer(1, 3);
      begins.push_back(begin);
      ends.push_back(end);
      steps.push_back(step);
      *extent = (end - begin + step - 1) / step;
    }
    if (to.width < least_width_) return;
    Append("Slice", {from.name, Ints(begins), Ints(ends), Ints({1, 2, 3}), Ints(steps)}, {}, to);
  }

  void Pool() {
    const Value from = last();
    Axis rows = ChooseAxis(1);
    Axis columns = ChooseAxis(1);
    rows.dilation = columns.dilation = 1;
    const Value to{"", from.channels, rows.Places(from.height), columns.Places(from.width)};
    if (!IsSmall(to)) return;
    const bool is_average = choices_.Flip();
    std::vector<OnnxAttribute> attributes{
        {"kernel_shape", {rows.kernel, columns.kernel}},
        {"strides", {rows.stride, columns.stride}},
        {"pads", {rows.before, columns.before, rows.after, columns.after}}};
    if (is_average) attributes.emplace_back("count_include_pad", choices_.Integer(0, 1));
    Append(is_average ? "AveragePool" : "MaxPool", {from.name}, attributes, to);
  }

  // Every channel times a number between 0 and 1 that its mean decides.
  void Gate() {
    const Value from = last();
    const Value mean{"", from.channels, 1, 1};
    Append("GlobalAveragePool", {from.name}, {}, mean);
    Append("Sigmoid", {last().name}, {}, mean);
    const std::string gate = last().name;
    Append("Mul", choices_.Flip() ? std::vector{gate, from.name} : std::vector{from.name, gate}, {},
           from);
  }

  Choices& choices_;
  Random random_;
  RandomGraph graph_;
  OnnxBuilder builder_{18};
  std::vector<Value> values_;
  bool quantize_ = false;
  int count_ = 0;
  int normalizations_ = 0;
  // Of the last value: cuts are joined to a transposed convolution, which refuses less than its
  // stride.
  int64_t least_width_ = 1;
  int products_ = 0;
};

}  // namespace

RandomGraph MakeRandomGraph(Choices& choices) { return Maker(choices).Make(); }

}  // namespace brushwork
