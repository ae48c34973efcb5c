# Sourced by ./run and ./test: which Debian packages they need, and installing what is missing.

build_packages="g++ cmake ninja-build pkg-config ccache openssl libssl-dev libsqlite3-dev
  libicu-dev libfmt-dev libzstd-dev zlib1g-dev libsystemd-dev libboost1.81-dev|libboost-dev
  libboost-program-options1.81-dev|libboost-program-options-dev libcrypt-dev libargon2-dev
  libpam0g-dev libldap-dev|libldap2-dev"
# A '?' at the end: the tests that need it are skipped where the distribution does not have it.
test_packages="libgtest-dev libgmock-dev libbenchmark-dev python3 curl? gsasl? isync?
  libsasl2-modules? mutt? swaks? postfix? dovecot-imapd? dovecot-pop3d? fetchmail? getmail6? mpop?
  slapd? libnet-ssleay-perl? tmux? python3-gi? gir1.2-camel-1.2?
  evolution-data-server? libgmime-3.0-dev? clang-19? clang-tidy-19? clang-format-19?
  libclang-rt-19-dev?"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

available() {
  apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

# The first of "a|b|c" that is installed, else the first that there is, else nothing.
choose_package() {
  local name
  for name in ${1//|/ }; do installed "$name" && { echo "$name"; return; }; done
  for name in ${1//|/ }; do available "$name" && { echo "$name"; return; }; done
  return 0
}

# install_packages STAMP "PACKAGES": does nothing when STAMP says that this list has been seen to.
install_packages() {
  local stamp=$1 item name missing=() updated=
  local list=${2//[[:space:]]/ }
  [ "$(cat "$stamp" 2>/dev/null)" != "$list" ] || return 0
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    echo "No apt-get here: please see to these packages yourself: $list" >&2
    return 0
  }
  for item in $list; do
    name=$(choose_package "${item%\?}")
    if [ -z "$name" ] && [ -z "$updated" ]; then
      as_root apt-get -qq update
      updated=yes
      name=$(choose_package "${item%\?}")
    fi
    if [ -z "$name" ] && [ "$item" = "${item%\?}" ]; then
      echo "This distribution has no package $item." >&2
      return 1
    fi
    [ -z "$name" ] || installed "$name" || missing+=("$name")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]}"
    [ -n "$updated" ] || as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y \
      --no-install-recommends "${missing[@]}" >/dev/null
  fi
  mkdir -p "$(dirname "$stamp")"
  echo "$list" > "$stamp"
}

# configure PRESET [OPTION...]: prepares build/PRESET, with ccache where there is one.
configure() {
  local preset=$1; shift
  command -v ccache >/dev/null && set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  mkdir -p "build/$preset"
  cmake --preset "$preset" "$@" > "build/$preset/configure.log" 2>&1 || {
    cat "build/$preset/configure.log" >&2
    return 1
  }
}
