# Sourced by ./dev: messages, locks, checksums, stamps.

# Messages go to stderr: stdout belongs to the programs that ./dev runs.
say() { printf 'dev: %s\n' "$*" >&2; }
die() {
  printf 'dev: error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# with_lock FILE COMMAND...: runs COMMAND in a subshell while holding the lock, so that two ./dev at
# the same time do the work once. The command leaves files behind, not variables.
with_lock() {
  local lock=$1
  shift
  mkdir -p "$(dirname "$lock")" || die "cannot create $(dirname "$lock")"
  if ! have flock; then
    ("$@") || exit $?
    return
  fi
  (
    if ! flock -n 9; then
      say "waiting for another ./dev that holds $lock"
      flock 9
    fi
    "$@" 9>&-
  ) 9>"$lock" || exit $?
}

sha256_of() {
  if have sha256sum; then
    sha256sum -- "$1" | cut -d' ' -f1
  else
    shasum -a 256 -- "$1" | cut -d' ' -f1
  fi
}

# sha256_text TEXT: the first 12 digits, as a key of what TEXT says.
sha256_text() {
  if have sha256sum; then
    printf '%s' "$1" | sha256sum | cut -c1-12
  else
    printf '%s' "$1" | shasum -a 256 | cut -c1-12
  fi
}

check_sha256() { # FILE SHA256
  local got
  got=$(sha256_of "$1")
  [ "$got" = "$2" ] || die "checksum of $(basename "$1") is $got, should be $2; delete $1 and try again"
}

# logged TITLE COMMAND...: says what runs and how long it took; its output goes to a log, of which the
# end is shown when it fails. On a terminal the log's last line is shown while it runs. What is done
# within a second (a build with nothing to do) is not worth a line.
logged() {
  local title=$1 log start pid status line announced='' tick=0
  shift
  log="$CACHE/logs/$(printf '%s' "$title" | tr -c 'A-Za-z0-9.\n' '-').log"
  mkdir -p "$CACHE/logs" || die "cannot create $CACHE/logs"
  start=$SECONDS
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  # An interrupted ./dev must not leave a compiler running.
  trap 'kill -TERM '"$pid"' 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ $tick = 5 ]; then
      say "$title ..."
      announced=yes
    fi
    if [ $tick -ge 5 ]; then
      [ -t 2 ] || break # Nothing to redraw.
      line=$(tail -c 400 "$log" | tr '\r' '\n' | tail -n 1 | cut -c1-$((${COLUMNS:-80} - 8)))
      printf '\r\033[K     %s' "$line" >&2
    fi
    tick=$((tick + 1))
    sleep 0.2
  done
  wait "$pid"
  status=$?
  trap - INT TERM
  if [ -n "$announced" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ $status -ne 0 ]; then
    tail -n 40 "$log" >&2
    say "$title failed (exit code $status); all of it: $log"
    return $status
  fi
  if [ -n "$announced" ]; then say "$title: done in $((SECONDS - start)) s"; fi
  return 0
}

jobs_count() { nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2; }

# version_at_least HAVE WANTED
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
