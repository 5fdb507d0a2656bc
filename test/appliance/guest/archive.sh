# What the scripts that install the release archive $1 share: its files in $release, and functions to install, change and ask it.
# shellcheck shell=sh disable=SC2154 # uninstall.sh sets $first

work=/tmp/archive-test
mkdir -p $work

# version NUMBER [SCRIPT]: a copy of the program with another version, in a folder of its own; SCRIPT is put before its server.
version() {
  cp -a "$release" "$work/$1"
  sed -i "s/^  \"version\": .*/  \"version\": \"$1\",/" "$work/$1/package.json"
  [ -z "${2:-}" ] || sed -i "1a $2" "$work/$1/dist/server/main.js"
}
install_from() { "$1/systemd/install.sh" >"$work/output" 2>&1 || { code=$?; cat "$work/output"; return $code; }; }
fails() { ! "$@"; }
runs_version() { health "health.version === '$1'"; }
owner() { ps -o user= -p "$(systemctl show -P MainPID dapberry)"; }
runs_as() { [ "$(owner)" = "$1" ]; }
serves_mine() { ask /mine.dds | grep -q load_1min; }
history=/var/lib/dapberry/history
# The rows of the dataset mine that are on disk, as anyone may read them.
has_rows() { su -s /bin/sh nobody -c "cat $history/mine/*/*/*/*.parquet | head -c 4" | grep -qx PAR1; }
# The time of the oldest row in the files.
oldest() { ask /metrics | sed -n 's/^dapberry_history_oldest_row_timestamp_seconds{dataset="mine"} //p'; }
keeps_oldest() { [ -n "$first" ] && [ "$(oldest)" = "$first" ]; }

# A configuration of the administrator.
configure_mine() {
  cat >/etc/dapberry/config.yaml <<'Y'
# Files of the administrator.
datasets:
  mine: {interval: 1, sensors: [{kind: host-load}]}
Y
  cp /etc/dapberry/config.yaml $work/mine
}

tar -xzf "$1" -C $work
release=$(echo $work/dapberry-*)
mkdir -p /boot/firmware
printf '# The firmware reads this.\n[pi4]\narm_boost=1\n' >/boot/firmware/config.txt
cp /boot/firmware/config.txt $work/config.txt
files >$work/before
