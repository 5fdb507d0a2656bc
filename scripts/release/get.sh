#!/bin/sh
# Fetches a release of dapberry for this machine, verifies its checksum and runs its installer.
#
#   curl -fsSL https://example.org/dapberry/get.sh | sudo sh -s -- --base https://example.org/dapberry
#
# The shell reads the last line before it runs any other: a download that breaks off runs nothing.
set -eu

usage() {
  cat <<'TEXT'
usage: curl -fsSL BASE/get.sh | sudo sh -s -- [--base BASE] [OPTIONS]

Fetches the release of dapberry for this machine from BASE, verifies its
checksum, and runs its installer. It says each step before it takes it.

  --base BASE        the address of the folder with SHA256SUMS
  --release VERSION  this version instead of the newest
  --dry-run          fetch and verify, print the steps of the installer, and
                     change nothing
  --help             print this

Other options go to the installer: --port N, --enable-i2c, --enable-1wire,
--enable-spi, --uninstall and the others of systemd/install.sh --help.
TEXT
}

say() { printf '%s\n' "$*"; }
die() {
  printf 'get.sh: %s\n' "$*" >&2
  exit 1
}
wrong_usage() {
  printf 'get.sh: %s; see --help\n' "$*" >&2
  exit 2
}

main() {
  base='@BASE@' protocols='' release='' dry_run=false
  # The options of the installer: `set --` collects them behind the others.
  count=$#
  while [ "$count" -gt 0 ]; do
    option=$1
    shift
    count=$((count - 1))
    case $option in
      --base | --release)
        [ "$count" -gt 0 ] || wrong_usage "$option: expected a value, found none"
        set_option "$option" "$1"
        shift
        count=$((count - 1))
        ;;
      --base=* | --release=*) set_option "${option%%=*}" "${option#*=}" ;;
      --help | -h)
        usage
        return
        ;;
      *)
        [ "$option" != --dry-run ] || dry_run=true
        set -- "$@" "$option"
        ;;
    esac
  done
  base=${base%/}
  case $base in
    https://?*) protocols=https ;;
    http://?*) protocols=https,http && say "note: $base is not https: whoever is between can change what is installed" ;;
    *) wrong_usage "--base: expected an address that begins with https://, found $base" ;;
  esac
  $dry_run || [ "$(id -u)" -eq 0 ] || die 'expected to be run by root: curl ... | sudo sh -s -- ..., or --dry-run'
  architecture=$(architecture)

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  from=$PWD
  cd "$work"
  [ -n "$release" ] || release=$(newest)
  is_version "$release" || die "expected the number of a version, such as 1.2.3, found $release"
  archive=dapberry-$release-$architecture.tar.gz

  fetch SHA256SUMS 'the list of checksums'
  head -n 1 SHA256SUMS | grep -qE '^[0-9a-f]{64}  [^/]+$' ||
    die "$base/SHA256SUMS: expected checksums, found $(beginning SHA256SUMS)"
  expected=$(awk -v name="$archive" '$2 == name { print $1; exit }' SHA256SUMS)
  [ -n "$expected" ] || die "$base/SHA256SUMS: expected a line for $archive, found archives of $(archives)"
  fetch "$archive" 'the release'
  say "verify its checksum, $expected"
  found=$(sha256sum "$archive" | cut -d ' ' -f 1)
  [ "$found" = "$expected" ] ||
    die "$base/$archive: expected the SHA-256 $expected, found $found ($(beginning "$archive")). Nothing was installed: try again, or tell who publishes at $base"
  say "unpack it in $work"
  tar -xzf "$archive" --no-same-owner || die "$archive: expected an archive, found the above"
  installer=dapberry-$release-$architecture/systemd/install.sh
  [ -f "$installer" ] || die "$archive: expected $installer in it, found none"
  say "run its installer: install.sh $*"
  # The folder of --root may be a relative one. A folder that root cannot read, such as a home on another machine, is left.
  cd "$from" 2>/dev/null || :
  # The input of this shell may be this script.
  bash "$work/$installer" "$@" </dev/null
}

