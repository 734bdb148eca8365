#!/usr/bin/env bash
# Makes the results of native ONNX Runtime that the tests compare with, once for each set of cases:
#   make_reference.sh TOOLS_FOLDER REFERENCE_FOLDER DATA_FOLDER
# Needs this folder's npm packages and `node` on the PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$1 reference=$2 data=$3
models=$(cd "$here/../../models" && pwd)
"$tools/make_operator_cases" "$reference" "$data" "$models"
"$tools/make_gpu_cases" "$reference"
key=$(cat "$reference"/{,gpu_}cases.json "$reference"/*.onnx "$reference"/*.coefficients.f32 "$models"/*.onnx "$here/run_reference.mjs" 2>/dev/null | sha256sum)
if [ "$(cat "$reference/key" 2>/dev/null)" = "$key" ]; then
  echo "native ONNX Runtime's results are there already"
  exit 0
fi
node "$here/run_reference.mjs" "$reference" "$data" "$models"
printf '%s\n' "$key" >"$reference/key"
