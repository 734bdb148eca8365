#include "marshal.h"

#include <cstring>
#include <utility>

#include "bindings.h"

namespace brushwork::wasm {

using emscripten::val;

namespace {

// A typed array of the same element type, copied into engine memory.
template <typename T>
std::vector<T> CopyArrayIn(const val& array) {
  std::vector<T> copy(array["length"].as<size_t>());
  val(emscripten::typed_memory_view(copy.size(), copy.data())).call<void>("set", array);
  return copy;
}

template <typename T>
val CopyArrayOut(const char* type, std::span<const T> values) {
  val array = val::global(type).new_(values.size());
  array.call<void>("set", val(emscripten::typed_memory_view(values.size(), values.data())));
  return array;
}

ColorEncoding ReadColorEncoding(const val& encoding) {
  return {.low = encoding["low"].as<float>(),
          .high = encoding["high"].as<float>(),
          .order = encoding["bgr"].as<bool>() ? ChannelOrder::kBgr : ChannelOrder::kRgb};
}

// The one place that knows the core's precisions.
GeneratorPrecision ReadPrecision(const std::string& name) {
  if (name == "float") return GeneratorPrecision::kFloat;
  return name == "int8" ? GeneratorPrecision::kInt8 : GeneratorPrecision::kAuto;
}

StatisticsSource ReadSource(const std::string& name) {
  for (const auto source :
       {StatisticsSource::kExact, StatisticsSource::kThumbnail, StatisticsSource::kGiven}) {
    if (name == SourceName(source)) return source;
  }
  return StatisticsSource::kAuto;
}

Status CheckRows(RowRange rows, int height) {
  if (rows.begin >= 0 && rows.begin < rows.end && rows.end <= height) return OkStatus();
  return InvalidArgument("rows: got " + std::to_string(rows.begin) + " to " +
                         std::to_string(rows.end) + ", needed some within 0 to " +
                         std::to_string(height));
}

int64_t ReadPixelLimit(double max_pixels) {
  constexpr double kNone = 9.0e15;
  return max_pixels > 0 && max_pixels < kNone ? static_cast<int64_t>(max_pixels) : 0;
}

}  // namespace

std::vector<uint8_t> CopyIn(const val& bytes) { return CopyArrayIn<uint8_t>(bytes); }

val CopyOut(std::span<const uint8_t> bytes) { return CopyArrayOut("Uint8Array", bytes); }

std::vector<float> CopyFloatsIn(const val& floats) { return CopyArrayIn<float>(floats); }

val CopyFloatsOut(std::span<const float> floats) { return CopyArrayOut("Float32Array", floats); }

StatusOr<Image> ImageFromPixels(const val& pixels, int width, int height) {
  BRUSHWORK_ASSIGN_OR_RETURN(Image image, Image::Create(width, height));
  const size_t length = pixels["length"].as<size_t>();
  if (length != image.bytes().size()) {
    return InvalidArgument("image.data: got " + std::to_string(length) + " bytes, needed " +
                           std::to_string(image.bytes().size()) + " for " + std::to_string(width) +
                           "x" + std::to_string(height) + " RGBA pixels");
  }
  val(emscripten::typed_memory_view(length, image.data())).call<void>("set", pixels);
  return image;
}

StatusOr<Image> CopyRows(const Image& image, RowRange rows) {
  BRUSHWORK_RETURN_IF_ERROR(CheckRows(rows, image.height()));
  BRUSHWORK_ASSIGN_OR_RETURN(Image copy,
                             Image::Create(image.width(), static_cast<int>(rows.size())));
  std::memcpy(copy.data(), image.row(static_cast<int>(rows.begin)), copy.bytes().size());
  return copy;
}

val WriteImage(const Image& image) {
  val result = val::object();
  result.set("width", image.width());
  result.set("height", image.height());
  result.set("data", CopyOut(image.bytes()));
  return result;
}

val WriteRowsOf(const ImageView& image, const RowRange& rows) {
  val result = val::object();
  result.set("width", image.width);
  result.set("height", image.height);
  result.set("top", static_cast<int>(rows.begin));
  const size_t row_bytes = static_cast<size_t>(image.width) * 4;
  result.set("data", CopyOut({image.data + static_cast<size_t>(rows.begin) * row_bytes,
                              static_cast<size_t>(rows.size()) * row_bytes}));
  return result;
}

GeneratorOptions ReadGeneratorOptions(const val& options) {
  return {.input = ReadColorEncoding(options["input"]),
          .output = ReadColorEncoding(options["output"]),
          .precision = ReadPrecision(options["precision"].as<std::string>())};
}

StylizerOptions ReadStylizerOptions(const val& options) {
  return {.threads = options["threads"].as<int>(),
          .band_rows = options["bandRows"].as<int>(),
          .profile = options["profile"].as<bool>()};
}

StylizeOptions ReadComposeOptions(const val& options) {
  StylizeOptions result;
  result.strength = options["strength"].as<float>();
  result.preserve_color = options["preserveColor"].as<float>();
  const val mask = options["mask"];
  if (!mask.isUndefined()) result.mask = mask.as<std::shared_ptr<MaskHandle>>()->mask;
  return result;
}

StatusOr<StylizeOptions> ReadStylizeOptions(const val& options) {
  StylizeOptions result = ReadComposeOptions(options);
  result.max_pixels = ReadPixelLimit(options["maxPixels"].as<double>());
  result.brush = options["brush"].as<float>();
  result.statistics = ReadSource(options["statistics"].as<std::string>());
  if (result.statistics == StatisticsSource::kGiven) {
    BRUSHWORK_ASSIGN_OR_RETURN(NormStatistics given, ReadStatistics(options["given"]));
    result.given = std::make_shared<const NormStatistics>(std::move(given));
  }
  result.style = ReadOptionalStyle(options["style"]);
  return result;
}

StyleVector ReadStyle(const val& style) { return {CopyFloatsIn(style)}; }

std::shared_ptr<const StyleVector> ReadOptionalStyle(const val& style) {
  if (style.isUndefined()) return nullptr;
  return std::make_shared<const StyleVector>(ReadStyle(style));
}

val WriteStyle(const StyleVector& style) { return CopyFloatsOut(style.values); }

StatusOr<std::vector<WeightedStyle>> ReadWeightedStyles(const val& vectors, const val& weights) {
  const std::vector<float> numbers = CopyArrayIn<float>(weights);
  const size_t count = vectors["length"].as<size_t>();
  if (numbers.size() != count) {
    return InvalidArgument("styles: got " + std::to_string(count) + " and " +
                           std::to_string(numbers.size()) + " weights");
  }
  std::vector<WeightedStyle> styles;
  for (size_t i = 0; i < count; ++i) {
    BRUSHWORK_ASSIGN_OR_RETURN(StyleVector style, UnpackStyle(CopyIn(vectors[i])));
    styles.push_back({std::move(style), numbers[i]});
  }
  return styles;
}

RowRange ReadRows(const val& rows) { return {rows["begin"].as<int>(), rows["end"].as<int>()}; }

val WriteRows(const RowRange& rows) {
  val result = val::object();
  result.set("begin", static_cast<int>(rows.begin));
  result.set("end", static_cast<int>(rows.end));
  return result;
}

StatusOr<NormStatistics> ReadStatistics(const val& packed) {
  const std::vector<uint32_t> counts = CopyArrayIn<uint32_t>(packed["channels"]);
  const std::vector<size_t> channels(counts.begin(), counts.end());
  return UnpackStatistics(CopyFloatsIn(packed["values"]), channels);
}

val WriteStatistics(const NormStatistics& statistics) {
  std::vector<uint32_t> channels;
  for (const ChannelStatistics& layer : statistics.layers) {
    channels.push_back(static_cast<uint32_t>(layer.mean.size()));
  }
  const std::vector<float> values = PackStatistics(statistics);
  val result = val::object();
  result.set("channels", CopyArrayOut<uint32_t>("Uint32Array", channels));
  result.set("values", CopyFloatsOut(values));
  return result;
}

std::string_view SourceName(StatisticsSource source) {
  switch (source) {
    case StatisticsSource::kAuto:
      return "auto";
    case StatisticsSource::kExact:
      return "exact";
    case StatisticsSource::kThumbnail:
      return "thumbnail";
    case StatisticsSource::kGiven:
      return "given";
  }
  return "auto";
}

namespace {

val ShapeArray(const Shape4& shape) {
  val array = val::array();
  for (const int64_t size : {shape.height, shape.width, shape.channels}) {
    array.call<void>("push", static_cast<double>(size));
  }
  return array;
}

}  // namespace

std::string ProfileJson(std::span<const StepProfile> profile) {
  val steps = val::array();
  for (const StepProfile& measured : profile) {
    val step = val::object();
    step.set("name", measured.step.name);
    step.set("kind", measured.step.kind);
    step.set("folded", measured.step.folded);
    step.set("input", ShapeArray(measured.step.input));
    step.set("output", ShapeArray(measured.step.output));
    step.set("type", std::string(measured.step.type == DataType::kInt8 ? "int8" : "float"));
    step.set("multiplyAdds", static_cast<double>(measured.step.multiply_adds));
    step.set("milliseconds", measured.milliseconds);
    steps.call<void>("push", step);
  }
  return val::global("JSON").call<std::string>("stringify", steps);
}

}  // namespace brushwork::wasm
