#!/bin/sh
# Counts the bytes that a day of rows in a history writes to a disk with ext4, its journal included. Run as root.
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/history-bytes
mkdir -p $work
mount -t tmpfs -o size=600M history-bytes $work
mkdir $work/mounted

modprobe loop
truncate -s 2G $work/disk
mkfs.ext4 -q $work/disk
disk=$(losetup --find --show $work/disk)
# The file system itself writes its tables after the first mount.
mount -o noinit_itable "$disk" $work/mounted
# Not by ok, so that the figures are shown.
node "$here/history-bytes.mjs" $work/mounted "$(basename "$disk")"
code=$?
ok 'a day of ten columns at a row a second writes at most 14 MB' test $code = 0
umount $work/mounted
done_testing
