# Checks that the future port of the service is free.
# shellcheck shell=bash

# Runs before the installer changes anything. A port that is configured in an unusual way is not recognised; then the start fails.
check_port() {
  local port now place found
  [ -z "$ROOT" ] || return 0
  ! systemctl --quiet is-active dapberry.socket 2>/dev/null || return 0
  now=$(port_of_unit)
  : "${now:=$(port_of_configuration)}"
  case $PORT in '') port=$now ;; default) port=$(port_of_configuration) ;; *) port=$PORT ;; esac
  # Port 0 takes any free port; a port of the running service counts as free.
  [ "$port" -ne 0 ] || return 0
  if [ "$port" = "$now" ] && [ "$(state_of ActiveState)" = active ]; then return 0; fi
  place=$(key_of_server host)
  case $place in 0.0.0.0 | ::) place= ;; esac
  listens "$port" "$place" || return 0
  found=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n1 | harmless) || true
  die "expected that port $port is free, found ${found:-another program} there: end it, or choose another port (--port N, or server.port in /etc/dapberry/config.yaml); nothing was changed"
}

# key_of_server KEY: prints a key of the block "server" in the configuration; nothing if it is missing. The program, which knows all of
# YAML, may not run yet.
key_of_server() {
  awk -v key="$1" '
    { sub(/(^|[ \t])#.*/, "") }
    /^server:/ { inside = 1; sub(/^server:[ \t]*/, "") }
    /^[^ \t#]/ && !/^\{/ { inside = 0 }
    inside && match($0, "(^|[ \t{,])" key ":[ \t]*[^ \t,}#]+") {
      value = substr($0, RSTART, RLENGTH)
      sub("^.*" key ":[ \t]*", "", value)
      gsub(/["\047\r]/, "", value)
      print value
      exit
    }
  ' "$ROOT/etc/dapberry/config.yaml" 2>/dev/null || true
}

port_of_configuration() {
  local port
  port=$(key_of_server port)
  if [[ $port =~ ^[0-9]{1,5}$ ]]; then printf '%s\n' "$port"; else echo 8080; fi
}

# listens PORT HOST: succeeds if a program has the port at the host or at every address; without a configured host, at any address.
# Of hosts it knows the IPv4 addresses.
listens() {
  local hex host=${2/#localhost/127.0.0.1} address=none
  hex=$(printf '%04X' "$((10#$1))")
  # The kernel writes the last byte of an address first.
  if [[ $host =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]]; then
    printf -v address '%02X%02X%02X%02X' "$((10#${BASH_REMATCH[4]}))" "$((10#${BASH_REMATCH[3]}))" "$((10#${BASH_REMATCH[2]}))" "$((10#${BASH_REMATCH[1]}))"
  fi
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" -v host="$host" -v address="$address" '
    $4 == "0A" && split($2, local, ":") == 2 && local[2] == port && (host == "" || local[1] ~ /^0+$/ || local[1] == address) { found = 1 }
    END { exit !found }
  '
}

# Prints the port that overrides the configuration: that of the socket or of the unit's command; nothing if there is none.
port_of_unit() {
  if systemctl --quiet is-active dapberry.socket; then
    { systemctl show --property=Listen --value dapberry.socket || true; } | sed -n '1s/^.*:\([0-9]*\) (Stream)$/\1/p'
  else
    { systemctl show --property=ExecStart --value dapberry.service 2>/dev/null || true; } | sed -n 's/^.* --port[ =]\([0-9]*\).*$/\1/p'
  fi
}
