# Sourced by ./dev: what happens when memory is refused, or two threads touch the same.

FAULT_PRESETS="native asan wasm-simd"

# fault_command PRESET: how its program of allocation faults is started, in FAULT_COMMAND.
fault_command() {
  local program=$ROOT/build/$1/tests/brushwork_fault_tests
  case $1 in
    wasm-*) FAULT_COMMAND=(node "$program.js") ;;
    asan)
      FAULT_COMMAND=(env ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
        UBSAN_OPTIONS=print_stacktrace=1 "$program")
      ;;
    *) FAULT_COMMAND=("$program") ;;
  esac
}

# The part of ./dev test.
test_allocation_faults() {
  local preset
  heading "allocation faults"
  for preset in $FAULT_PRESETS; do
    if try_build "$preset" brushwork_fault_tests; then
      fault_command "$preset"
      run_catch "allocation faults, $preset" "${FAULT_COMMAND[@]}"
    fi
  done
}

# The part of ./dev test. Nothing is suppressed.
test_thread_sanitizer() {
  heading "thread sanitizer"
  if try_build tsan brushwork_tests; then
    run_catch "thread sanitizer" env TSAN_OPTIONS=halt_on_error=0:exitcode=66:second_deadlock_stack=1 \
      "$ROOT/build/tsan/tests/brushwork_tests"
  fi
}

# Prints, for each build, a row for each operation: its requests for memory, how often some were
# refused, how it ended, and whether the next one was as if nothing had been. A crash ends the program.
verb_faults() {
  local preset crashed=0 failed=0 status
  [ $# = 0 ] || die "faults takes no arguments"
  need_node
  export BRUSHWORK_ROOT=$ROOT
  for preset in $FAULT_PRESETS; do
    build_preset "$preset" brushwork_fault_tests
    fault_command "$preset"
    printf '\n== %s\n' "$preset"
    "${FAULT_COMMAND[@]}" --colour-mode none --reporter compact
    status=$?
    # Catch2's own codes end below 128; a signal, an abort or a trap is more, or a sanitizer's.
    if [ $status -ge 128 ]; then crashed=$((crashed + 1)); fi
    if [ $status -ne 0 ]; then failed=$((failed + 1)); fi
  done
  printf '\nprograms that crashed: %d, that failed: %d\n' "$crashed" "$failed"
  exit $((failed > 0))
}
