# Keeps the parts of the guests in a cache and fetches Debian's packages. Source it.
#
# DAPBERRY_APPLIANCE_CACHE names the folder. Each part is made once and marked with a key of its sources, and made again when
# they change. Apt works on lists of its own there; those of the machine stay unchanged.

set -euo pipefail
: "${DAPBERRY_APPLIANCE_CACHE:?expected the folder of the cache}"
IMAGES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
APPLIANCE=$(dirname "$IMAGES")
mkdir -p "$DAPBERRY_APPLIANCE_CACHE"
cd "$DAPBERRY_APPLIANCE_CACHE"
CACHE=$PWD

say() { echo "appliance, ${SECONDS} s: $*" >&2; }

# is_made PART KEY: succeeds if the part was made with this key.
is_made() { [ "$(cat "$CACHE/$1.made" 2>/dev/null)" = "$2" ]; }
mark_made() { echo "$2" >"$CACHE/$1.made"; }

# key_of FILE|TEXT...: prints a hash of the sources of a part.
key_of() {
  local each
  for each in "$@"; do if [ -f "$each" ]; then cat "$each"; else echo "$each"; fi; done | sha256sum | cut -c1-16
}

# Prints the Debian mirror of this machine's apt.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | awk '$2 == "bookworm" { print $1; exit }'
}

# apt_for ARCH get|cache ARGUMENTS: runs apt for another architecture, with bookworm and its backports.
apt_for() {
  local arch=$1 tool=$2 folder=$CACHE/apt-$1 suite
  shift 2
  if [ ! -s "$folder/list" ]; then
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    touch "$folder/status"
    for suite in bookworm bookworm-backports; do
      echo "deb [arch=$arch signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main"
    done >"$folder/list"
  fi
  "apt-$tool" -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o APT::Sandbox::User=root \
    -o Dir::Etc::sourcelist="$folder/list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/lists" \
    -o Dir::Cache="$folder/cache" -o Dir::State::status="$folder/status" "$@"
}

# package_lists ARCH: updates the lists; a package that was replaced at the mirror cannot be fetched by an older list.
declare -A has_lists=()
package_lists() {
  [ -z "${has_lists[$1]:-}" ] || return 0
  apt_for "$1" get update
  has_lists[$1]=yes
}

# unpack ARCH FOLDER PACKAGE...: unpacks packages without installing them.
unpack() {
  local arch=$1 to=$2 download file
  shift 2
  package_lists "$arch"
  mkdir -p "$to"
  download=$(mktemp -d)
  (cd "$download" && apt_for "$arch" get download "$@")
  for file in "$download"/*.deb; do dpkg -x "$file" "$to"; done
  rm -r "$download"
}

# install_tools PROGRAM:PACKAGE...: installs the packages of missing programs on this machine.
install_tools() {
  local each packages=()
  for each in "$@"; do command -v "${each%%:*}" >/dev/null || packages+=("${each#*:}"); done
  [ ${#packages[@]} -gt 0 ] || return 0
  say "installing ${packages[*]}"
  apt-get -qq update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
    "${packages[@]}" >/dev/null
}

# archive FOLDER FILE: writes a folder as an initramfs.
archive() { (cd "$1" && find . | cpio --quiet -o -H newc) >"$2"; }
