#!/usr/bin/env bash
# Runs the comparisons; './dev bench' has built what they need:
#   run.sh [NAME ...] [--webgpu [--software]] [--json FILE] [--runs N] [--profile]
# Needs this folder's npm packages, web/dist, `node` on the PATH, and EMCC, the WebAssembly compiler.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build/bench
mkdir -p "$build"
if [ ! "$build/peak.wasm" -nt "$here/peak.cc" ]; then
  "${EMCC:-emcc}" -O3 -msimd128 -mrelaxed-simd --no-entry -sSTANDALONE_WASM -o "$build/peak.wasm" "$here/peak.cc"
fi
exec node "$here/bench.mjs" "$@"
