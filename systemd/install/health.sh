# Waits until the service is healthy, and prints its addresses. install.sh and the Debian package decide by it whether a version stays.
# shellcheck shell=bash

# The command that the service runs.
SERVICE_COMMAND=${SERVICE_COMMAND:-/usr/local/bin/dapberry}
# The timeout of the start in seconds: an old Pi is slow.
PATIENCE=${DAPBERRY_PATIENCE:-120}
# The seconds that a new version has to stay up.
PROOF=${DAPBERRY_PROOF:-5}

# was_up STATE: a failed service that waits for its restart counts as up.
was_up() { case $1 in active | activating | reloading) ;; *) return 1 ;; esac; }

reload_quietly() {
  systemctl daemon-reload
  reset_failures
}

# Restarts count from here (NRestarts).
reset_failures() { systemctl reset-failed dapberry.service 2>/dev/null || true; }

state_of() { systemctl show --property="$1" --value dapberry.service 2>/dev/null || true; }

wait_until_healthy() {
  local end=$((SECONDS + PATIENCE)) url pid
  # Some systems do not know the name localhost.
  url=$(addresses | sed -n '1{s/localhost/127.0.0.1/;p}')
  while :; do
    pid=$(state_of MainPID)
    if [ "$(state_of ActiveState)" = active ] && is_healthy "$url"; then
      sleep "$PROOF"
      if [ "$pid" = "$(state_of MainPID)" ] && is_healthy "$url"; then break; fi
    fi
    # Another restart would not help.
    if [ "$(state_of ActiveState)" = failed ] || [ "$(state_of NRestarts)" -ge 3 ] || [ "$SECONDS" -ge "$end" ]; then
      journalctl --unit=dapberry --lines=40 --no-pager --output=cat | harmless >&2 || true
      die "expected version $VERSION to answer at ${url}health within $PATIENCE s, found the service $(state_of ActiveState) ($(state_of Result))"
    fi
    sleep 1
  done
  ! $ABSENT || note "it runs, but was not asked at $url, an address that this machine does not have now (server.host): it listens there as soon as it does"
}

# Succeeds if the service waits for a configured address that is missing; then being ready is all that can be checked.
ABSENT=false
is_healthy() {
  ABSENT=false
  if lacks_address "$1"; then ABSENT=true; else answers "$1"; fi
}

lacks_address() {
  [ -n "$1" ] || return 1
  # shellcheck disable=SC2016 # variables of the inner script
  node -e '
    const host = new URL(process.argv[1]).hostname.replace(/^\[|\]$/g, "");
    require("net").createServer()
      .once("error", error => process.exit(error.code === "EADDRNOTAVAIL" ? 0 : 1))
      .listen(0, host, () => process.exit(1));
  ' "$1"
}

# Succeeds if this version answers, and not another program. It names itself also where only users may read (access).
answers() {
  # The configuration may let the system choose the port, which only the log shows.
  [ -n "$1" ] || return 0
  # shellcheck disable=SC2016 # variables of the inner script
  node -e '
    const [url, version] = process.argv.slice(1);
    setTimeout(() => process.exit(1), 15000);
    // The certificate of server.tls names other addresses than this one.
    require(new URL(url).protocol.slice(0, -1))
      .get(`${url}health`, { rejectUnauthorized: false }, answer =>
        process.exit(answer.headers["xopendap-server"] === `dapberry/${version}` ? 0 : 1))
      .on("error", () => process.exit(1));
  ' "$1" "$VERSION"
}

# Prints the addresses, one a line: first those for this machine, then those for others.
addresses() {
  local port
  port=$(port_of_unit)
  # A driver may have written some of these lines: only addresses are used.
  as_service "$SERVICE_COMMAND" check 2>/dev/null | sed -n 's/^live page *//p' | tr ' ' '\n' |
    sed "${port:+s/:[0-9]*\\/\$/:$port\\//}" | { grep -xE 'https?://[][A-Za-z0-9.:-]+/' || true; }
}

tell_addresses() {
  local found
  if $DRY_RUN || [ -n "$ROOT" ]; then return; fi
  found=$(addresses)
  [ -n "$found" ] || return 0
  if $ABSENT; then say 'dapberry will serve at'; else say 'dapberry serves at'; fi
  say "$found" | sed 's/^/  /'
  # The mDNS name for other machines on the network.
  if systemctl --quiet is-active avahi-daemon 2>/dev/null; then
    say "$found" | sed -n "1s/localhost/$(hostname).local/p" | sed 's/^/  /'
  fi
  grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null ||
    note 'the kernel does not account for memory, so the limit of the service does not hold: cgroup_enable=memory in cmdline.txt turns it on'
}
