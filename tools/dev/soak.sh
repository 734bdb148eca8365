# Sourced by ./dev: thousands of paintings in one page, and what grows.

verb_soak() {
  local paintings=10000 seed=
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || die "soak: '$1' needs a number (--paintings N, --seed N)"
    [[ $2 =~ ^[1-9][0-9]*$ ]] || die "soak: got '$2', needed a positive number"
    case $1 in
      --paintings) paintings=$2 ;;
      --seed) seed=$2 ;;
      *) die "soak: unknown option '$1' (--paintings N, --seed N)" ;;
    esac
    shift 2
  done
  need_commands chromium
  build_package
  npm_install "$ROOT/tests/browser"
  export BRUSHWORK_SOAK=$paintings BRUSHWORK_MODELS=${BRUSHWORK_MODELS:-$ROOT/models}
  [ -z "$seed" ] || export BRUSHWORK_SOAK_SEED=$seed
  cd "$ROOT/tests/browser" || die "no tests/browser"
  exec npm test --silent -- specs/soak.spec.mjs
}
