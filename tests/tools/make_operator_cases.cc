// Writes what native ONNX Runtime is to run, for the tests to be compared with:
//   make_operator_cases FOLDER [DATA [MODELS]]
// FOLDER/cases.json lists { name, folder, model, height, width, tolerance | minimum_psnr }: the
// model is a path in the reference, data or models folder, wherever these are for who reads it.
// Beside it lies NAME.input.f32, the picture [1, 3, height, width]. Operator cases bring their
// model along; with DATA there are also photos for the third-party generators in it, with MODELS
// for our own.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "image/decode.h"
#include "image/resize.h"
#include "tests/support/operator_cases.h"

namespace {

namespace fs = std::filesystem;
using brushwork::Image;
using Json = nlohmann::json;

void WriteBytes(const fs::path& path, const void* bytes, size_t size) {
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  file.close();
  if (!file) throw std::runtime_error("can't write " + path.string());
}

struct ModelPath {
  std::string folder;  // "reference", "data" or "models"
  std::string path;    // in it
};

// "tolerance" or "minimum_psnr".
using Limit = Json::object_t::value_type;

class CaseFolder {
 public:
  explicit CaseFolder(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
  }

  void AddOperators() {
    brushwork::Random random(7);
    for (const brushwork::OperatorCase& made : brushwork::AllOperatorCases()) {
      const std::string model = made.name + ".onnx";
      WriteBytes(folder_ / model, made.model.data(), made.model.size());
      Add(made.name, {"reference", model}, made.height, made.width,
          random.Uniforms(static_cast<size_t>(3 * made.height * made.width), -1.0F, 1.0F),
          {"tolerance", made.tolerance});
    }
  }

  // `scale` and `swap` say how the model reads colour: bytes times scale, BGR if swapped.
  void AddPhoto(const std::string& name, const ModelPath& model, const Image& photo, float scale,
                bool swap, const Limit& limit) {
    std::vector<float> planes;
    for (int c = 0; c < 3; ++c) {
      const int channel = swap ? 2 - c : c;
      for (int64_t i = 0; i < photo.pixel_count(); ++i) {
        planes.push_back(static_cast<float>(photo.data()[4 * i + channel]) * scale);
      }
    }
    Add(name, model, photo.height(), photo.width(), planes, limit);
  }

  size_t Finish() const {
    const std::string text = index_.dump(1);
    WriteBytes(folder_ / "cases.json", text.data(), text.size());
    return index_.size();
  }

 private:
  void Add(const std::string& name, const ModelPath& model, int64_t height, int64_t width,
           const std::vector<float>& input, const Limit& limit) {
    WriteBytes(folder_ / (name + ".input.f32"), input.data(), input.size() * sizeof(float));
    index_.push_back({{"name", name},
                      {"folder", model.folder},
                      {"model", model.path},
                      {"height", height},
                      {"width", width},
                      {limit.first, limit.second}});
  }

  fs::path folder_;
  Json index_ = Json::array();
};

Image Photo(const fs::path& path, int width, int height) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  brushwork::StatusOr<Image> photo = brushwork::DecodeImage(bytes);
  if (!photo.ok()) throw std::runtime_error(path.string() + ": " + photo.status().message());
  auto scaled = brushwork::ResizeImage(photo->view(), width, height);
  if (!scaled.ok()) throw std::runtime_error(scaled.status().message());
  return std::move(scaled).value();
}

void AddPhotos(CaseFolder& cases, const fs::path& data, const fs::path& models) {
  const fs::path photos = data / "photos" / "eval";
  const struct {
    const char* file;
    int width, height;
  } sizes[] = {{"kodak_05.jpg", 384, 256}, {"kodak_15.jpg", 264, 392}, {"kodak_09.jpg", 512, 512}};
  for (const auto& [file, width, height] : sizes) {
    const Image photo = Photo(photos / file, width, height);
    for (const char* model : {"candy", "udnie"}) {
      cases.AddPhoto(std::string(model) + "_" + file,
                     {"data", "third_party/" + std::string(model) + ".onnx"}, photo, 1.0F, true,
                     {"tolerance", 0.5});
    }
    if (!fs::is_directory(models)) continue;
    for (const fs::directory_entry& entry : fs::directory_iterator(models)) {
      if (entry.path().extension() != ".onnx") continue;
      const std::string name = entry.path().stem().string();
      const bool is_encoder = name.ends_with("-encoder");
      cases.AddPhoto(name + "_" + file, {"models", entry.path().filename().string()}, photo,
                     1.0F / 255.0F, false,
                     is_encoder ? Limit{"tolerance", 1e-3} : Limit{"minimum_psnr", 36.0});
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fputs("usage: make_operator_cases FOLDER [DATA [MODELS]]\n", stderr);
    return 2;
  }
  try {
    CaseFolder cases(argv[1]);
    cases.AddOperators();
    if (argc > 2 && fs::is_directory(argv[2])) AddPhotos(cases, argv[2], argc > 3 ? argv[3] : "");
    std::printf("%zu cases in %s\n", cases.Finish(), argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_operator_cases: %s\n", error.what());
    return 1;
  }
  return 0;
}
