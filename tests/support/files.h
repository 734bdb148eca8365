// The files that tests read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace brushwork {

// The repository: the environment's BRUSHWORK_ROOT, else where the tests were compiled.
std::string SourceFolder();

// Photos, third-party generators: the environment's BRUSHWORK_DATA, else shared/data beside the
// repository. Tests that need it skip where it is absent.
std::string DataFolder();

// What tests/reference made: the environment's BRUSHWORK_REFERENCE, else build/reference.
std::string ReferenceFolder();

bool FileExists(const std::string& path);

// Fails the running test if the file can't be read.
std::vector<uint8_t> ReadTestFile(const std::string& path);
std::vector<float> ReadTestFloats(const std::string& path);

}  // namespace brushwork
