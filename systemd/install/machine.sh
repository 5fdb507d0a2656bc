# Checks the system, architecture, space and Node of the machine, and installs Debian's Node if it is new enough.
# shellcheck shell=bash

check_machine() {
  [ "$(id -u)" -eq 0 ] || $DRY_RUN || die "expected to be run by root: sudo $(words "$0" "${ARGUMENTS[@]}")"
  [ "$(uname -s)" = Linux ] || die "expected Linux, found $(uname -s)"
  check_system
  check_architecture
  check_package
  check_remains
  check_command
  check_boot
  check_space
  check_port
  if [ -n "$ROOT" ]; then check_node_there; else check_node; fi
}

# value_of KEY: prints the value of a key in /etc/os-release.
value_of() { sed -n "s/^$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" "$ROOT/etc/os-release" 2>/dev/null || true; }

check_system() {
  local name version
  name=$(value_of PRETTY_NAME)
  version=$(value_of VERSION_ID)
  case " $(value_of ID) $(value_of ID_LIKE) " in
    *" debian "* | *" raspbian "*) ;;
    *) die "expected Raspberry Pi OS, Debian or what is made of it, found ${name:-a system without /etc/os-release}" ;;
  esac
  case $(value_of ID) in debian | raspbian)
    [ "${version:-99}" -ge 12 ] || die "expected Debian 12 (Bookworm) or later, found $name"
    ;;
  esac
  [ -n "$ROOT" ] || [ -d /run/systemd/system ] || die 'expected systemd as the first process, found another one'
}

