#!/bin/sh
# Runs the version that the package has found healthy; the unpacked one if there is none yet.
program=/var/lib/dapberry-package/current/dist/server/main.js
[ -e "$program" ] || program=/usr/lib/dapberry/dist/server/main.js
exec "$program" "$@"
