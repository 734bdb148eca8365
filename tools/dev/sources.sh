# Sourced by ./dev: the sources of the C++ dependencies, in $SOURCES/<name>.

SOURCES=$CACHE/sources

source_stamp() { echo "$SOURCES/.$1-${2:0:12}"; } # NAME SHA256

sources_missing() {
  local name package file sha
  while read -r name package file sha; do
    [ -n "$name" ] || continue
    [ -e "$(source_stamp "$name" "$sha")" ] || return 0
  done <<<"$DEP_SOURCES"
  return 1
}

# Unpacks a tarball as $SOURCES/NAME. Some have one folder at the top and some have none.
unpack_source() { # NAME TARBALL
  local temp="$SOURCES/.tmp-$1" top
  rm -rf "$temp"
  mkdir -p "$temp" && tar -xf "$2" -C "$temp" || return 1
  top=$(ls -A "$temp")
  rm -rf "${SOURCES:?}/$1"
  if [ "$(printf '%s\n' "$top" | wc -l)" = 1 ] && [ -d "$temp/$top" ]; then
    mv "$temp/$top" "$SOURCES/$1" && rm -rf "$temp"
  else
    mv "$temp" "$SOURCES/$1"
  fi
}

fetch_sources() {
  local name package file sha uris uri packages=()
  sources_missing || return 0
  need_apt_beside || return 1
  while read -r name package file sha; do
    [ -n "$name" ] && packages+=("$package")
  done <<<"$DEP_SOURCES"
  uris=$(apt_beside apt-get --only-source source --print-uris --download-only "${packages[@]}" \
    2>/dev/null | grep "^'") || return 1
  mkdir -p "$SOURCES" "$CACHE/downloads"
  while read -r name package file sha; do
    [ -n "$name" ] || continue
    [ -e "$(source_stamp "$name" "$sha")" ] && continue
    if [ ! -e "$CACHE/downloads/$file" ]; then
      uri=$(printf '%s\n' "$uris" | awk -v file="$file" '$2 == file { print $1; exit }' | tr -d "'")
      [ -n "$uri" ] || {
        say "$file is no longer in Debian $DEP_SUITE"
        return 1
      }
      say "Fetching $file"
      /usr/lib/apt/apt-helper -q -o APT::Sandbox::User=root download-file "$uri" \
        "$CACHE/downloads/$file.part" >/dev/null || return 1
      check_sha256 "$CACHE/downloads/$file.part" "$sha"
      mv "$CACHE/downloads/$file.part" "$CACHE/downloads/$file"
    fi
    check_sha256 "$CACHE/downloads/$file" "$sha"
    unpack_source "$name" "$CACHE/downloads/$file" || die "could not unpack $file"
    rm -f "$SOURCES/.$name-"*
    touch "$(source_stamp "$name" "$sha")"
  done <<<"$DEP_SOURCES"
}

need_sources() {
  sources_missing || return 0
  if ! have apt-get || [ ! -x /usr/lib/apt/apt-helper ]; then
    say "no apt here: the C++ dependencies come from their projects' own repositories"
    return 0
  fi
  # Without Debian's tarballs CMake fetches the same versions by git.
  (with_lock "$CACHE/sources.lock" fetch_sources) ||
    say "Debian's source tarballs are not to be had: taking the projects' own repositories"
}
