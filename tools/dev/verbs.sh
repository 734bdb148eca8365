# Sourced by ./dev: one function for each verb.

verb_help() {
  cat <<EOF
usage: ./dev VERB ...

  stylize IN -o OUT --style ID    paint a picture (also: --model FILE; './dev stylize --help')
  video FRAMES... -o DIR --style ID
                                  paint a video's frames without flicker (--steadiness 0.9)
  styles                          list the styles, one a line, the id first
  inspect MODEL.onnx              layers, shapes and costs of a model
  demo [--port N] [--no-open] [--no-isolation]
                                  build the page and serve it
  examples [--port N] [--no-open] [--no-isolation]
                                  build the package and serve examples/
  docs                            write docs/api.md from the package's types
  sbom [-o FILE]                  write what is in the package, the page and the command line, with
                                  licences and hashes: CycloneDX; default build/sbom.cdx.json
  release [-o DIR]                the package's tarball, the page, the bill of materials;
                                  default build/release
  reproduce [--dependencies]      make a release from two clones in different surroundings and compare
                                  every byte (--dependencies: build those anew, too)
  setup                           fetch and build everything that the other verbs need
  build [PRESET ...]              build; without a preset, 'native'
  test                            build and run all tests
  fuzz [TARGET ...] [--seconds N] [--jobs N] [--report]
                                  feed random inputs to what reads strangers' files, each target for a
                                  minute or N seconds (--report: what has been fuzzed here so far)
  faults                          refuse every request for memory in turn; a table of what came of it
  soak [--paintings N] [--seed N] 10 000 paintings of every kind in one page: what grows, and how much
  bench [ROW ...] [--webgpu [--software]] [--json FILE] [--profile]
                                  compare with ONNX Runtime ('bench kernels': single kernels;
                                  --webgpu: on the GPU; --software: as if there were one, 64x64 pixels)
  evaluate [--styles ID,ID] [--photos N] [--no-flicker] [-o DIR]
                                  measure how good the styles are; contact sheets in build/evaluation
  lint                            check formatting and run clang-tidy
  clean [--all]                   remove what was built (--all: the cache too)

presets: $PRESETS

Every verb sets up what it needs, once, in $CACHE
(set BRUSHWORK_CACHE for another folder).
EOF
}

verb_setup() {
  local preset
  need_native_tools
  need_deps native
  need_deps native-tsan
  need_emscripten
  for preset in $WASM_PRESETS; do need_deps "$preset"; done
  say "ready: ./dev build, ./dev test"
}

verb_build() {
  local preset
  [ $# -gt 0 ] || set -- native
  for preset in "$@"; do
    is_preset "$preset" || die "unknown preset '$preset'; presets: $PRESETS"
  done
  for preset in "$@"; do build_preset "$preset"; done
  say "built: $*"
}

# Replaces ./dev by the command line program: its messages, its exit code, the caller's folder.
run_cli() {
  build_preset native brushwork
  export BRUSHWORK_MODELS=${BRUSHWORK_MODELS:-$ROOT/models}
  exec "$ROOT/build/native/bin/brushwork" "$@"
}

verb_stylize() { run_cli stylize "$@"; }
verb_video() { run_cli video "$@"; }
verb_styles() { run_cli styles "$@"; }
verb_inspect() { run_cli inspect "$@"; }

# serve_arguments VERB ARGUMENTS...: checks them and leaves them in SERVE_ARGUMENTS.
serve_arguments() {
  local verb=$1
  shift
  SERVE_ARGUMENTS=()
  while [ $# -gt 0 ]; do
    case $1 in
      --port)
        [ $# -ge 2 ] || die "--port needs a number"
        SERVE_ARGUMENTS+=(--port "$2")
        shift
        ;;
      --port=*) SERVE_ARGUMENTS+=(--port "${1#*=}") ;;
      --no-open) SERVE_ARGUMENTS+=(--no-open) ;;
      --no-isolation) SERVE_ARGUMENTS+=(--no-isolation) ;;
      *) die "$verb: unknown option '$1' (--port N, --no-open, --no-isolation)" ;;
    esac
    shift
  done
}

# The package holds all four variants.
build_package() {
  local preset
  for preset in $WASM_PRESETS; do build_preset "$preset" brushwork_wasm; done
  npm_build web
}

