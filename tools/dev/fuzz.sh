# Sourced by ./dev: fuzzing. tests/fuzz/README.md says what the targets are.

FUZZ_SECONDS=60
# What a target keeps from run to run is thinned out beyond so many inputs.
FUZZ_MOST_INPUTS=20000
# Under the sanitizers. Larger allocations and slower inputs are findings; time is the clock's, so leave some for
# what else the machine does.
FUZZ_LIMITS="-timeout=25 -report_slow_units=25 -rss_limit_mb=2048 -malloc_limit_mb=768 -max_len=65536"

fuzz_targets() {
  local file
  for file in "$ROOT"/tests/fuzz/*_fuzz.cc; do basename "$file" .cc; done
}

fuzz_log() { printf '%s' "$CACHE/fuzz/log.tsv"; }

# The build, and what the targets start from.
fuzz_prepare() { # TARGETS...
  build_preset fuzz make_fuzz_corpus "$@"
  rm -rf "$ROOT/build/fuzz-corpus"
  "$ROOT/build/fuzz/tools/make_fuzz_corpus" "$ROOT/build/fuzz-corpus" || die "no seeds for fuzzing"
}

# fuzz_one TARGET SECONDS: runs it, and leaves a row of the table in build/fuzz-reports.
fuzz_one() {
  local target=$1 seconds=$2 status found=0 executions edges size start=$SECONDS
  local log=$ROOT/build/fuzz-reports/$target.log findings=$ROOT/build/fuzz-findings/$target
  local corpus=$CACHE/fuzz/$target dictionary=$ROOT/tests/fuzz/${target/plan/onnx}.dict
  local regressions=$ROOT/tests/fuzz/regressions/$target
  local -a more=("$ROOT/build/fuzz-corpus/$target")
  mkdir -p "$corpus" "$findings" "${log%/*}"
  [ -d "$regressions" ] && more+=("$regressions")
  [ -e "$dictionary" ] && more+=("-dict=$dictionary")
  # shellcheck disable=SC2086
  UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
    "$ROOT/build/fuzz/fuzz/$target" $FUZZ_LIMITS "-max_total_time=$seconds" -print_final_stats=1 \
    "-artifact_prefix=$findings/" "$corpus" "${more[@]}" >"$log" 2>&1 </dev/null
  status=$?
  # 72: interrupted.
  case $status in 0 | 72) ;; *) found=1 ;; esac
  number() { grep -oE "$1[0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }
  executions=$(number 'stat::number_of_executed_units: *')
  edges=$(number ' cov: ')
  size=$(number ' corp: ')
  seconds=$((SECONDS - start))
  printf '%s\t%d\t%d\t%d\t%d\t%d\t%d\n' "$target" "$seconds" "$executions" \
    "$((executions / (seconds > 0 ? seconds : 1)))" "$edges" "$size" "$found" \
    >"$ROOT/build/fuzz-reports/$target.row"
  printf '%s\t%s\t%s\t%d\t%d\t%d\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    "$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo none)" \
    "$target" "$seconds" "$executions" "$found" >>"$(fuzz_log)"
  [ $found = 0 ] || return 1
  fuzz_thin "$target" "$corpus"
}

# Leaves of the inputs only those that show something that no smaller one does.
fuzz_thin() { # TARGET CORPUS
  [ "$(find "$2" -type f | wc -l)" -gt $FUZZ_MOST_INPUTS ] || return 0
  rm -rf "$2.thin"
  mkdir "$2.thin"
  # shellcheck disable=SC2086
  if "$ROOT/build/fuzz/fuzz/$1" $FUZZ_LIMITS -merge=1 "$2.thin" "$2" >"$ROOT/build/fuzz-reports/$1-thin.log" 2>&1 </dev/null; then
    rm -rf "$2"
    mv "$2.thin" "$2"
  else
    rm -rf "$2.thin" # then it stays as it is
  fi
}

# What a run that ended early has found, and how to see it again.
fuzz_explain() { # TARGET
  local input log=$ROOT/build/fuzz-reports/$1.log
  printf '\n%s found something (all of it: %s):\n' "$1" "$log"
  grep -E 'ERROR: |runtime error: |SUMMARY: |broken promise: ' "$log" | head -n 5
  input=$(grep -oE 'Test unit written to .*' "$log" | tail -n 1)
  [ -z "$input" ] || printf 'again: %s %s\n' "$ROOT/build/fuzz/fuzz/$1" "${input#Test unit written to }"
}

# fuzz_run SECONDS JOBS TARGETS...: some at a time, then the table. Counts in FUZZ_PASSED, FUZZ_FAILED.
fuzz_run() {
  local seconds=$1 jobs=$2 target running=0
  local -a row
  shift 2
  rm -rf "$ROOT/build/fuzz-reports"
  for target in "$@"; do
    fuzz_one "$target" "$seconds" &
    running=$((running + 1))
    [ $((running % jobs)) != 0 ] || wait
  done
  wait
  FUZZ_PASSED=0
  FUZZ_FAILED=0
  printf '%-20s %8s %11s %9s %7s %7s %9s\n' target seconds executions per-sec edges corpus findings
  for target in "$@"; do
    read -r -a row <"$ROOT/build/fuzz-reports/$target.row"
    printf '%-20s %8d %11d %9d %7d %7d %9d\n' "${row[@]}"
    if [ "${row[6]}" = 0 ]; then FUZZ_PASSED=$((FUZZ_PASSED + 1)); else FUZZ_FAILED=$((FUZZ_FAILED + 1)); fi
  done
  for target in "$@"; do
    [ "$(cut -f 7 "$ROOT/build/fuzz-reports/$target.row")" = 0 ] || fuzz_explain "$target"
  done
}

# All runs that this machine remembers.
fuzz_report() {
  [ -s "$(fuzz_log)" ] || die "nothing has been fuzzed here yet"
  printf '%-20s %8s %15s %9s\n' target hours executions findings
  awk -F '\t' '
    { seconds[$3] += $4; executions[$3] += $5; findings[$3] += $6 }
    END {
      for (target in seconds)
        printf "%-20s %8.2f %15d %9d\n", target, seconds[target] / 3600, executions[target], findings[target]
    }' "$(fuzz_log)" | sort
}

verb_fuzz() {
  local seconds=$FUZZ_SECONDS jobs
  local -a targets=()
  jobs=$(jobs_count)
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds | --jobs)
        case ${2:-} in '' | *[!0-9]* | 0*) die "$1 needs a number" ;; esac
        if [ "$1" = --seconds ]; then seconds=$2; else jobs=$2; fi
        shift
        ;;
      --report)
        fuzz_report
        return
        ;;
      -*) die "fuzz: unknown option '$1' (--seconds N, --jobs N, --report)" ;;
      *)
        [ -e "$ROOT/tests/fuzz/${1%_fuzz}_fuzz.cc" ] || die "unknown target '$1'; targets: $(fuzz_targets | tr '\n' ' ')"
        targets+=("${1%_fuzz}_fuzz")
        ;;
    esac
    shift
  done
  # shellcheck disable=SC2207
  [ ${#targets[@]} -gt 0 ] || targets=($(fuzz_targets))
  fuzz_prepare "${targets[@]}"
  fuzz_run "$seconds" "$jobs" "${targets[@]}"
  printf '\n%d passed, %d failed\n' "$FUZZ_PASSED" "$FUZZ_FAILED"
  [ "$FUZZ_FAILED" = 0 ]
}
