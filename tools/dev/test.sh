# Sourced by ./dev: running and counting tests.

TESTS_PASSED=0
TESTS_FAILED=0
TESTS_SKIPPED=0

# What failed is told once more at the end: who reads only the last lines of a long run finds it there.
FAILURES=$ROOT/build/test-reports/failures.txt

heading() { printf '\n== %s\n' "$*"; }

# count PART PASSED FAILED SKIPPED: adds to the sums.
count() {
  TESTS_PASSED=$((TESTS_PASSED + $2))
  TESTS_FAILED=$((TESTS_FAILED + $3))
  TESTS_SKIPPED=$((TESTS_SKIPPED + $4))
  printf '%s: %d passed, %d failed, %d skipped\n' "$1" "$2" "$3" "$4"
}

# The lines that name a failure, and what follows them, as Catch2, Playwright's reporter of ours, Node, Vitest and Python write them.
note_failures() { # PART LOG
  sed -e 's/\x1b\[[0-9;]*m//g' "$2" |
    grep -aE -A 4 ': failed: |^failed |^ *not ok |^ *(FAIL|×) |^(FAIL|ERROR): ' |
    head -n 80 | sed "s/^/$1: /" >>"$FAILURES"
}

# A part that could not run at all is a failure.
count_broken() { # PART REASON
  printf '%s: %s\n' "$1" "$2" | tee -a "$FAILURES"
  count "$1" 0 1 0
}

# run_catch PART COMMAND...: a Catch2 program; counts its test cases.
run_catch() {
  local part=$1 report log status line successes failures skips
  shift
  report=$ROOT/build/test-reports/$(printf '%s' "$part" | tr -c 'A-Za-z0-9' '-').xml
  log=${report%.xml}.log
  mkdir -p "${report%/*}"
  rm -f "$report"
  "$@" --colour-mode none --reporter compact --reporter "xml::out=$report" 2>&1 | tee "$log"
  status=$?
  # The line is written last: without it the program died on the way.
  line=$(grep '<OverallResultsCases' "$report" 2>/dev/null | tail -n 1)
  if [ -z "$line" ]; then
    note_failures "$part" "$log"
    count_broken "$part" "ended with exit code $status before all tests had run"
    return
  fi
  attribute() { printf '%s' "$line" | grep -oE "$1=\"[0-9]+\"" | grep -oE '[0-9]+' || echo 0; }
  successes=$(($(attribute successes) + $(attribute expectedFailures)))
  failures=$(attribute failures)
  skips=$(attribute skips)
  # A sanitizer or a leak can fail a run whose tests all passed.
  if [ $status -ne 0 ] && [ "$failures" = 0 ] && [ "$successes" != 0 ]; then failures=1; fi
  if [ "$successes" = 0 ] && [ "$failures" = 0 ] && [ "$skips" = 0 ]; then
    count_broken "$part" "ran no test"
    return
  fi
  [ "$failures" = 0 ] || note_failures "$part" "$log"
  count "$part" "$successes" "$failures" "$skips"
}

# Sums of what Vitest ("Tests  3 passed | 1 skipped (4)"), Playwright ("  3 passed (2.1s)") and the
# plain closing line ("3 passed, 0 failed") say, Node's own runner ("# pass 3") and Python's ("Ran 3 tests
# in 0.1s", "FAILED (failures=1, skipped=1)"). Prints: passed failed skipped.
summary_counts() { # LOG
  sed -e 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    function number_before(word,   i) {
      for (i = 2; i <= NF; i++) if ($i ~ "^" word "[,|]?$") return $(i - 1) + 0
      return 0
    }
    function number_of(word,   part) {
      if (!match($0, "([(]|, )" word "=[0-9]+")) return 0
      part = substr($0, RSTART, RLENGTH); sub(/.*=/, "", part)
      return part + 0
    }
    /^[ \t]*Tests[ \t]+[0-9]/ {
      passed += number_before("passed"); failed += number_before("failed")
      skipped += number_before("skipped") + number_before("todo"); next
    }
    /^# (pass|fail|cancelled|skipped) [0-9]+$/ {
      if ($2 == "pass") passed += $3
      else if ($2 == "skipped") skipped += $3
      else failed += $3
    }
    /^Ran [0-9]+ tests? in / { ran = $2; next }
    /^(OK|FAILED)( \(.*\))?$/ {
      wrong = number_of("failures") + number_of("errors") + number_of("unexpected successes")
      passed += ran - wrong - number_of("skipped"); failed += wrong; skipped += number_of("skipped"); ran = 0; next
    }
    /^[0-9]+ passed, [0-9]+ failed/ {
      passed += number_before("passed"); failed += number_before("failed")
      skipped += number_before("skipped"); next
    }
    /^[ \t]+[0-9]+ (passed|failed|skipped|flaky|did not run|interrupted)([ \t]|$)/ {
      if ($2 == "passed" || $2 == "flaky") passed += $1
      else if ($2 == "skipped") skipped += $1
      else failed += $1
    }
    END { print passed + 0, failed + 0, skipped + 0 }'
}

