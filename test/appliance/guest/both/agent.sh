#!/bin/sh
# Runs the scripts of a test inside a guest as root, one after another, over a serial line.
#
# The test writes "ID SECONDS SCRIPT", the script in base64, and reads "ID CODE OUTPUT", the output in base64.
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
