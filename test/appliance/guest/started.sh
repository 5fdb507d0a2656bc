#!/bin/sh
# Follows docs/getting-started.md from the one line on, as a new user with sudo, with a restart of the machine as the page says. Run as root.
# guests: pc-trixie
# node: none
# serves: releases
# boots: 2
# seconds: 2400

here=$(dirname "$0")
# shellcheck source=test/appliance/guest/tap.sh
. "$here/tap.sh"
work=/var/tmp/started-test
mkdir -p $work
export DEBIAN_FRONTEND=noninteractive

fails() { ! "$@"; }
# as_ada COMMAND...: what the user types, in a shell of that user.
as_ada() { runuser -l ada -c "$*"; }
says() { grep -q -- "$1" $work/output || { cat $work/output; return 1; }; }
# step NAME COMMAND...: prints how long the step took, and its output.
step() {
  step_name=$1
  shift
  step_began=$(date +%s)
  "$@" >$work/output 2>&1
  step_code=$?
  echo "# $(($(date +%s) - step_began)) s: $step_name" >&3
  sed 's/^/#   /' $work/output >&3
  [ $step_code -eq 0 ]
}
exec 3>&1

if [ "$BOOT" = 1 ]; then
  # What Raspberry Pi OS has and a small Debian has not.
  useradd --create-home --shell /bin/bash --groups sudo ada
  echo 'ada ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ada
  echo roof >/etc/hostname
  hostname roof
  sed -i 's/$/ roof/' /etc/hosts
  ln -s /usr/lib/systemd/system/avahi-daemon.service /etc/systemd/system/multi-user.target.wants/
  ln -s /usr/lib/systemd/system/avahi-daemon.service /etc/systemd/system/dbus-org.freedesktop.Avahi.service
  mkdir -p /boot/firmware
  printf '# For more options and information see\n# http://rptl.io/configtxt\n#dtparam=i2c_arm=on\ndtparam=audio=on\n\n[all]\n' >/boot/firmware/config.txt
  ok 'the server of the releases answers' retry 60 curl -fsS -o $work/latest.json "$BASE/first/latest.json"
  one_line() { as_ada "curl -fsSL $BASE/first/get.sh | sudo DAPBERRY_PATIENCE=600 sh -s -- --enable-1wire --enable-i2c"; }
  ok 'step 3: the one line installs' step 'the one line, with Node' one_line
  ok 'it ends with the addresses' says 'http://.*:8080/'
  ok 'and says that a restart is needed' says 'restart\|reboot'
  ok 'the buses are in config.txt' sh -c 'grep -qx dtparam=i2c_arm=on /boot/firmware/config.txt && grep -qx dtoverlay=w1-gpio /boot/firmware/config.txt'
  ok 'the page works already' sh -c "curl -fsS http://localhost:8080/ | grep -qi '<title>'"
  done_testing
  exit
fi

# The clock of the guest is right.
mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized
echo "# $(cut -d' ' -f1 /proc/uptime) s after the start of the kernel"
page() { curl -fsS -o $work/page http://localhost:8080/; }
ok 'after the restart the page is there' retry 300 page
echo "# $(cut -d' ' -f1 /proc/uptime) s after the start of the kernel the page answers"
shows() { ask /metrics | grep -q 'dapberry_channel_value{.*sensor="w1_'; }
ok 'and shows a DS18B20 at once' retry 120 shows
i2cset -y "$(grep -ls '^SMBus stub' /sys/class/i2c-dev/i2c-*/name | sed 's/.*i2c-\([0-9]*\).name/\1/' | head -n1)" 0x48 0 0x0019 w

set_up() { as_ada node "$here/answers.mjs" "'sudo dapberry setup'" "'which of them=1 2'" "'name of .*01=Living room'" "'where are they=Roof'" "'s save=s'"; }
ok 'step 4: sudo dapberry setup' step 'sudo dapberry setup' set_up
ok 'it says that the server has taken it over' says 'it is live'
ok 'and where the page is' says 'the page: http'
dataset() { health "health.datasets.some(({name, rows}) => name === 'roof' && rows > 1)"; }
ok 'the dataset is served' retry 60 dataset
ok 'with its history' health "health.datasets.find(({name}) => name === 'roof').history !== undefined"
ok 'dapberry doctor' step 'dapberry doctor' as_ada dapberry doctor
ok 'has nothing to mend' fails says '^fix'

ok 'step 5: the page under the name of the machine' sh -c "avahi-resolve -4 -n roof.local | grep -q '10[.]0[.]2[.]15' && curl -fsS -o /dev/null http://localhost:8080/roof.html"
ok 'a channel has the name that was typed' sh -c 'curl -fsS http://localhost:8080/roof.dds | grep -q living_room'
live() { as_ada "timeout 15 curl -sN 'http://localhost:8080/roof.asc?sensor&time>=now-10minutes'" >$work/output; [ "$(wc -l <$work/output)" -gt 3 ]; }
ok 'step 6: the rows of ten minutes, and live' live
ok 'a file for a spreadsheet' sh -c 'curl -fsS http://localhost:8080/past/roof.csv | grep -q living_room'

# put TEXT: what a person does in the editor.
put() {
  cat >$work/new.yaml
  printf '#!/bin/sh\ncat %s >"$1"\n' $work/new.yaml >$work/editor
  chmod 755 $work/editor
  as_ada node "$here/answers.mjs" "'sudo EDITOR=$work/editor dapberry edit'" "'s save=s'"
}
example() { sed -n "/For the $1/,/^\`\`\`\$/p" $work/getting-started.md | sed '1,/^```yaml/d; /^```$/d'; }
cp /opt/dapberry/current/docs/getting-started.md $work/
adc() { example "$1" | put; }
temperature() { health "health.datasets.some(({name, sensors}) => name === 'roof' && sensors.some(({name}) => name === '$1'))"; }
ok 'the lines for an MCP3008, in the editor' step 'sudo dapberry edit' adc MCP3008
ok 'are live' says 'it is live'
ok 'and its sensor is there' retry 60 temperature mcp3008
ok 'the lines for an ADS1115, in the editor' step 'sudo dapberry edit' adc ADS1115
ok 'are live' says 'it is live'
ok 'and its sensor is there' retry 60 temperature ads1115
ask /health | sed 's/^/# /' | cut -c1-3000
done_testing
