#include "tests/faults/every_request.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <new>
#include <utility>

namespace brushwork::faults {
namespace {

// Each run takes many times as long under the address sanitizer, so fewer requests are refused
// there.
#if defined(__SANITIZE_ADDRESS__)
constexpr int64_t kDenseShare = 10;
#else
constexpr int64_t kDenseShare = 1;
#endif

struct Row {
  std::string name;
  int64_t requests = 0;       // of one run without faults
  int64_t tried = 0;          // runs in which requests were refused
  int64_t out_of_memory = 0;  // of them
  int64_t got_by = 0;         // with the right result all the same
  int64_t good_after = 0;     // whose next run was as if nothing had been
};

std::vector<Row>& Table() {
  static std::vector<Row> table;
  return table;
}

// By kOutOfMemory alone, so that the code is all there is to tell.
StatusOr<Bytes> WithoutExceptions(const Trial& trial) {
  if (!trial.may_throw) return trial.operation();
  try {
    return trial.operation();
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::kOutOfMemory, "");
  }
}

// With the n-th request refused; without faults for n = 0.
struct Run {
  Requests requests;
  StatusOr<Bytes> result;
};
Run RunOnce(const Trial& trial, int64_t n, Refusal refusal) {
  BeginRefusing(n, refusal);
  StatusOr<Bytes> result = Status(StatusCode::kInternal, "");
  try {
    result = WithoutExceptions(trial);
  } catch (...) {
    EndRefusing();
    throw;
  }
  return {EndRefusing(), std::move(result)};
}

// What a run without faults leaves.
struct Normal {
  Bytes result;
  int64_t requests = 0;
};

void CheckUsable(const Trial& trial, const Normal& normal) {
  const StatusOr<Bytes> again = trial.operation();
  INFO("the next run");
  INFO(again.status().message());
  REQUIRE(again.ok());
  REQUIRE((*again == normal.result));
}

// Of these n there are no more; the table's row counts.
bool RefuseAt(const Trial& trial, const Normal& normal, int64_t n, Refusal refusal, Row& row) {
  INFO(trial.name << ": request " << n << " of " << normal.requests
                  << (refusal == Refusal::kOne ? " refused" : " and all after it refused"));
  const int64_t live_before = LiveBlocks();
  {
    const Run run = RunOnce(trial, n, refusal);
    if (run.requests.refused == 0) return false;
    ++row.tried;
    if (run.result.ok()) {
      REQUIRE((*run.result == normal.result ||
               (trial.alternative && *run.result == *trial.alternative)));
      ++row.got_by;
    } else {
      INFO(run.result.status().message());
      REQUIRE(StatusCodeName(run.result.status().code()) == "out-of-memory");
      ++row.out_of_memory;
    }
  }
  CheckUsable(trial, normal);
  const int64_t live_after = LiveBlocks();
  REQUIRE(live_after == live_before);
  ++row.good_after;
  return true;
}

// Twice, since what is made once and kept is not the same the second time.
Normal RunNormally(const Trial& trial) {
  Normal normal;
  for (int i = 0; i < 3; ++i) {
    Run run = RunOnce(trial, 0, Refusal::kOne);
    INFO(trial.name);
    INFO(run.result.status().message());
    REQUIRE(run.result.ok());
    REQUIRE(!run.result->empty());
    normal.result = std::move(*run.result);
    normal.requests = run.requests.made;
  }
  return normal;
}

}  // namespace

void RefuseEveryRequest(const Trial& trial) {
  Row row{.name = trial.name};
  const Normal normal = RunNormally(trial);
  row.requests = normal.requests;
  REQUIRE(normal.requests > 0);
  for (const Refusal refusal : {Refusal::kOne, Refusal::kLasting}) {
    int64_t n = 1;
    while (RefuseAt(trial, normal, n, refusal, row)) {
      n += n < trial.dense / kDenseShare ? 1 : trial.stride;
    }
    INFO(trial.name << " ended after " << n << " requests, needed " << normal.requests);
    REQUIRE(n > normal.requests);
  }
  Table().push_back(std::move(row));
}

void PrintTable() {
  std::printf("%-44s %9s %7s %14s %7s %15s\n", "operation", "requests", "refused", "out of memory",
              "got by", "identical after");
  for (const Row& row : Table()) {
    std::printf("%-44s %9lld %7lld %14lld %7lld %15lld\n", row.name.c_str(),
                static_cast<long long>(row.requests), static_cast<long long>(row.tried),
                static_cast<long long>(row.out_of_memory), static_cast<long long>(row.got_by),
                static_cast<long long>(row.good_after));
  }
}

StatusOr<Bytes> BytesOf(const StatusOr<Image>& image) {
  const Pause pause;
  if (!image.ok()) return image.status();
  return BytesOf(image->bytes());
}

}  // namespace brushwork::faults
