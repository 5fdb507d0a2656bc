# Prints the results of a script in a guest in the Test Anything Protocol: a line for each check, and their number. Source it.
# shellcheck shell=sh disable=SC2016 # variables of programs for node

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
ask() {
  node -e '
    fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}${process.argv[1]}`, { signal: AbortSignal.timeout(20000) })
      .then(answer => answer.text())
      .then(text => console.log(text), error => { console.log(String(error.cause ?? error)); process.exit(1); });
  ' "$1"
}

# health EXPRESSION: succeeds if the expression is true; `health` in it is the response of /health.
health() {
  node -e '
    fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}/health`, { signal: AbortSignal.timeout(20000) })
      .then(answer => answer.json())
      .then(health => {
        if (eval(process.argv[1])) return;
        console.log(JSON.stringify(health));
        process.exit(1);
      })
      .catch(error => { console.log(String(error.cause ?? error)); process.exit(1); });
  ' "$1"
}

done_testing() {
  echo "1..$count"
  [ "$failed" -eq 0 ]
}
