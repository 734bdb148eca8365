#include "gpu/float_graph.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "gpu/coefficients.h"
#include "gpu/float_network.h"
#include "gpu/graph_layers.h"
#include "gpu/onnx_writer.h"
#include "plan/frame.h"

namespace brushwork {
namespace {

constexpr int64_t kOpset = 17;
constexpr const char* kPicture = "picture";
constexpr const char* kCoefficients = "coefficients";
constexpr const char* kPainting = "painting";

// The graph must be the same for all of these, {width, height}: odd and even, and no two alike.
constexpr std::array<std::array<int, 2>, 3> kSizes = {{{160, 160}, {163, 161}, {198, 234}}};

// One network's layers as a graph, and where in it each of them begins.
class GraphBuilder {
 public:
  GraphBuilder(const Network& network, OnnxWriter& writer)
      : network_(network),
        convolutions_(FoldingConvolutions(network)),
        folds_(network.layers.size(), false),
        activated_(network.values.size(), false),
        writer_(writer) {
    for (const int convolution : convolutions_) {
      if (convolution >= 0) folds_[static_cast<size_t>(convolution)] = true;
    }
    for (const Layer& layer : network.layers) {
      activated_[layer.output] = IsFusable(layer.parameters);
    }
  }

  Status Build() {
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      begins_.push_back(writer_.size());
      // Convolutions that a normalization scales are written with it.
      if (!folds_[i]) BRUSHWORK_RETURN_IF_ERROR(AddOne(i));
    }
    begins_.push_back(writer_.size());
    if (network_.output == network_.input) {
      writer_.AddNode("Identity", kPainting, {kPicture}, kPainting);
    }
    return OkStatus();
  }

  int64_t coefficients() const { return coefficients_; }
  const std::vector<size_t>& begins() const { return begins_; }

 private:
  Status AddOne(size_t i) {
    const auto* normalization = std::get_if<NormalizationLayer>(&network_.layers[i].parameters);
    if (normalization == nullptr) {
      return AddLayer(network_.layers[i].parameters, PlaceOf(i), writer_);
    }
    const auto channels = static_cast<int64_t>(normalization->scale.size());
    GraphPlace place = PlaceOf(i);
    const GraphScaling scaling{NextCoefficients(place.name + ".scales", channels),
                               NextCoefficients(place.name + ".shifts", channels)};
    if (convolutions_[i] < 0) {
      AddScaling(place, scaling, writer_);
      return OkStatus();
    }
    const auto convolution = static_cast<size_t>(convolutions_[i]);
    place.inputs = PlaceOf(convolution).inputs;
    AddScaledConvolution(network_.layers[convolution].parameters, place, scaling, writer_);
    return OkStatus();
  }

  GraphPlace PlaceOf(size_t i) const {
    const Layer& layer = network_.layers[i];
    // Numbered, for names in files need not differ.
    GraphPlace place{.name = std::to_string(i) + "." + layer.name,
                     .inputs = {},
                     .output = ValueName(layer.output),
                     .input_shapes = {},
                     .output_shape = network_.values[layer.output].shape,
                     .behind_activation = false};
    for (const ValueId input : layer.inputs) {
      place.inputs.push_back(ValueName(input));
      place.input_shapes.push_back(network_.values[input].shape);
      place.behind_activation = place.behind_activation || activated_[input];
    }
    return place;
  }

  std::string ValueName(ValueId value) const {
    if (value == network_.input) return kPicture;
    if (value == network_.output) return kPainting;
    return "value." + std::to_string(value);
  }

  // A slice for each. (One Split would bind all of them to one shader, which may have eight.)
  std::string NextCoefficients(const std::string& name, int64_t count) {
    const auto ints = [&](const char* what, int64_t value) {
      writer_.AddInts(name + what, std::array{value});
      return name + what;
    };
    writer_.AddNode("Slice", name,
                    {kCoefficients, ints(".begin", coefficients_),
                     ints(".end", coefficients_ + count), ints(".axis", 1)},
                    name);
    coefficients_ += count;
    return name;
  }

  const Network& network_;
  std::vector<int> convolutions_;  // FoldingConvolutions
  std::vector<bool> folds_;        // by layer: convolutions that are written with a normalization
  std::vector<bool> activated_;    // by value: what an activation writes that is fusable
  OnnxWriter& writer_;
  std::vector<size_t> begins_;
  int64_t coefficients_ = 0;
};

struct BuiltGraph {
  OnnxWriter writer{"generator"};
  std::vector<size_t> begins;      // where each layer begins, and where the last one ends
  std::vector<std::string> names;  // of the layers
  int64_t coefficients = 0;

