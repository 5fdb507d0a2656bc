#!/bin/sh
# Installs from nothing by the one line and by apt, from the releases that a web server has at $BASE, and upgrades by both. Run as root.
# guests: pc-trixie
# node: none
# serves: releases
# seconds: 3600

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
# shellcheck source=test/appliance/guest/files.sh
. "$here/files.sh"
work=/tmp/release-test
mkdir -p $work
export DAPBERRY_PATIENCE=600 DEBIAN_FRONTEND=noninteractive
LATER=999.0.0

fails() { ! "$@"; }
now() { files /var/lib/apt /var/lib/dpkg /var/cache; }
says() { grep -q "$1" $work/output; }
healthy() { health "health.version === '$1'"; }
# line FOLDER [OPTION...]: what the documentation has people type, by root.
line() {
  folder=$1
  shift
  { curl -fsSL "$BASE/$folder/get.sh" | sh -s -- --base "$BASE/$folder" "$@"; } >$work/output 2>&1 || {
    code=$?
    cat $work/output
    return $code
  }
}
left() { find /tmp -maxdepth 1 -name 'tmp.*'; }
no_node() { ! command -v node; }

ok 'there is no Node' no_node
ok 'the server answers' retry 60 curl -fsS -o $work/latest.json "$BASE/first/latest.json"
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' $work/latest.json)
now >$work/before
began=$(date +%s)
ok 'a dry run of the one line succeeds' line first --dry-run
ok 'and says what it would do' says '^would '
now >$work/after-dry
ok 'and changes nothing' same $work/before $work/after-dry
began=$(date +%s)
ok 'the one line installs it' line first
echo "# $(($(date +%s) - began)) s for the one line, with Debian's Node"
ok 'it says that it verifies' says "^verify its checksum, [0-9a-f]\{64\}$"
ok 'before it installs' sh -c "sed -n '/^verify/,\$p' $work/output | grep -q '^run its installer'"
ok 'the version serves' retry 30 healthy "$version"
ok 'no file is left' [ "$(left)" = '' ]
ok 'the same line again' line first
ok 'changes nothing' says '^nothing to do'
ok 'a torn archive is refused' fails line torn
ok 'by its checksum' says 'expected the SHA-256'
ok 'and the version before goes on' retry 30 healthy "$version"
ok 'the program finds the later release' sh -c "dapberry version --check $BASE/later >$work/output; [ \$? = 3 ]"
ok 'and names it' says "^$LATER is newer than this version, $version$"
began=$(date +%s)
ok 'the one line upgrades' line later
echo "# $(($(date +%s) - began)) s for the upgrade"
ok 'the later version serves' retry 30 healthy $LATER
ok 'the program knows that it is the newest' dapberry version --check "$BASE/later"
ok 'the one line purges' line later --purge
rm -rf /var/lib/dapberry
apt-get -qq -y purge --autoremove nodejs
now >$work/after-purge
ok 'nothing is left' same $work/before $work/after-purge

add() {
  mkdir -p /etc/apt/keyrings
  curl -fsSL "$BASE/$1/apt/dapberry.asc" -o /etc/apt/keyrings/dapberry.asc &&
    curl -fsSL "$BASE/first/apt/dapberry.sources" -o /etc/apt/sources.list.d/dapberry.sources &&
    sed -i "s,/first/,/$1/," /etc/apt/sources.list.d/dapberry.sources
}
update() { apt-get -o APT::Update::Error-Mode=any update; }
ok 'the key and the source are added' add first
ok 'apt reads the repository' update
began=$(date +%s)
ok 'apt installs it with its Node' apt-get -qq -y install --no-install-recommends dapberry
echo "# $(($(date +%s) - began)) s for apt, with Debian's Node"
ok 'the version serves' retry 300 healthy "$version"
sed -i 's,/first/,/forged/,' /etc/apt/sources.list.d/dapberry.sources
ok 'apt refuses a repository that was changed after signing' fails update
sed -i 's,/forged/,/later/,' /etc/apt/sources.list.d/dapberry.sources
ok 'apt reads the repository with the later version' update
ok 'apt upgrades' apt-get -qq -y upgrade
ok 'the later version serves' retry 300 healthy $LATER
ok 'apt goes back' apt-get -qq -y --allow-downgrades install "dapberry=$version"
ok 'the version serves' retry 300 healthy "$version"
ok 'it is purged' apt-get -qq -y purge --autoremove dapberry
done_testing
