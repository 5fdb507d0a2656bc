import { describe, expect, it } from 'vitest';
import {
  announced,
  answering,
  type Change,
  loaded,
  NO_DEVICE,
  NO_SYSFS,
  onPi,
  sensorAtPin,
  USUAL,
  WITHOUT_KOFFI,
} from './examined-pi.ts';
import { mountinfo, programs, SERVICE } from './machines.ts';

const notes: readonly [string, Change, string][] = [
  [
    'I2C that is off, though the video connectors have buses',
    { files: { '/dev/i2c-1': undefined, '/boot/firmware/config.txt': '' } },
    'note I2C off; no configured sensor needs it: sudo raspi-config nonint do_i2c 0, then restart',
  ],
  [
    'I2C that is on from the next start',
    { files: { '/dev/i2c-1': undefined } },
    'note I2C off; no configured sensor needs it: config.txt enables it: restart',
  ],
  [
    'logs of a running server that have taken most of their memory',
    {
      files: { '/proc/meminfo': 'MemAvailable:    60000 kB\n' },
      parts: {
        listenError: async () => 'EADDRINUSE',
        serverAt: async () => ({ name: 'dapberry/1.0.0', datasets: [], logBytes: 60 * 1024 ** 2 }),
      },
    },
    'ok memory 58.6 MiB free',
  ],
  [
    '1-Wire that is off',
    {
      files: {
        '/sys/bus/w1/devices/w1_bus_master1/w1_master_slaves': undefined,
        '/sys/bus/w1/devices/w1_bus_master1/28-0516b0a1c2ff/w1_slave': undefined,
        '/boot/firmware/config.txt': undefined,
      },
    },
    'note 1-Wire off; no configured sensor needs it: sudo raspi-config nonint do_onewire 0, then restart',
  ],
  [
    'a supply of which only hwmon tells',
    { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': undefined } },
    'ok power now no under-voltage; this kernel does not report the past',
  ],
  [
    'a kernel without sysfs GPIO',
    { files: NO_SYSFS },
    'ok GPIO through /dev/gpiochip0, /dev/gpiochip1; this kernel has no sysfs GPIO',
  ],
  [
    'a kernel with sysfs GPIO and the character device',
    {},
    'ok GPIO 58 lines of pinctrl-bcm2711, through the character device; if that cannot be opened, through sysfs, numbered from 512',
  ],
  [
    'a kernel without the character device',
    { files: NO_DEVICE },
    'ok GPIO 58 lines of pinctrl-bcm2711, through sysfs, numbered from 512',
  ],
  [
    'lines that only sysfs reaches, without koffi',
    { parts: WITHOUT_KOFFI },
    'ok GPIO 58 lines of pinctrl-bcm2711, through sysfs, numbered from 512',
  ],
  [
    'lines that only the character device would reach, without koffi',
    { files: NO_SYSFS, parts: WITHOUT_KOFFI },
    'note GPIO the module koffi is needed for /dev/gpiochip0, /dev/gpiochip1; this kernel has no sysfs GPIO',
  ],
  [
    'GPIO chips that have no line of the header',
    { files: { '/sys/class/gpio/gpiochip512/label': 'gpio-mockup-A\n' } },
    'note GPIO no chip with the lines of the 40-pin header; no configured sensor needs it',
  ],
  [
    'edges that are counted without the module that merges none',
    { files: sensorAtPin('name: rain'), parts: WITHOUT_KOFFI },
    'note GPIO rain counts edges through onoff, which merges edges while the machine is busy: the module koffi is not installed or does not load: npm install koffi',
  ],
  [
    'a server that the network lists',
    { parts: announced({ state: 'announced', name: 'dapberry on pi', type: '_http._tcp' }) },
    'ok announced as "dapberry on pi" (_http._tcp): avahi-browse -rt _http._tcp lists it',
  ],
  [
    'a machine without Avahi',
    { parts: announced({ state: 'absent', reason: 'Avahi does not run on this machine' }) },
    'note announced not announced in the network: Avahi does not run on this machine: sudo apt install avahi-daemon',
  ],
  [
    'a read-only root that is wanted',
    {
      files: {
        '/proc/self/mountinfo': mountinfo('/dev/mmcblk0p2 / ext4 ro'),
        '/etc/fstab': 'PARTUUID=2 / ext4 ro 0 1\n',
      },
    },
    'ok root file system read-only, as /etc/fstab says',
  ],
  [
    'a service that somebody stopped',
    { parts: { run: loaded('inactive', 'disabled') } },
    'note service inactive (dead), does not start with the machine: sudo systemctl enable --now dapberry',
  ],
  [
    'a service that somebody switched off with the unit that watches its configuration',
    {
      parts: {
        run: programs({
          systemctl: 'LoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=disabled\n',
          'systemctl show dapberry-devices.path': 'LoadState=loaded\nActiveState=inactive\n',
        }),
      },
    },
    'note service inactive (dead), does not start with the machine',
  ],
  [
    'a service without a unit that watches its configuration',
    {
      parts: {
        run: programs({
          systemctl: SERVICE,
          'systemctl show dapberry-devices.path': 'LoadState=not-found\nActiveState=inactive\n',
        }),
      },
    },
    'ok service active (running)',
  ],
  [
    'a service that had to be started again',
    { parts: { run: programs({ systemctl: SERVICE.replace('NRestarts=0', 'NRestarts=3') }) } },
    'note service active (running), starts with the machine, watched (30s), restarted 3 times: find the reason with journalctl -u dapberry',
  ],
  [
    'a service that begins again and again',
    {
      parts: {
        run: programs({
          systemctl:
            'LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nUnitFileState=enabled\nNRestarts=7\n',
        }),
      },
    },
    'note service activating (auto-restart), starts with the machine, restarted 7 times: find the reason with journalctl -u dapberry',
  ],
  [
    'rows that meet the clock before long',
    { parts: answering(3600, 1800) },
    'note row times those of roof, garden are 60 minutes ahead of the clock, which was set back; it catches up in 2 hours: sudo systemctl restart dapberry continues',
  ],
  [
    'a service that nobody watches',
    { parts: { run: programs({ systemctl: SERVICE.replace('=30s', '=0') }) } },
    'note service active (running), starts with the machine, not watched: set WatchdogSec=30 in its unit, so that systemd restarts',
  ],
  [
    'no service',
    { parts: { run: programs({ systemctl: 'LoadState=not-found\n' }) } },
    'note service not installed',
  ],
  ['its own server on the port', { parts: answering(0, 0.25) }, 'ok port dapberry/0.1.0 answers on 8080'],
  [
    'a clock that another program sets',
    {
      files: { '/run/systemd/timesync/synchronized': undefined },
      parts: { run: programs({ timedatectl: 'yes\n', systemctl: SERVICE }) },
    },
    'ok clock synchronised',
  ],
];

/** The rows of a day, of a part and of a dataset that is no longer configured, and what else may lie there. */
const HISTORY = {
  '/var/lib/dapberry/history/attached/2026/11/2026-11-27.parquet': 'x'.repeat(3 * 1024 ** 2),
  '/var/lib/dapberry/history/attached/2026/11/2026-11-28/142500.parquet': 'x'.repeat(1024 ** 2),
  '/var/lib/dapberry/history/attached/.dapberry-index.json': '{}',
  '/var/lib/dapberry/history/attached/summaries/2026/11/2026-11-27.1min.parquet': 'x'.repeat(512 * 1024),
  '/var/lib/dapberry/history/attached/summaries/2026/2026-11.1h.parquet': 'x'.repeat(512 * 1024),
};
const OF_HISTORY = {
  [USUAL]: 'datasets: {attached: {sensors: [{kind: host-load}]}}\n',
  ...HISTORY,
};

const histories: readonly [string, Change, string][] = [
  [
    'a history',
    { files: OF_HISTORY },
    'ok history /var/lib/dapberry/history: 5 MiB, and about 3.5 MiB a day',
  ],
  [
    'a service without a history, which keeps its files',
    { files: { ...OF_HISTORY, [USUAL]: 'history: off\n' } },
    'note history none: rows are only in memory',
  ],
  [
    'rows of a dataset that the configuration does not name',
    {
      files: {
        ...OF_HISTORY,
        '/var/lib/dapberry/history/attic/2025/01/2025-01-02.parquet': 'x'.repeat(2048),
      },
    },
    'note history /var/lib/dapberry/history/attic (2025-01-02 to 2025-01-02, 2 KiB) belongs to no dataset with a history there, and is kept: to go on with it, give a dataset with the name attic this history; to delete it, sudo rm -r /var/lib/dapberry/history/attic',
  ],
  [
    'files that were set aside',
    {
      files: {
        ...OF_HISTORY,
        '/var/lib/dapberry/history/attached/2026/11/2026-11-26.parquet.broken-1': '',
        '/var/lib/dapberry/history/attached/2026/11/2026-11-28/000000.parquet.future-1': '',
      },
    },
    'note history 2 files set aside, such as /var/lib/dapberry/history/attached/2026/11/2026-11-26.parquet.broken-1: broken files were damaged',
  ],
  [
    'files of another program',
    { files: { ...OF_HISTORY, '/var/lib/dapberry/history/notes.txt': '' } },
    'note history /var/lib/dapberry/history/notes.txt: not of dapberry, and left alone',
  ],
  [
    'a lock of a server on another machine',
    {
      files: {
        ...OF_HISTORY,
        '/var/lib/dapberry/history/.dapberry.lock': JSON.stringify({
          ...{ program: 'dapberry serve', token: 'a', pid: 812, host: 'barn', start: '1' },
          ...{ boot: 'b', machine: 'm', namespace: 'n' },
        }),
      },
    },
    'note history /var/lib/dapberry/history/.dapberry.lock names a server that cannot be seen from here (process 812 on barn)',
  ],
  [
    'a root file system in memory',
    { files: { ...OF_HISTORY, '/proc/self/mountinfo': mountinfo('overlay / overlay rw') } },
    'note history /var/lib/dapberry/history is on a file system of the type overlay: it is lost at a restart',
  ],
  [
    'a disk that is full some day',
    { files: OF_HISTORY, parts: { freeSpace: async () => 300 * 1024 ** 2 } },
    'note history /var/lib/dapberry/history: 5 MiB, and about 3.5 MiB a day; the disk is full in 85 days, before the limits are reached: lower history.keep or history.size',
  ],
  [
    'a memory that is used',
    { files: { '/sys/block/mmcblk0/device/life_time': '0x01 0x02\n' } },
    'ok card mmcblk0 has used 20 % of its life time',
  ],
];

describe('dapberry doctor', () => {
  it.each([...notes, ...histories])('finds nothing to mend in %s', async (_state, change, line) => {
    const { code, wrong, lines } = await onPi(change);
    expect([code, wrong]).toEqual([0, []]);
    expect(lines).toContainEqual(expect.stringContaining(line));
  });
});