  std::string_view LayerBytes(size_t i) const {
    return writer.BytesFrom(begins[i]).substr(0, begins[i + 1] - begins[i]);
  }
};

StatusOr<BuiltGraph> Build(const Network& network) {
  BuiltGraph built;
  for (const Layer& layer : network.layers) {
    built.names.push_back(layer.name + "' (" + LayerKindName(layer.parameters) + ")");
  }
  GraphBuilder builder(network, built.writer);
  BRUSHWORK_RETURN_IF_ERROR(builder.Build());
  built.begins = builder.begins();
  built.coefficients = builder.coefficients();
  return built;
}

Status CheckSame(const BuiltGraph& one, const BuiltGraph& other) {
  const size_t count = std::min(one.names.size(), other.names.size());
  for (size_t i = 0; i < count; ++i) {
    if (one.LayerBytes(i) == other.LayerBytes(i)) continue;
    return UnsupportedModel("layer '" + one.names[i] +
                            " can't be painted by a GPU: it is another one for pictures of "
                            "another size");
  }
  if (one.names.size() == other.names.size()) return OkStatus();
  return UnsupportedModel("the model has other layers for pictures of another size");
}

double BytesPerPixel(const Network& network) {
  int64_t largest = network.values[network.input].shape.elements();
  for (const Layer& layer : network.layers) {
    largest = std::max(largest, network.values[layer.output].shape.elements());
  }
  const auto pixels = static_cast<double>(network.values[network.input].shape.pixels());
  return static_cast<double>(largest) * static_cast<double>(sizeof(float)) / pixels;
}

void AddInterface(const FloatGraph& graph, const Network& network, OnnxWriter& writer) {
  const Shape4& in = network.values[network.input].shape;
  const Shape4& out = network.values[network.output].shape;
  std::vector<OnnxWriter::Dimension> picture{int64_t{1}, in.channels, "height", "width"};
  std::vector<OnnxWriter::Dimension> painting = picture;
  if (graph.height > 0) picture = {int64_t{1}, in.channels, graph.height, graph.width};
  // Of dimensions of one name engines expect one size.
  if (out != in || graph.height > 0) {
    painting = {int64_t{1}, out.channels, "painted height", "painted width"};
  }
  writer.AddInput(kPicture, picture);
  if (graph.coefficients > 0) {
    writer.AddInput(kCoefficients, {int64_t{1}, graph.coefficients, int64_t{1}, int64_t{1}});
  }
  writer.AddOutput(kPainting, painting);
}

FloatGraph Finish(const Network& network, BuiltGraph built, FrameFit fit) {
  FloatGraph graph;
  graph.coefficients = built.coefficients;
  graph.bytes_per_pixel = BytesPerPixel(network);
  if (fit == FrameFit::kScale) {
    graph.height = network.values[network.input].shape.height;
    graph.width = network.values[network.input].shape.width;
  }
  AddInterface(graph, network, built.writer);
  graph.onnx = built.writer.Finish(kOpset);
  return graph;
}

}  // namespace

StatusOr<FloatGraph> WriteFloatGraph(const Network& network) {
  BRUSHWORK_ASSIGN_OR_RETURN(BuiltGraph built, Build(network));
  return Finish(network, std::move(built), FrameFit::kExtend);
}

StatusOr<FloatGraph> ExportFloatGraph(const Model& model) {
  BRUSHWORK_ASSIGN_OR_RETURN(const Frame frame, FitFrame(model, kSizes[0][0], kSizes[0][1]));
  const Network network = ToFloatNetwork(frame.network);
  BRUSHWORK_ASSIGN_OR_RETURN(BuiltGraph built, Build(network));
  for (size_t i = 1; frame.fit == FrameFit::kExtend && i < kSizes.size(); ++i) {
    BRUSHWORK_ASSIGN_OR_RETURN(const Frame other, FitFrame(model, kSizes[i][0], kSizes[i][1]));
    BRUSHWORK_ASSIGN_OR_RETURN(const BuiltGraph another, Build(ToFloatNetwork(other.network)));
    BRUSHWORK_RETURN_IF_ERROR(CheckSame(built, another));
  }
  return Finish(network, std::move(built), frame.fit);
}

}  // namespace brushwork
