# How does a script in a guest tell what it found? A line for each thing that a user gets, and at the end how many, as the Test Anything Protocol has them.
# shellcheck shell=sh disable=SC2016 # variables of programs for node

count=0
failed=0

# ok SENTENCE COMMAND...: well if the command is; what it said is shown if it is not.
ok() {
  sentence=$1
  shift
  count=$((count + 1))
  if said=$("$@" 2>&1); then
    echo "ok $count - $sentence"
  else
    failed=$((failed + 1))
    echo "not ok $count - $sentence"
    printf '%s\n' "$said" | tail -n 40 | sed 's/^/  # /'
  fi
}

# same EXPECTED FOUND: of two files.
same() { diff "$1" "$2"; }

# until_well SECONDS COMMAND...: tries once a second.
until_well() {
  left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 1
  done
}

# ask PATH: what the server answers.
ask() {
  node -e '
    fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}${process.argv[1]}`, { signal: AbortSignal.timeout(20000) })
      .then(answer => answer.text())
      .then(text => console.log(text), error => { console.log(String(error.cause ?? error)); process.exit(1); });
  ' "$1"
}

# health EXPRESSION: of the answer of /health, called `health`, is true.
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
