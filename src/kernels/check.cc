#include "kernels/check.h"

#include <cmath>
#include <string>

#include "base/checked.h"

namespace brushwork {
namespace {

std::string_view TypeName(DataType type) { return type == DataType::kFloat32 ? "float" : "int8"; }

// In 64 bits on every platform: of large activations only some rows are ever in memory.
bool CountFits(const Shape4& shape) {
  const auto rows = CheckedMultiply(shape.batch, shape.height);
  const auto pixels = rows ? CheckedMultiply(*rows, shape.width) : std::nullopt;
  const auto bytes = pixels ? CheckedMultiply(*pixels, shape.channels) : std::nullopt;
  return bytes && CheckedMultiply(*bytes, 4);
}

Status Defect(std::string_view kernel, const std::string& message) {
  return Internal(std::string(kernel) + ": " + message);
}

}  // namespace

Status CheckSpec(std::string_view kernel, const TensorSpec& spec) {
  const Shape4& shape = spec.shape;
  const bool positive =
      shape.batch > 0 && shape.height > 0 && shape.width > 0 && shape.channels > 0;
  if (!positive || !CheckedSize({shape.width, shape.channels, 4}) || !CountFits(shape)) {
    return Defect(kernel, "shape " + shape.ToString() + " has no valid size");
  }
  if (spec.type != DataType::kInt8) return OkStatus();
  const Quantization& quantization = spec.quantization;
  if (!std::isnormal(quantization.scale) || quantization.scale < 0.0F ||
      quantization.zero_point < -128 || quantization.zero_point > 127) {
    return Defect(kernel, "quantization with scale " + std::to_string(quantization.scale) +
                              " and zero point " + std::to_string(quantization.zero_point));
  }
  return OkStatus();
}

Status CheckShapes(std::string_view kernel, const TensorSpec& input, const TensorSpec& output,
                   const Shape4& required_output) {
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kernel, input));
  BRUSHWORK_RETURN_IF_ERROR(CheckSpec(kernel, output));
  if (output.shape == required_output) return OkStatus();
  return Defect(kernel, "output shape is " + output.shape.ToString() + ", needs " +
                            required_output.ToString());
}

Status CheckSameType(std::string_view kernel, const TensorSpec& input, const TensorSpec& output) {
  if (input.type != output.type) return UnsupportedTypes(kernel, input, output);
  if (input.type == DataType::kInt8 && input.quantization != output.quantization) {
    return Defect(kernel, "input and output differ in quantization");
  }
  return OkStatus();
}

Status CheckType(std::string_view kernel, DataType type, const TensorSpec& input,
                 const TensorSpec& output) {
  if (input.type == type && output.type == type) return OkStatus();
  return UnsupportedTypes(kernel, input, output);
}

Status UnsupportedTypes(std::string_view kernel, const TensorSpec& input,
                        const TensorSpec& output) {
  return Defect(kernel, "types " + std::string(TypeName(input.type)) + " → " +
                            std::string(TypeName(output.type)) + " are not supported");
}

}  // namespace brushwork
