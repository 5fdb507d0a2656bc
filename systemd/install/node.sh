# Decides whether a Node runs the program, whether the service can reach it, and which addons load in it.
# shellcheck shell=bash

# The versions of Node that the program runs on (package.json, engines).
node_will_do() {
  local major minor
  IFS=. read -r major minor _ <<<"$1"
  case $major in
    20) [ "$minor" -ge 19 ] ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -ge 23 ] ;;
  esac
}

# Prints the version of the Node that the service finds; nothing if there is none.
node_here() { node -p process.versions.node 2>/dev/null || true; }

# The service does not see homes (ProtectHome=), so it cannot run a Node there.
check_node_place() {
  local place real
  place=$(command -v node || true)
  [ -n "$place" ] || return 0
  real=$(readlink -f "$place" || true)
  case $real in /home/* | /root/* | /run/user/*)
    die "expected a Node outside of homes, which the service does not see, found $place, which is $real. Without it Debian's is installed: sudo rm $(words "$place")"
    ;;
  esac
}

# Refuses a Node that the service cannot run, or on which the program does not run.
check_service_node() {
  local found
  check_node_place
  found=$(node_here)
  [ -n "$found" ] && node_will_do "$found" ||
    die "expected Node 20.19 or later (of Node 22, 22.12 or later) in $PATH, where the service looks for it, found ${found:-none}${found:+ at $(command -v node)}: sudo apt install nodejs${found:+, or remove that one}"
}

# tell_addons_of FOLDER: prints a note for each addon of that program that does not load in this Node; ADDONS_MISSING is their number.
ADDONS_MISSING=0
tell_addons_of() {
  local line
  ADDONS_MISSING=0
  while IFS= read -r line; do
    ADDONS_MISSING=$((ADDONS_MISSING + 1))
    note "$line"
  done < <(as_service node "$1/systemd/load-addons.mjs" 2>&1 | harmless)
}

# An archive brings the native addons for some versions of Node; a checkout compiles them for the present one. They have to load.
tell_addons() {
  if [ -n "$ROOT" ] || $DRY_RUN; then return; fi
  tell_addons_of "$PROGRAM"
}