set_option() {
  [ -n "$2" ] || wrong_usage "$1: expected a value, found an empty one"
  if [ "$1" = --base ]; then base=$2; else release=$2; fi
}

# Prints Debian's name of the architecture of the programs here, which may be 32 bit on a kernel of 64 bit.
architecture() {
  machine=$(uname -m)
  case $machine in armv6*) die "expected an ARMv7 processor or a newer one, found $machine (Raspberry Pi 1, Zero or Zero W): there is no Node for it" ;; esac
  if command -v dpkg >/dev/null; then
    name=$(dpkg --print-architecture)
  else
    case $machine in
      aarch64 | arm64) name=arm64 ;;
      armv7* | armv8l) name=armhf ;;
      x86_64 | amd64) name=amd64 ;;
      *) name=$machine ;;
    esac
    [ "$name" != arm64 ] || [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || name=armhf
  fi
  case $name in
    arm64 | armhf | amd64) printf '%s\n' "$name" ;;
    *) die "expected the architecture arm64, armhf or amd64, found $name: there is no release for it" ;;
  esac
}

# Prints the newest version, from latest.json.
newest() {
  fetch latest.json 'the number of the newest version' >&2
  found=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' latest.json | head -n 1)
  is_version "$found" || die "$base/latest.json: expected the number of a version, found $(beginning latest.json)"
  printf '%s\n' "$found"
}

is_version() {
  # grep looks at each line.
  case $1 in *[!0-9A-Za-z.-]*) return 1 ;; esac
  printf '%s\n' "$1" | grep -qxE '[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?'
}

# fetch NAME WHAT: fetches a file of the release into this folder.
fetch() {
  say "fetch $2, $base/$1"
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 --connect-timeout 30 --proto-redir "=$protocols" -o "$1" "$base/$1" || no_file "$1" curl $?
  elif command -v wget >/dev/null; then
    with_wget "$1" "$base/$1" || no_file "$1" wget $?
  else
    die 'expected curl or wget, found neither: apt-get install curl'
  fi
}

# wget would follow a redirection from https to http, so that each one is looked at here.
with_wget() {
  address=$2 redirections=10
  while :; do
    code=0
    wget -S --max-redirect=0 --tries=3 --timeout=30 -O "$1" "$address" 2>answer || code=$?
    location=$(sed -n 's/^  [Ll]ocation: *\([^ ]*\).*/\1/p' answer | head -n 1)
    [ "$code" -ne 0 ] || return 0
    if [ -z "$location" ] || [ "$redirections" -eq 0 ]; then
      cat answer >&2
      return "$code"
    fi
    redirections=$((redirections - 1))
    case $location in
      *://*) ;;
      /*) location=$(printf '%s\n' "$address" | sed 's,^\([a-z]*://[^/]*\).*,\1,')$location ;;
      *) location=${address%/*}/$location ;;
    esac
    case $protocols:$location in
      *:https://* | https,http:http://*) address=$location ;;
      *) die "$address: expected an address that begins with https://, found that it leads to $location" ;;
    esac
  done
}

no_file() {
  case $2:$3 in
    curl:22 | wget:8) die "$base/$1: expected this file, found that the server refuses it (see above). Is --base the folder of a release?" ;;
    *) die "$base/$1: expected this file, found that $2 cannot fetch it (exit code $3)" ;;
  esac
}

# The beginning of a file for a message: a page that says "not found", for example.
beginning() {
  printf '%s bytes that begin with "%s"' "$(wc -c <"$1" | tr -d ' ')" "$(head -c 40 "$1" | tr -c '[:print:]' ' ')"
}

# The architectures of the archives of this version in SHA256SUMS.
archives() {
  list=$(sed -n "s/.*  dapberry-$release-\([a-z0-9]*\)\.tar\.gz\$/\1/p" SHA256SUMS | tr '\n' ' ')
  printf '%s' "${list:-no architecture, version $release}"
}

{ main "$@"; exit; }