check_architecture() {
  local architecture made
  if [ -n "$ROOT" ]; then
    architecture=$(dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${Architecture}' dpkg 2>/dev/null || true)
  else
    architecture=$(dpkg --print-architecture)
    [ "$(uname -m)" != armv6l ] ||
      die 'expected an ARMv7 processor or a newer one, found ARMv6 (Pi 1, Pi Zero): there is no Node for it'
  fi
  if ! is_archive; then
    made=$(dpkg --print-architecture 2>/dev/null || true)
    [ -z "$architecture" ] || [ "$architecture" = "$made" ] ||
      die "a checkout is compiled for this machine, $made, and the system at $ROOT is $architecture: take dapberry-$VERSION-$architecture.tar.gz"
    return
  fi
  made=$(cat "$SOURCE/ARCHITECTURE")
  [ -z "$architecture" ] || [ "$architecture" = "$made" ] ||
    die "this archive is for $made, and this system is $architecture: take dapberry-$VERSION-$architecture.tar.gz"
}

# Another program at that place, usually of `npm install -g`, is neither replaced nor removed.
check_command() {
  local found way="sudo mv $(words "$COMMAND" "$COMMAND.old")"
  if is_ours "$COMMAND" || { [ ! -e "$COMMAND" ] && [ ! -L "$COMMAND" ]; }; then return 0; fi
  found='a file'
  if [ -L "$COMMAND" ]; then
    found="a link to $(readlink "$COMMAND")"
    way="sudo rm $(words "$COMMAND")"
    case $found in *node_modules*) way='sudo npm uninstall -g dapberry' ;; esac
  fi
  die "expected no other program at $COMMAND, found $found; this takes it out of the way: $way"
}
is_ours() { case $(readlink "$1" || true) in /opt/dapberry/*) ;; *) return 1 ;; esac; }

check_space() {
  local needed free
  # An installed version is not copied again.
  case $SOURCE in "$HOME_FOLDER"/versions/*) return ;; esac
  # Kilobytes; a checkout has more files than are copied.
  needed=80000
  ! is_archive || needed=$(($(du -sk "$SOURCE" | cut -f1) + 20000))
  free=$(df -Pk "$(first_there "$ROOT/opt/dapberry" "$ROOT/opt" "$ROOT/")" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$needed" ] || die "expected $((needed / 1000)) MB of space for $ROOT/opt/dapberry, found $((free / 1000)) MB"
}

first_there() {
  local path
  for path; do
    if [ -e "$path" ]; then
      printf '%s\n' "$path"
      return
    fi
  done
}

check_node() {
  local found candidate
  check_node_place
  # The Node that the service finds.
  found=$(node_here)
  if [ -n "$found" ] && node_will_do "$found"; then
    keep_node
    return
  fi
  candidate=$(candidate_of nodejs)
  if [ -z "$candidate" ] && ! $DRY_RUN && command -v apt-get >/dev/null; then
    update_lists
    candidate=$(candidate_of nodejs)
  fi
  if [ -n "$candidate" ] && node_will_do "$candidate"; then
    $DRY_RUN || packages >"$KEPT/packages"
    [ -n "$found" ] || undo purge_new_packages
    step "install Node $candidate (apt-get install nodejs)" install_node
    return
  fi
  say "dapberry needs Node 20.19 or later (of Node 22, 22.12 or later). Found: ${found:-none}; $(value_of PRETTY_NAME) offers ${candidate:-none}." >&2
  say 'A newer one comes from https://github.com/nodesource/distributions with this line; then run install.sh again:' >&2
  say '  curl -fsSL https://deb.nodesource.com/setup_22.x | sudo bash - && sudo apt-get install -y nodejs' >&2
  die 'expected a Node that dapberry runs on, found none'
}

# Package lists that are older than the servers name files that no longer exist.
install_node() {
  local found
  if ! apt_install nodejs; then
    say 'the lists of packages may be old: fetch new ones (apt-get update), and try again'
    update_lists
    apt_install nodejs || die 'expected that apt installs nodejs, also with new lists, found the above: sudo apt-get install nodejs, then run this again'
  fi
  found=$(node_here)
  [ -n "$found" ] && node_will_do "$found" || die "expected that apt installs a Node of 20.19 or later, found ${found:-none} after it"
}

# apt removes what it has installed for the Debian package when that is gone (apt autoremove); what is asked for by name stays.
keep_node() {
  [ -n "$(apt-mark "${WITHOUT_CACHES[@]}" showauto nodejs 2>/dev/null || true)" ] || return 0
  undo apt-mark "${WITHOUT_CACHES[@]}" -qq auto nodejs
  step 'have apt keep Node (apt-mark manual nodejs)' apt-mark "${WITHOUT_CACHES[@]}" -qq manual nodejs
}

# Options of apt's programs, which would leave files in /var/cache/apt otherwise.
WITHOUT_CACHES=(-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)

apt_install() {
  env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

# Without the option apt succeeds although it has reached no server.
update_lists() {
  apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update ||
    die 'expected that apt fetches its lists of packages to install Node with, found the above: this machine may be offline, or its clock wrong (date). With a network, run this again; without one, install Node from its package first: sudo dpkg -i nodejs_*.deb'
}

# The note about the Node of another system, printed first and last.
NODE_THERE=

# Programs of the other system do not run here, so its records of Node are read. A fresh card has no Node, and is installed all the same.
check_node_there() {
  local found place
  for place in "$ROOT/usr/local/bin/node" "$ROOT/usr/bin/node"; do
    if [ -e "$place" ] || [ -L "$place" ]; then break; fi
    place=
  done
  found=$(version_there "$place")
  if [ -n "$found" ] && node_will_do "$found"; then return; fi
  NODE_THERE="expected Node 20.19 or later (of Node 22, 22.12 or later) in the system at $ROOT, found ${place:+${found:-one of unknown version} at }${place:-none}. When it runs and has a network, this installs one or says how: sudo /opt/dapberry/current/systemd/install.sh"
  tell_node_there
}

tell_node_there() { [ -z "$NODE_THERE" ] || note "$NODE_THERE"; }

# version_there PLACE: prints the version from the package of Debian or NodeSource, or from the headers of nodejs.org; else nothing.
version_there() {
  local version
  case $1 in
    '') ;;
    "$ROOT/usr/bin/node")
      version=$(dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${db:Status-Status} ${Version}' nodejs 2>/dev/null || true)
      printf '%s\n' "$version" | sed -n 's/^installed \([0-9]*:\)\{0,1\}\([0-9][0-9.]*\).*/\2/p'
      ;;
    *)
      { sed -n 's/^#define NODE_\(MAJOR\|MINOR\|PATCH\)_VERSION *\([0-9]*\)$/\2/p' "$ROOT/usr/local/include/node/node_version.h" 2>/dev/null || true; } | paste -sd .
      ;;
  esac
}

packages() { dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' | sed -n 's/^ii  *//p' | LC_ALL=C sort; }

# Removes no other packages, even unneeded ones: they are not ours.
purge_new_packages() { packages | LC_ALL=C comm -13 "$KEPT/packages" - | xargs -r apt-get -qq -y purge; }

# candidate_of PACKAGE: prints the version that apt would install, such as 20.19.2; nothing if there is none.
candidate_of() {
  { LC_ALL=C apt-cache "${WITHOUT_CACHES[@]}" policy "$1" 2>/dev/null || true; } | sed -n 's/^ *Candidate: \([0-9][0-9.]*\).*/\1/p'
}
