# Sourced by the other scripts: goes to the checkout's root, checks the Swift toolchain and installs the system
# libraries that are missing. macOS is provided for, but only Linux is tested.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

step() { printf '\n==> %s\n' "$*"; }

fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

require_swift() {
  local where="Get it from https://www.swift.org/install, open a new terminal and run this again."
  command -v swift > /dev/null \
    || fail "Millrace needs the Swift toolchain, 6.2 or newer, and there is no 'swift' on the PATH. $where"
  local version
  version="$(swift --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)" || true
  version="${version:-0 0}"
  local major="${version% *}" minor="${version#* }"
  if ((major < 6 || (major == 6 && minor < 2))); then
    fail "Millrace needs the Swift toolchain, 6.2 or newer, and this 'swift' is version ${version/ /.}. $where"
  fi
}

# Carries out a command in silence; shows its output only if it fails.
quietly() {
  local output
  output="$("$@" 2>&1)" || {
    printf '%s\n' "$output" >&2
    fail "This failed: $*"
  }
}

install_libraries() {
  if [[ "$(uname)" == Darwin ]]; then
    local formula missing=()
    command -v brew > /dev/null || fail "Millrace needs jpeg-turbo, libpng, openblas and pkgconf. Install Homebrew \
from https://brew.sh and run this again, or install them by other means where pkg-config finds them."
    for formula in jpeg-turbo libpng openblas pkgconf webp; do
      brew list --versions "$formula" > /dev/null || missing+=("$formula")
    done
    ((${#missing[@]} == 0)) && return
    step "Installing ${missing[*]} with Homebrew"
    quietly brew install "${missing[@]}"
    return
  fi

  pkg-config --exists libjpeg libpng openblas zlib 2> /dev/null \
    || install_packages "pkg-config and the development files of libjpeg(-turbo), libpng, zlib and OpenBLAS" \
      pkg-config libjpeg-dev libpng-dev libopenblas-dev zlib1g-dev
  install_libxsmm
  install_libwebp
}

# LIBXSMM is for one kind of processor. Without it OpenBLAS multiplies: nobody is asked for a password, and nothing
# fails.
install_libxsmm() {
  [[ "$(uname -m)" == x86_64 ]] || return 0
  ! pkg-config --exists libxsmm 2> /dev/null || return 0
  local as_root=(env)
  ((EUID == 0)) || as_root=(sudo -n)
  "${as_root[@]}" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y libxsmm-dev' \
    > /dev/null 2>&1 || step "Going on without LIBXSMM; with it (Debian: libxsmm-dev) training is faster"
}

# libwebp is for WebP images. Without it these are not read: nobody is asked for a password, and nothing fails.
install_libwebp() {
  ! pkg-config --exists libwebpdemux 2> /dev/null || return 0
  local as_root=(env)
  ((EUID == 0)) || as_root=(sudo -n)
  "${as_root[@]}" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y libwebp-dev' \
    > /dev/null 2>&1 || step "Going on without libwebp; with it (Debian: libwebp-dev) WebP images are read"
}

# Open MPI is needed where the trait MPI is built and no MPI library is installed.
install_mpi() {
  if [[ "$(uname)" == Darwin ]]; then
    brew list --versions open-mpi > /dev/null || quietly brew install open-mpi
    return
  fi
  pkg-config --exists mpi-c 2> /dev/null && command -v mpirun > /dev/null && return
  install_packages "an MPI library with its development files and mpirun" libopenmpi-dev openmpi-bin
}

# Installs Debian's packages; "$1" says what they are for people with another system.
install_packages() {
  local what="$1" as_root=()
  shift
  command -v apt-get > /dev/null || fail "Millrace needs $what. Install them with this system's package manager and \
run this again."
  if ((EUID != 0)); then
    command -v sudo > /dev/null || fail "Millrace needs system libraries that are not installed. As root, run \
'apt-get install $*', then run this again."
    as_root=(sudo)
  fi
  step "Installing $*"
  quietly ${as_root[@]+"${as_root[@]}"} apt-get update
  quietly ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y "$@"
}

# swift build, with its single progress line in a terminal, and only errors and warnings elsewhere.
build() {
  if [[ -t 1 ]]; then swift build "$@"; else swift build --quiet "$@"; fi
}

require_swift
install_libraries
