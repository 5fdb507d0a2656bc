#!/bin/sh
# Cuts the power of a disk with ext4 at each write of a history, by a log of the writes, and opens what is left. Run as root.
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/tmp/history-cuts
mkdir -p $work
mount -t tmpfs -o size=700M history-cuts $work
mkdir $work/mounted

modprobe -a loop dm-log-writes
truncate -s 48M $work/disk
truncate -s 400M $work/log
mkfs.ext4 -q -b 4096 $work/disk
cp --sparse=always $work/disk $work/empty
disk=$(losetup --find --show $work/disk)
log=$(losetup --find --show $work/log)
table="0 $(blockdev --getsz "$disk") log-writes $disk $log"
# Makes the device file itself.
export DM_DISABLE_UDEV=1
ok 'a disk is made whose writes are logged' dmsetup create history-cuts --table "$table"
ok 'it is mounted' mount /dev/mapper/history-cuts $work/mounted
[ "$failed" -eq 0 ] || exit
ok 'a history is written on it' node "$here/history-cuts.mjs" write $work/mounted history-cuts
ok 'it is unmounted' umount $work/mounted
dmsetup remove history-cuts
losetup --detach "$disk"
losetup --detach "$log"
# Not by ok, so that the figures are shown.
node "$here/history-cuts.mjs" examine $work/log $work/empty $work/mounted
code=$?
ok 'after each cut all rows are there that were stored, each once' test $code = 0
done_testing
