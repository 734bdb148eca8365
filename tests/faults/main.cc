// brushwork_fault_tests: a program of its own, since every request for memory goes through
// faulty_memory.cc.
#include <catch2/catch_session.hpp>

#include "tests/faults/every_request.h"

int main(int argc, char** argv) {
  const int result = Catch::Session().run(argc, argv);
  brushwork::faults::PrintTable();
  return result;
}
