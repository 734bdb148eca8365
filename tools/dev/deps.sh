# Sourced by ./dev: XNNPACK, pthreadpool and the header-only dependencies, built by cmake/deps into
# the cache, for each variant once.

DEPS_DIR=${BRUSHWORK_DEPS_DIR:-$CACHE/deps}

# The variant of the dependencies that a preset links.
variant_of() {
  case $1 in
    native | asan | fuzz) echo native ;;
    tsan) echo native-tsan ;;
    wasm-*) echo "$1" ;;
    *) die "unknown preset '$1'; presets: $PRESETS" ;;
  esac
}

# deps_prefix VARIANT: its folder. The name is a key of everything that went into it.
deps_prefix() {
  local variant=$1 compiler key
  case $variant in
    wasm-*) compiler="emcc $(emcc_version) $EMSCRIPTEN_ROOT" ;;
    *) compiler=$(c++ --version | head -n 1) ;;
  esac
  key=$(cd "$ROOT/cmake/deps" && find . -type f | LC_ALL=C sort | xargs cat)
  echo "$DEPS_DIR/$variant-$(sha256_text "$variant $compiler $DEP_SOURCES $key")"
}

configure_deps() { # VARIANT PREFIX BUILD
  local args=(-G Ninja -S "$ROOT/cmake/deps" -B "$3"
    "-DBRUSHWORK_SOURCES=$SOURCES" "-DCMAKE_INSTALL_PREFIX=$2"
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  case $1 in
    wasm-*) args+=("-DCMAKE_TOOLCHAIN_FILE=$ROOT/cmake/toolchains/emscripten.cmake") ;;
  esac
  case $1 in *-relaxed*) args+=(-DBRUSHWORK_RELAXED_SIMD=ON) ;; esac
  case $1 in *-threads) args+=(-DBRUSHWORK_THREADS=ON) ;; esac
  case $1 in *-tsan) args+=(-DCMAKE_C_FLAGS=-fsanitize=thread) ;; esac
  cmake "${args[@]}"
}

# Those of native, but with a pthreadpool whose atomics and mutexes the thread sanitizer sees: all that
# happens between threads happens there. XNNPACK only computes, and would take minutes to compile again.
build_tsan_deps() { # VARIANT PREFIX
  local variant=$1 prefix=$2 native build
  [ -e "$prefix/.complete" ] && return 0
  native=$(deps_prefix native)
  build="$CACHE/tmp/deps-$(basename "$prefix")"
  rm -rf "$prefix.tmp"
  cp -a "$native" "$prefix.tmp" && rm -f "$prefix.tmp/.complete" || die "cannot write $prefix.tmp"
  logged "Configuring the dependencies ($variant)" configure_deps "$variant" "$prefix.tmp" "$build" ||
    exit 1
  logged "Building pthreadpool ($variant)" ninja -C "$build" -j "$(jobs_count)" pthreadpool || exit 1
  cp "$build/libpthreadpool.a" "$prefix.tmp/lib/" || die "cannot write $prefix.tmp"
  rm -rf "$prefix"
  mv "$prefix.tmp" "$prefix" && touch "$prefix/.complete" || die "cannot write $prefix"
  rm -rf "$build"
}

# keep_licences BUILD: of sources that CMake has fetched, which go with the build, their licences stay (tools/licences).
keep_licences() {
  local source name
  for source in "$1"/_deps/*-src; do
    [ -d "$source" ] || continue
    name=$(basename "$source" -src)
    mkdir -p "$CACHE/licences/$name"
    find "$source" -maxdepth 1 -type f -name 'LICENSE*' -exec cp {} "$CACHE/licences/$name/" \;
  done
}

build_deps() { # VARIANT PREFIX
  local variant=$1 prefix=$2 build
  [ -e "$prefix/.complete" ] && return 0
  build="$DEPS_DIR/tmp/$(basename "$prefix")"
  rm -rf "$prefix.tmp"
  logged "Configuring the dependencies ($variant)" configure_deps "$variant" "$prefix.tmp" "$build" ||
    exit 1
  logged "Building XNNPACK and pthreadpool ($variant)" \
    ninja -C "$build" -j "$(jobs_count)" install || exit 1
  rm -rf "$prefix"
  keep_licences "$build"
  mv "$prefix.tmp" "$prefix" && touch "$prefix/.complete" || die "cannot write $prefix"
  rm -rf "$build"
}

# need_deps VARIANT: makes them when they are not there, and points the unversioned name at them, which
# is where CMake looks when it is run without ./dev.
need_deps() {
  local variant=$1 prefix build=build_deps
  prefix=$(deps_prefix "$variant")
  if [ "$variant" = native-tsan ]; then
    need_deps native
    build=build_tsan_deps
  fi
  if [ ! -e "$prefix/.complete" ]; then
    need_sources
    with_lock "$DEPS_DIR/$variant.lock" $build "$variant" "$prefix"
  fi
  if [ "$(readlink "$DEPS_DIR/$variant" 2>/dev/null)" != "$(basename "$prefix")" ]; then
    ln -sfn "$(basename "$prefix")" "$DEPS_DIR/$variant"
  fi
}
