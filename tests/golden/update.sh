#!/usr/bin/env bash
# Paints the golden pictures anew with the native program. Look at every one before committing it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/dev" styles | while read -r id _; do
  "$root/dev" stylize "$root/tests/browser/fixtures/lake.jpg" -o "$root/tests/golden/$id.png" \
    --style "$id" --max-pixels 98304 --threads 1
done
