#!/bin/bash -e
# Installs the release archive beside this script, files/dapberry-VERSION-ARCHITECTURE.tar.gz, into the file system of pi-gen.

architecture=$(dpkg-query --admindir="${ROOTFS_DIR}/var/lib/dpkg" -W -f '${Architecture}' dpkg)
archives=(files/dapberry-*-"$architecture".tar.gz)
if [ "${#archives[@]}" -ne 1 ] || [ ! -f "${archives[0]}" ]; then
  echo "expected one archive for $architecture in $PWD/files, found ${archives[*]}" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "${archives[0]}" --no-same-owner -C "$work"
# The configuration of pi-gen may have DAPBERRY_OPTIONS='--enable-i2c --port 80'.
# shellcheck disable=SC2086 # words
"$work"/dapberry-*/systemd/install.sh --root "${ROOTFS_DIR}" ${DAPBERRY_OPTIONS:-}
