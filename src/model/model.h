// ONNX bytes to an immutable, validated graph, and that graph to a Network of a given size.
// Reads opset 11 to 21 of the default domain. Open Neural Network Exchange, IR version 3 and later.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/status.h"
#include "model/network.h"

namespace brushwork {

class Graph;  // model/graph.h

class Model {
 public:
  // Reads and validates. Copies what it needs of `bytes`. kInvalidModel for damaged or inconsistent
  // files (naming the place), kUnsupportedModel for operators or attributes that brushwork does not
  // run (naming node and operator), and for models that are not one picture in (a float NCHW input
  // with 3 channels), one activation out (NCHW, of any channels).
  static StatusOr<Model> Read(std::span<const uint8_t> bytes);

  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  // The size the file declares for its input, or 0 where it is dynamic.
  int64_t declared_height() const;
  int64_t declared_width() const;

  // The network for an input [1, height, width, 3]. Shapes are inferred and everything that
  // depends on shapes alone is folded. Declared sizes of the file are ignored. kInvalidArgument if
  // this size does not fit the model (the message says why, such as a reflect padding larger than
  // the picture or a residual addition of different sizes), kUnsupportedModel as for Read.
  StatusOr<Network> Specialize(int64_t height, int64_t width) const;

  // The value of a metadata_props entry, or an empty string.
  std::string Metadata(const std::string& key) const;

 private:
  explicit Model(std::unique_ptr<const Graph> graph);
  std::unique_ptr<const Graph> graph_;
};

}  // namespace brushwork
