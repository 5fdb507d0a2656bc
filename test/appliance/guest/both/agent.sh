#!/bin/sh
# How does a test run commands inside a guest? It writes "ID SECONDS SCRIPT" to a serial line, the script in base64, and
# reads "ID CODE OUTPUT" from it, the output in base64. One script after another, as root.
exec <"$1" >"$1" 2>/dev/null
stty raw -echo
mkdir -p /run/agent
printf '\nready\n'
while read -r id seconds script; do
  echo "$script" | base64 -d >/run/agent/script
  timeout -k 2 "$seconds" sh /run/agent/script >/run/agent/output 2>&1 </dev/null
  code=$?
  printf '\n%s %s %s\n' "$id" "$code" "$(base64 /run/agent/output | tr -d '\n')"
done
