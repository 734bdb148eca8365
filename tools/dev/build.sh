# Sourced by ./dev: building presets.

PRESETS="native asan tsan fuzz wasm-simd wasm-simd-threads wasm-relaxed wasm-relaxed-threads"
WASM_PRESETS="wasm-simd wasm-simd-threads wasm-relaxed wasm-relaxed-threads"

is_preset() {
  case " $PRESETS " in *" $1 "*) return 0 ;; esac
  return 1
}

# need_preset PRESET: the tools and the dependencies that it builds with.
need_preset() {
  is_preset "$1" || die "unknown preset '$1'; presets: $PRESETS"
  need_native_tools
  case $1 in
    wasm-*) need_emscripten ;;
    fuzz)
      need_commands "clang-$LLVM_VERSION" "clang++-$LLVM_VERSION"
      # It also knows packages that aren't installed.
      if have dpkg-query && [ installed != "$(dpkg-query -W -f '${db:Status-Status}' \
        "libclang-rt-$LLVM_VERSION-dev" 2>/dev/null)" ]; then
        with_lock "$CACHE/packages.lock" need_packages "libclang-rt-$LLVM_VERSION-dev"
      fi
      ;;
  esac
  need_deps "$(variant_of "$1")"
}

ccache_settings() {
  export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-2G}
  # Two clones share what they compiled.
  export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
  # The compiler's own list of headers instead of a run of the preprocessor: emcc starts slowly.
  export CCACHE_DEPEND=1
}

configure_preset() { # PRESET PREFIX
  cd "$ROOT" && cmake --preset "$1" -DBRUSHWORK_DEPS="$2" \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
}

build_preset_locked() { # PRESET PREFIX TARGETS...
  local preset=$1 prefix=$2 build=$ROOT/build/$1 key
  shift 2
  key="$prefix ${EMSCRIPTEN_ROOT:-} $(sha256_of "$ROOT/CMakePresets.json")"
  if [ "$(cat "$build/.dev-configured" 2>/dev/null)" != "$key" ] || [ ! -e "$build/build.ninja" ]; then
    # Another compiler or toolchain: CMake keeps the old one, so start over.
    rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
    logged "Configuring $preset" configure_preset "$preset" "$prefix" || exit 1
    printf '%s' "$key" >"$build/.dev-configured"
  fi
  logged "Building $preset" ninja -C "$build" -j "$(jobs_count)" "$@" || exit 1
}

# build_preset PRESET [TARGETS...]
build_preset() {
  local preset=$1
  need_preset "$preset"
  mkdir -p "$ROOT/build" || die "cannot write $ROOT/build"
  with_lock "$ROOT/build/.$preset.lock" build_preset_locked \
    "$preset" "$(deps_prefix "$(variant_of "$preset")")" "${@:2}"
}
