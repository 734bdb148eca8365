#include "tests/support/files.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace brushwork {
namespace {

std::string FromEnvironment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

}  // namespace

std::string SourceFolder() { return FromEnvironment("BRUSHWORK_ROOT", BRUSHWORK_SOURCE_DIR); }
std::string DataFolder() {
  return FromEnvironment("BRUSHWORK_DATA", SourceFolder() + "/../shared/data");
}
std::string ReferenceFolder() {
  return FromEnvironment("BRUSHWORK_REFERENCE", SourceFolder() + "/build/reference");
}

bool FileExists(const std::string& path) { return std::filesystem::exists(path); }

std::vector<uint8_t> ReadTestFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read the test file " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> ReadTestFloats(const std::string& path) {
  const std::vector<uint8_t> bytes = ReadTestFile(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace brushwork
