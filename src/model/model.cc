#include "model/model.h"

#include <new>
#include <utility>

#include "base/memory_refused.h"
#include "model/graph.h"
#include "model/lowering.h"
#include "model/onnx_reader.h"

namespace brushwork {
namespace {

// A model that runs at no size is better refused when it is read. Sizes that merely don't fit say
// nothing about others.
Status TryOneSize(const Graph& graph) {
  constexpr int64_t kTrialExtent = 256;  // even many times over
  const bool is_static = graph.declared_height() > 0 && graph.declared_width() > 0;
  const int64_t height = is_static ? graph.declared_height() : kTrialExtent;
  const int64_t width = is_static ? graph.declared_width() : kTrialExtent;
  const StatusOr<Network> network = Lowering::Run(graph, height, width);
  if (network.status().code() == StatusCode::kInvalidArgument) return OkStatus();
  return network.status();
}

}  // namespace

Model::Model(std::unique_ptr<const Graph> graph) : graph_(std::move(graph)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

StatusOr<Model> Model::Read(std::span<const uint8_t> bytes) {
  return WithinMemory("a model", [&]() -> StatusOr<Model> {
    BRUSHWORK_ASSIGN_OR_RETURN(OnnxModelMessage message, ReadOnnxModel(bytes));
    BRUSHWORK_ASSIGN_OR_RETURN(std::unique_ptr<const Graph> graph,
                               Graph::Create(std::move(message)));
    BRUSHWORK_RETURN_IF_ERROR(TryOneSize(*graph));
    return Model(std::move(graph));
  });
}

int64_t Model::declared_height() const { return graph_->declared_height(); }
int64_t Model::declared_width() const { return graph_->declared_width(); }

StatusOr<Network> Model::Specialize(int64_t height, int64_t width) const {
  try {
    return Lowering::Run(*graph_, height, width);
  } catch (const std::bad_alloc&) {
    return MemoryRefused("a network", width, height);
  }
}

std::string Model::Metadata(const std::string& key) const { return graph_->Metadata(key); }

}  // namespace brushwork