# The page uses the package as a stranger would.
verb_demo() {
  serve_arguments demo "$@"
  build_package
  npm_build demo
  cd "$ROOT/demo" || die "no demo folder"
  exec npm run --silent serve -- ${SERVE_ARGUMENTS[@]+"${SERVE_ARGUMENTS[@]}"}
}

verb_examples() {
  serve_arguments examples "$@"
  build_package
  exec node "$ROOT/examples/serve.mjs" ${SERVE_ARGUMENTS[@]+"${SERVE_ARGUMENTS[@]}"}
}

verb_docs() {
  [ $# = 0 ] || die "docs takes no arguments"
  npm_install "$ROOT/tools/docs"
  exec npm --prefix "$ROOT/tools/docs" run --silent docs
}

# 'bench kernels' times single kernels natively; all else compares the package with ONNX Runtime, and with itself on a GPU.
verb_bench() {
  export BRUSHWORK_ROOT=$ROOT
  export BRUSHWORK_DATA=${BRUSHWORK_DATA:-$ROOT/../shared/data}
  export BRUSHWORK_MODELS=${BRUSHWORK_MODELS:-$ROOT/models}
  if [ "${1:-}" = kernels ]; then
    shift
    build_preset native brushwork_bench
    exec "$ROOT/build/native/tests/brushwork_bench" "$@"
  fi
  need_commands chromium
  build_package
  npm_install "$ROOT/tests/bench"
  export EMCC=$EMSCRIPTEN_ROOT/emcc
  [ -d "$BRUSHWORK_DATA" ] || say "no data in $BRUSHWORK_DATA (BRUSHWORK_DATA): rows that need it say so"
  exec "$ROOT/tests/bench/run.sh" "$@"
}

# Paints the evaluation photos in every style: contact sheets and a report.
verb_evaluate() {
  need_python
  build_preset native brushwork
  export BRUSHWORK_CLI=$ROOT/build/native/bin/brushwork
  export BRUSHWORK_DATA=${BRUSHWORK_DATA:-$ROOT/../shared/data}
  export BRUSHWORK_MODELS=${BRUSHWORK_MODELS:-$ROOT/models}
  exec "$PYTHON" "$ROOT/tests/evaluate/evaluate.py" "$@"
}

# clang-tidy 19 knows C++20 better than Debian 12's own version; both tools come from the same LLVM.
verb_lint() {
  local files=() status=0
  need_commands "clang-format-$LLVM_VERSION" "clang-tidy-$LLVM_VERSION"
  need_preset native
  build_preset native brushwork_base # Configures, for compile_commands.json.
  cd "$ROOT" || exit 1
  while IFS= read -r file; do files+=("$file"); done < <(
    git ls-files -- 'src/*.cc' 'src/*.h' 'wasm/*.cc' 'wasm/*.h' 'tests/*.cc' 'tests/*.h'
  )
  [ ${#files[@]} -gt 0 ] || die "no sources"
  say "clang-format"
  "clang-format-$LLVM_VERSION" --dry-run -Werror "${files[@]}" || status=1
  say "clang-tidy"
  # Only what the native build compiles has its flags in compile_commands.json.
  printf '%s\n' "${files[@]}" | grep -E '^(src|tests)/.*\.cc$' | grep -v '^tests/fuzz/' |
    xargs -P "$(jobs_count)" -n 4 "clang-tidy-$LLVM_VERSION" --quiet -p build/native \
      --warnings-as-errors='*' || status=1
  [ $status = 0 ] && say "clean"
  exit $status
}

verb_clean() {
  case ${1:-} in
    '') ;;
    --all) ;;
    *) die "clean: unknown option '$1' (--all)" ;;
  esac
  say "removing $ROOT/build and the built packages"
  rm -rf "$ROOT/build" "$ROOT"/web/{dist,LICENSE,THIRD_PARTY_NOTICES.md} "$ROOT"/demo/dist
  if [ "${1:-}" = --all ]; then
    say "removing $CACHE"
    rm -rf "$CACHE" "$ROOT"/{web,demo,tests/browser,tests/package,tests/reference,tests/bench,tools/docs}/node_modules
  fi
}
