#!/usr/bin/env bash
# Makes sure that the machine has what a step needs. As root on Debian or Ubuntu it installs what is missing; otherwise it
# says exactly what to install.
#   setup.sh build    to build: Rust, Node.js 20.19 or newer, a C compiler
#   setup.sh browser  to run the browser journeys: Chromium and Firefox ESR
#   setup.sh peers    to run the published clients: Python 3 with its module venv
#   setup.sh servers  to run the tests: PostgreSQL's server programs, and Pebble, a certificate authority for tests (the tests start
#                     their own)
set -eu

missing=()
debian() { command -v apt-get >/dev/null 2>&1; }

install_packages() {
  if debian && [ "$(id -u)" = 0 ]; then
    echo "Installing with apt-get: $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >/dev/null
  elif debian; then
    missing+=("sudo apt-get install $*")
  else
    missing+=("your system's packages for: $*")
  fi
}

case "${1:-build}" in
  build)
    command -v cc >/dev/null 2>&1 || install_packages gcc libc6-dev
    command -v cargo >/dev/null 2>&1 || missing+=("Rust, by rustup: https://rustup.rs")
    if ! command -v node >/dev/null 2>&1; then
      missing+=("Node.js 20.19 or newer: https://nodejs.org")
    elif ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
      missing+=("Node.js 20.19 or newer (this is $(node --version)): https://nodejs.org")
    fi
    ;;
  browser)
    if [ -z "${CHROMIUM_PATH:-}" ] && ! command -v chromium >/dev/null 2>&1; then
      install_packages chromium fonts-dejavu-core
    fi
    if [ -z "${FIREFOX_PATH:-}" ] && ! command -v firefox-esr >/dev/null 2>&1; then
      install_packages firefox-esr
    fi
    command -v ip >/dev/null 2>&1 || { [ "$(id -u)" != 0 ] || install_packages iproute2; }
    # Debian's package would start a TURN server of the machine's own where there is systemd; without it one journey is left out.
    if ! command -v turnserver >/dev/null 2>&1 && debian && [ "$(id -u)" = 0 ] && [ ! -d /run/systemd/system ]; then
      install_packages coturn
    fi
    ;;
  peers)
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || install_packages python3 python3-venv
    ;;
  servers)
    if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null 2>&1; then
      # Debian's package would make a database and start it; the tests want the programs alone.
      no_database=/etc/postgresql-common/createcluster.d/convene-tests.conf
      if debian && [ "$(id -u)" = 0 ]; then
        mkdir -p "${no_database%/*}"
        echo "create_main_cluster = false" >"$no_database"
      fi
      install_packages postgresql
      rm -f "$no_database" 2>/dev/null || true
    fi
    command -v pebble >/dev/null 2>&1 || install_packages pebble
    ;;
  *)
    echo "setup.sh: unknown step $1" >&2
    exit 2
    ;;
esac

if [ "${#missing[@]}" -gt 0 ]; then
  echo "Convene needs something that is not on this machine. Install:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