# run_in PART FOLDER COMMAND...: a runner whose summary is counted.
run_in() {
  local part=$1 folder=$2 log status passed failed skipped
  shift 2
  log=$ROOT/build/test-reports/$(printf '%s' "$part" | tr -c 'A-Za-z0-9' '-').log
  mkdir -p "${log%/*}"
  (cd "$folder" && "$@") 2>&1 </dev/null | tee "$log"
  status=$?
  read -r passed failed skipped <<<"$(summary_counts "$log")"
  if [ $status -ne 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  if [ $((passed + failed + skipped)) = 0 ]; then
    count_broken "$part" "ran no test"
    return
  fi
  [ "$failed" = 0 ] || note_failures "$part" "$log"
  count "$part" "$passed" "$failed" "$skipped"
}

# run_npm_test PART FOLDER: `npm test` in FOLDER.
run_npm_test() { run_in "$1" "$2" npm test --silent; }

# try_build PRESET [TARGETS...]: a preset that does not compile fails its part, not the whole run.
try_build() {
  (build_preset "$@") && return 0
  count_broken "build $1" "does not compile"
  return 1
}

# The results of native ONNX Runtime that operators and whole models are compared with.
make_reference() {
  local script=$ROOT/tests/reference/make_reference.sh
  [ -x "$script" ] || return 0
  npm_install "$ROOT/tests/reference"
  logged "Computing the reference results with native ONNX Runtime" \
    "$script" "$ROOT/build/native/tools" "$BRUSHWORK_REFERENCE" "$BRUSHWORK_DATA"
}

verb_test() {
  [ $# = 0 ] || die "test takes no arguments"
  local tests=tests/brushwork_tests
  # Where tests find their files, whatever folder they were compiled in.
  export BRUSHWORK_ROOT=$ROOT
  export BRUSHWORK_DATA=${BRUSHWORK_DATA:-$ROOT/../shared/data}
  export BRUSHWORK_REFERENCE=${BRUSHWORK_REFERENCE:-$ROOT/build/reference}
  export BRUSHWORK_MODELS=${BRUSHWORK_MODELS:-$ROOT/models}
  mkdir -p "$BRUSHWORK_REFERENCE" "${FAILURES%/*}" || die "cannot write $ROOT/build"
  : >"$FAILURES"
  [ -d "$BRUSHWORK_DATA" ] || say "no test data in $BRUSHWORK_DATA (BRUSHWORK_DATA): tests that need it are skipped"

  heading "native"
  need_node
  if try_build native; then
    if make_reference; then
      run_catch native "$ROOT/build/native/$tests"
    else
      count_broken reference "could not be made"
      run_catch native "$ROOT/build/native/$tests"
    fi
    heading "command line"
    BRUSHWORK_CLI=$ROOT/build/native/bin/brushwork run_npm_test cli "$ROOT/tests/cli"
  fi

  heading "address and undefined behaviour sanitizers"
  if try_build asan brushwork_tests; then
    run_catch asan env ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
      UBSAN_OPTIONS=print_stacktrace=1 "$ROOT/build/asan/$tests"
  fi

  heading "fuzzing"
  # shellcheck disable=SC2046
  if (fuzz_prepare $(fuzz_targets)); then
    # shellcheck disable=SC2046
    fuzz_run "$FUZZ_SECONDS" "$(jobs_count)" $(fuzz_targets)
    count fuzz "$FUZZ_PASSED" "$FUZZ_FAILED" 0
  else
    count_broken "build fuzz" "does not compile"
  fi

  heading "WebAssembly, SIMD128, in Node"
  if try_build wasm-simd brushwork_tests brushwork_wasm; then
    run_catch wasm-simd node "$ROOT/build/wasm-simd/$tests.js"
  fi

  test_allocation_faults
  test_thread_sanitizer

  if [ -e "$ROOT/web/package.json" ]; then
    heading "npm package"
    if try_build wasm-relaxed brushwork_tests brushwork_wasm &&
      try_build wasm-simd-threads brushwork_wasm &&
      try_build wasm-relaxed-threads brushwork_wasm && try_npm_build web; then
      run_npm_test web "$ROOT/web"
      if [ -e "$ROOT/demo/package.json" ]; then
        try_npm_build demo && run_npm_test demo "$ROOT/demo"
      fi
    fi
  fi

  heading "API reference"
  npm_install "$ROOT/tools/docs"
  run_npm_test docs "$ROOT/tools/docs"

  if [ -e "$ROOT/tests/browser/package.json" ]; then
    heading "browser"
    need_commands chromium
    npm_install "$ROOT/tests/browser"
    run_npm_test browser "$ROOT/tests/browser"
  fi

  if [ -e "$ROOT/tests/package/package.json" ]; then
    heading "npm package, packed and installed"
    need_commands chromium
    npm_install "$ROOT/tests/package"
    BRUSHWORK_CLI=$ROOT/build/native/bin/brushwork run_npm_test package "$ROOT/tests/package"
  fi

  if [ -e "$ROOT/tests/bench/package.json" ]; then
    heading "arithmetic of the benchmarks"
    npm_install "$ROOT/tests/bench"
    run_npm_test bench "$ROOT/tests/bench"
  fi

  heading "measures of the evaluation"
  need_python
  run_in evaluate "$ROOT/tests/evaluate" "$PYTHON" -m unittest discover

  if [ -s "$FAILURES" ]; then
    heading "what failed"
    cat "$FAILURES"
  fi

  heading "all"
  if [ "$TESTS_SKIPPED" = 0 ]; then
    printf '%d passed, %d failed\n' "$TESTS_PASSED" "$TESTS_FAILED"
  else
    printf '%d passed, %d failed, %d skipped\n' "$TESTS_PASSED" "$TESTS_FAILED" "$TESTS_SKIPPED"
  fi
  [ "$TESTS_FAILED" = 0 ]
}
