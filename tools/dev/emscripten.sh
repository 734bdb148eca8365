# Sourced by ./dev: the WebAssembly compiler.

EMSCRIPTEN_DIR=$CACHE/emscripten

emcc_version() { head -n 1 "$EMSCRIPTEN_ROOT/emscripten-version.txt" | tr -d '"'; }

# find_emscripten: sets EMSCRIPTEN_ROOT to the emcc on the PATH if that is new enough, or else to the
# one unpacked by unpack_emscripten.
find_emscripten() {
  EMSCRIPTEN_ROOT=
  if have emcc && have em-config; then
    local root version
    root=$(em-config EMSCRIPTEN_ROOT 2>/dev/null)
    version=$(head -n 1 "$root/emscripten-version.txt" 2>/dev/null | tr -d '"')
    # Debian's package never builds a system library that it did not ship, so it is not used in place.
    if [ -n "$version" ] && version_at_least "$version" "$EMSCRIPTEN_VERSION" &&
      [ "$root" != /usr/share/emscripten ]; then
      EMSCRIPTEN_ROOT=$root
      return 0
    fi
  fi
  if [ -e "$EMSCRIPTEN_DIR/current/.complete" ]; then
    EMSCRIPTEN_ROOT=$EMSCRIPTEN_DIR/current
    return 0
  fi
  return 1
}

# Debian's packages of the newer release, unpacked beside the system and never installed.
unpack_emscripten() {
  [ -e "$EMSCRIPTEN_DIR/current/.complete" ] && return 0
  need_apt_beside || die "WebAssembly needs Emscripten $EMSCRIPTEN_VERSION or newer: put emcc on the PATH"
  local temp=$EMSCRIPTEN_DIR/.tmp packages=(emscripten binaryen node-acorn libc6 libstdc++6 libgcc-s1)
  rm -rf "$temp"
  mkdir -p "$temp/deb" "$temp/unpacked" || die "cannot write $EMSCRIPTEN_DIR"
  (cd "$temp/deb" && logged "Fetching Emscripten (250 MB)" apt_beside apt-get download "${packages[@]}") ||
    die "could not fetch Emscripten"
  logged "Unpacking Emscripten" unpack_debs "$temp/deb" "$temp/unpacked" || exit 1

  local root version
  version=$(tr -d '"\n' <"$temp/unpacked/usr/share/emscripten/emscripten-version.txt")
  version_at_least "$version" "$EMSCRIPTEN_VERSION" || die "Emscripten in Debian $DEP_SUITE is $version"
  root=$EMSCRIPTEN_DIR/$version
  rm -rf "$root"
  mv "$temp/unpacked" "$root" || die "cannot write $root"
  configure_emscripten "$root" || die "cannot write $root"
  touch "$root/usr/share/emscripten/.complete"
  ln -sfn "$version/usr/share/emscripten" "$EMSCRIPTEN_DIR/current"
  rm -rf "$temp"
}

unpack_debs() { # FROM TO
  local deb
  for deb in "$1"/*.deb; do
    echo "$(basename "$deb")"
    dpkg -x "$deb" "$2" || return 1
  done
  # A gigabyte that nothing here uses.
  local lib=$2/usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten
  rm -rf "$2/usr/share/doc" "$2/usr/share/emscripten/"{test,docs} "$2/usr/share/man" \
    "$lib"/{lto,lto-pic,pic} "$lib"/libGL*
}

configure_emscripten() { # ROOT
  local root=$1 em=$1/usr/share/emscripten libs=$1/usr/lib/x86_64-linux-gnu program
  # Binaryen's programs need the newer release's C library, so each starts through its loader.
  mkdir -p "$root/binaryen/bin" || return 1
  for program in "$root"/usr/bin/wasm-* "$root"/usr/bin/wasm2js; do
    printf '#!/bin/sh\nexec "%s/ld-linux-x86-64.so.2" --library-path "%s" "%s" "$@"\n' \
      "$libs" "$libs" "$program" >"$root/binaryen/bin/$(basename "$program")"
    chmod +x "$root/binaryen/bin/$(basename "$program")"
  done
  mkdir -p "$em/node_modules"
  ln -sfn "$root/usr/share/nodejs/acorn" "$em/node_modules/acorn"
  # Found by emcc beside itself; no environment variable is needed. The folder of system libraries is
  # ours to write, so one that the package did not ship is built once.
  cat >"$em/.emscripten" <<EOF
LLVM_ROOT = '$(dirname "$(command -v clang-$LLVM_VERSION)")'
LLVM_ADD_VERSION = '$LLVM_VERSION'
CLANG_ADD_VERSION = '$LLVM_VERSION'
BINARYEN_ROOT = '$root/binaryen'
NODE_JS = '$(command -v node)'
CACHE = '$em/cache'
FROZEN_CACHE = False
EOF
}

need_emscripten() {
  need_node
  if ! find_emscripten; then
    have apt-get && have dpkg && [ "$(uname -m)" = x86_64 ] ||
      die "WebAssembly needs Emscripten $EMSCRIPTEN_VERSION or newer: install it (emsdk) and put emcc on the PATH"
    need_commands "clang-$LLVM_VERSION" "wasm-ld-$LLVM_VERSION" "llvm-ar-$LLVM_VERSION" python3
    with_lock "$CACHE/emscripten.lock" unpack_emscripten
    find_emscripten || die "Emscripten is not in $EMSCRIPTEN_DIR"
  elif [ "$EMSCRIPTEN_ROOT" = "$EMSCRIPTEN_DIR/current" ]; then
    need_commands "clang-$LLVM_VERSION" "wasm-ld-$LLVM_VERSION" "llvm-ar-$LLVM_VERSION" python3
  fi
  # CMake finds it by this, and emcc runs its scripts in our Node.
  export BRUSHWORK_EMSCRIPTEN=$EMSCRIPTEN_ROOT
  EM_NODE_JS=$(command -v node)
  export EM_NODE_JS
  # emcc starts Python for every file: the program itself, not a version manager's script.
  if [ -x /usr/bin/python3 ]; then export EMSDK_PYTHON=${EMSDK_PYTHON:-/usr/bin/python3}; fi
}
