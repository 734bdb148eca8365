# Sourced by ./dev: programs from the system's package manager.

# package_of COMMAND: the Debian package that has it.
package_of() {
  case $1 in
    c++ | make) echo build-essential ;;
    ninja) echo ninja-build ;;
    node) echo nodejs ;;
    xz) echo xz-utils ;;
    clang-19 | clang++-19) echo clang-19 ;;
    wasm-ld-19) echo lld-19 ;;
    llvm-ar-19) echo llvm-19 ;;
    *) echo "$1" ;;
  esac
}

# As root as it takes: nothing for root, sudo for others.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_update() {
  # apt does not wait for another process that updates the lists.
  local try
  for try in 1 2 3 4 5 6; do
    as_root apt-get -q update && return 0
    [ "$try" = 6 ] || sleep 5
  done
  return 1
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt_update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=900 \
      install --no-install-recommends "$@"
}

# need_packages PACKAGE...: installs them, or says which are missing.
need_packages() {
  [ $# -gt 0 ] || return 0
  if ! have apt-get; then
    die "missing programs: please install $* (named as in Debian) and run this again"
  fi
  if [ "$(id -u)" != 0 ] && ! have sudo; then
    die "missing packages, and neither root nor sudo to install them: apt-get install --no-install-recommends $*"
  fi
  logged "Installing packages: $*" apt_install "$@" || die "could not install: $*"
}

# need_commands COMMAND...: installs the packages of those that are missing.
need_commands() {
  local command missing=()
  for command in "$@"; do
    have "$command" || missing+=("$(package_of "$command")")
  done
  [ ${#missing[@]} = 0 ] || with_lock "$CACHE/packages.lock" need_packages "${missing[@]}"
  for command in "$@"; do
    have "$command" || die "$command is still missing after installing $(package_of "$command")"
  done
}

# What a native build needs.
need_native_tools() {
  need_commands c++ cmake ninja ccache git xz
  local version
  version=$(cmake --version | head -n 1 | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?')
  version_at_least "$version" 3.25 || die "CMake 3.25 or newer is needed, $(command -v cmake) is $version"
}

# ---- Debian's newer release, beside the system ---------------------------------------------------
#
# A private apt state: the machine's own mirror with another suite. Nothing of it is installed; it is
# where the source tarballs and Emscripten come from, verified by Debian's signatures.

APT_DIR=$CACHE/apt-$DEP_SUITE

apt_beside() { # SUBCOMMAND ARGS...: apt-get or apt-cache by the first word
  local program=$1
  shift
  "$program" -q \
    -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts="$APT_DIR/etc" \
    -o Dir::State::Lists="$APT_DIR/lists" \
    -o Dir::Cache="$APT_DIR/cache" \
    -o APT::Sandbox::User=root \
    -o APT::Get::List-Cleanup=false \
    "$@"
}

# The address of the machine's own Debian mirror.
debian_mirror() {
  apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' '$1 == "Debian" && $2 == "main" { print $3; exit }'
}

apt_beside_update() {
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=$(debian_mirror)
  if [ -z "$mirror" ]; then # A machine whose package lists were never fetched.
    apt_update || return 1
    mirror=$(debian_mirror)
  fi
  [ -n "$mirror" ] || {
    echo "This machine's apt sources name no Debian mirror."
    return 1
  }
  if [ ! -e /usr/share/keyrings/debian-archive-$DEP_SUITE-stable.gpg ]; then
    apt_install debian-archive-keyring || return 1 # The keys of the newer release.
  fi
  mkdir -p "$APT_DIR/etc" "$APT_DIR/lists/partial" "$APT_DIR/cache/archives/partial" || return 1
  printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$mirror" "$DEP_SUITE" "$keyring" >"$APT_DIR/etc/beside.sources"
  apt_beside apt-get update || return 1
  touch "$APT_DIR/updated"
}

# The lists are fetched once a day at most.
need_apt_beside() {
  [ -n "$(find "$APT_DIR/updated" -mmin -1440 2>/dev/null)" ] && return 0
  logged "Reading the package lists of Debian $DEP_SUITE" apt_beside_update
}
