// Writes the float graphs that native ONNX Runtime is to run, for the tests to be compared with:
//   make_gpu_cases FOLDER
// FOLDER/gpu_cases.json has `cases`, a list of { name, height, width, coefficients }, and
// `refused`, an object of the names of cases that have no such graph and why. Beside it lie
// NAME.onnx, NAME.input.f32, the picture [1, 3, height, width], and, unless `coefficients` is 0,
// NAME.coefficients.f32, as many values.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "gpu/coefficients.h"
#include "gpu/float_graph.h"
#include "gpu/float_network.h"
#include "model/model.h"
#include "tests/support/gpu_cases.h"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using brushwork::FloatGraph;
using brushwork::GpuCase;
using brushwork::Model;
using brushwork::Network;
using brushwork::StatusOr;

template <typename T>
T Need(StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().message());
  return std::move(value).value();
}

template <typename T>
void Write(const fs::path& path, const std::vector<T>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
  file.close();
  if (!file) throw std::runtime_error("can't write " + path.string());
}

class GpuCases {
 public:
  explicit GpuCases(fs::path folder) : folder_(std::move(folder)) {}

  void Add(const GpuCase& made) {
    const Model model = Need(Model::Read(made.model));
    const Network network =
        brushwork::ToFloatNetwork(Need(model.Specialize(made.height, made.width)));
    // Of a generator the graph for every size.
    const StatusOr<FloatGraph> graph = made.is_generator ? brushwork::ExportFloatGraph(model)
                                                         : brushwork::WriteFloatGraph(network);
    if (!graph.ok()) {
      refused_[made.name] = graph.status().message();
      return;
    }
    const brushwork::MeasuredPainting painting = brushwork::MeasureAndPaint(network, made);
    const std::vector<float> coefficients =
        Need(brushwork::Coefficients(brushwork::GraphNormalizations(network), painting.statistics,
                                     made.style.values.empty() ? nullptr : &made.style));
    if (static_cast<int64_t>(coefficients.size()) != graph->coefficients) {
      throw std::runtime_error(made.name + ": the graph takes another number of coefficients");
    }
    Write(folder_ / (made.name + ".onnx"), graph->onnx);
    Write(folder_ / (made.name + ".input.f32"), made.planes);
    if (!coefficients.empty()) Write(folder_ / (made.name + ".coefficients.f32"), coefficients);
    cases_.push_back({{"name", made.name},
                      {"height", made.height},
                      {"width", made.width},
                      {"coefficients", coefficients.size()}});
  }

  void Finish() const {
    const std::string text = Json{{"cases", cases_}, {"refused", refused_}}.dump(1);
    Write(folder_ / "gpu_cases.json", std::vector<char>(text.begin(), text.end()));
    std::printf("%zu graphs for GPUs, %zu refused\n", cases_.size(), refused_.size());
  }

 private:
  fs::path folder_;
  Json cases_ = Json::array();
  Json refused_ = Json::object();
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_gpu_cases FOLDER\n", stderr);
    return 2;
  }
  try {
    fs::create_directories(argv[1]);
    GpuCases cases(argv[1]);
    for (const GpuCase& made : brushwork::AllGpuCases()) cases.Add(made);
    cases.Finish();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_gpu_cases: %s\n", error.what());
    return 1;
  }
  return 0;
}
