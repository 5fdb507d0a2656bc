# Prints the results of a script in a guest in the Test Anything Protocol: a line for each check, and their number. Source it.
# shellcheck shell=sh disable=SC2154 # the folder of the scripts: the script that sources this sets it

# An emulated machine may need longer for a start than the three minutes of the unit.
mkdir -p /run/systemd/system/dapberry.service.d
printf '[Service]\nTimeoutStartSec=infinity\n' >/run/systemd/system/dapberry.service.d/patience.conf

count=0
failed=0

# ok SENTENCE COMMAND...: passes if the command succeeds; shows its output otherwise.
ok() {
  sentence=$1
  shift
  count=$((count + 1))
  if output=$("$@" 2>&1); then
    echo "ok $count - $sentence"
  else
    failed=$((failed + 1))
    echo "not ok $count - $sentence"
    printf '%s\n' "$output" | tail -n 40 | sed 's/^/  # /'
  fi
}

# same EXPECTED FOUND: compares two files.
same() { diff "$1" "$2"; }

# retry SECONDS COMMAND...: tries once a second.
retry() {
  left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 1
  done
}

# ask PATH: prints the response of the server.
ask() { curl -sSg --max-time 20 "http://127.0.0.1:${PORT:-8080}$1"; }

# health EXPRESSION: succeeds if the JavaScript is true; `health` in it is the response of /health.
health() {
  mkdir -p /run/tap
  [ -S /run/tap/health.socket ] || {
    node "$here/health.mjs" /run/tap/health.socket >/dev/null 2>&1 </dev/null &
    retry 60 [ -S /run/tap/health.socket ] || return 1
  }
  status=$(curl -s --max-time 30 --unix-socket /run/tap/health.socket --data-binary "$1" -o /run/tap/health -w '%{http_code}' "http://tap/${PORT:-8080}")
  [ "$status" = 200 ] || { cat /run/tap/health; return 1; }
}

done_testing() {
  echo "1..$count"
  [ "$failed" -eq 0 ]
}
