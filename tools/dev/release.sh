# Sourced by ./dev: what is published, and that anyone gets the same bytes.

# parse_output VERB ARGUMENTS...: 'VERB [-o PATH]'; leaves PATH, as an absolute one, in OUTPUT if there is one.
parse_output() {
  case $# in
    1) return ;;
    3) [ "$2" = -o ] || die "$1: unknown option '$2' (-o PATH)" ;;
    *) die "$1: unknown arguments (-o PATH)" ;;
  esac
  OUTPUT=$(realpath -m -- "$3")
}

build_page() {
  build_package
  npm_build demo
}

# The bill of materials, from what the builds of the package and of the page have noted.
verb_sbom() {
  OUTPUT=$ROOT/build/sbom.cdx.json
  parse_output sbom "$@"
  build_page
  exec node "$ROOT/tools/licences/sbom.mjs" "$OUTPUT"
}

verb_release() {
  OUTPUT=$ROOT/build/release
  parse_output release "$@"
  umask 022 # By which npm marks the programs of a package that it links, and packs them so.
  build_page
  rm -rf "$OUTPUT"
  mkdir -p "$OUTPUT" || die "cannot write $OUTPUT"
  (cd "$ROOT/web" && npm pack --silent --ignore-scripts --pack-destination "$OUTPUT") || die "cannot pack web"
  cp -R "$ROOT/demo/dist" "$OUTPUT/page" || die "cannot write $OUTPUT/page"
  exec node "$ROOT/tools/licences/sbom.mjs" "$OUTPUT/sbom.cdx.json"
}

# release_elsewhere COMMIT FOLDER OUTPUT SETTINGS...: a release from a clone, in an environment of its own.
release_elsewhere() {
  local commit=$1 folder=$2 output=$3
  shift 3
  git clone --quiet --no-hardlinks "$ROOT" "$folder" && git -C "$folder" checkout --quiet "$commit" || return 1
  env -u SOURCE_DATE_EPOCH -u BRUSHWORK_MODELS "$@" "$folder/dev" release -o "$output"
}

# hashes FOLDER: sha256 and name of every file, those in the tarball too.
hashes() {
  local tarball
  tarball=$(echo "$1"/*.tgz)
  mkdir -p "$1/unpacked" && tar -xzf "$tarball" -C "$1/unpacked" || return 1
  (cd "$1" && find . -type f | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s %s\n' "$(sha256_of "$file")" "${file#./}"
  done)
}

# compare_releases A B: a line for each file, and the sums on the last.
compare_releases() {
  hashes "$1" >"$1.sha256" && hashes "$2" >"$2.sha256" || die "cannot read the releases"
  awk '
    NR == FNR { first[$2] = $1; next }
    { second[$2] = $1; order[++count] = $2 }
    END {
      for (i = 1; i <= count; i++) {
        name = order[i]
        if (first[name] == second[name]) { passed++; printf "same       %s  %s\n", second[name], name }
        else { failed++; printf "DIFFERENT  %s, %s  %s\n", (name in first) ? first[name] : "nothing", second[name], name }
      }
      for (name in first) if (!(name in second)) { failed++; printf "DIFFERENT  %s, nothing  %s\n", first[name], name }
      printf "%d passed, %d failed\n", passed, failed
      exit failed > 0 || passed == 0
    }' "$1.sha256" "$2.sha256"
}

# Two releases from two clones: folders of other names and depths, another umask, time zone and locale. The first may take objects that were
# compiled earlier, in yet other folders (by ccache, in the same locale); the second compiles everything.
verb_reproduce() {
  local work commit first=() second=()
  need_commands git
  case $#:${1:-} in
    0:) say "the dependencies are those in $DEPS_DIR; --dependencies builds them anew, too" ;;
    1:--dependencies) ;;
    *) die "reproduce: unknown arguments '$*' (--dependencies)" ;;
  esac
  [ -z "$(git -C "$ROOT" status --porcelain)" ] || say "what is not committed is not part of it"
  commit=$(git -C "$ROOT" rev-parse HEAD) || die "$ROOT is no git repository"
  work=$(mktemp -d "${TMPDIR:-/tmp}/brushwork-reproduce-XXXXXX") || die "cannot make a folder"
  if [ "${1:-}" = --dependencies ]; then
    first=(BRUSHWORK_DEPS_DIR="$work/deps")
    second=(BRUSHWORK_DEPS_DIR="$work/some/other/place/for/dependencies")
  fi
  (umask 022 && release_elsewhere "$commit" "$work/a" "$work/first" ${first[@]+"${first[@]}"} TZ=UTC) || die "the first build failed; it is in $work"
  (umask 077 && release_elsewhere "$commit" "$work/another folder/b" "$work/second" ${second[@]+"${second[@]}"} CCACHE_DISABLE=1 TZ=Pacific/Kiritimati LC_ALL=C.UTF-8) ||
    die "the second build failed; it is in $work"
  compare_releases "$work/first" "$work/second" || die "what is different is in $work"
  rm -rf "$work"
}
