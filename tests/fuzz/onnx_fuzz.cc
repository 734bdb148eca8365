// Any bytes as an ONNX file: a model, or an error that says why.
#include "model/model.h"
#include "model/onnx_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/onnx_mutator.h"

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  return brushwork::fuzz::MutateOnnxInput(data, size, max_size, 0, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace brushwork;  // NOLINT
  const std::span<const uint8_t> bytes(data, size);
  const StatusOr<OnnxModelMessage> message = ReadOnnxModel(bytes);
  if (!message.ok()) fuzz::RequireRefusal(message.status());
  const StatusOr<Model> model = Model::Read(bytes);
  if (!model.ok()) {
    fuzz::RequireRefusal(model.status());
    return 0;
  }
  fuzz::Require(message.ok(), "a model is an ONNX file");
  fuzz::Require(model->declared_height() >= 0 && model->declared_width() >= 0,
                "a declared size is a size");
  fuzz::Require(model->Metadata("no such entry").empty(), "there is no such entry");
  return 0;
}
