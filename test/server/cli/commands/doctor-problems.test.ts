import { describe, expect, it } from 'vitest';
import { textOf } from '../../../sources.ts';
import {
  answering,
  type Change,
  DAY,
  LM75,
  loaded,
  onPi,
  STATUS,
  sensorAtPin,
  taken,
  USUAL,
  WITHOUT_KOFFI,
  watching,
} from './examined-pi.ts';
import { mountinfo, programs, SERVICE } from './machines.ts';

const faults: readonly [string, Change, string][] = [
  [
    'a weak supply',
    { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n' } },
    'fix power now under-voltage, throttling; since the start under-voltage, throttling: use a supply and a cable that hold 5 V under load',
  ],
  [
    'a weak supply before',
    { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': '0x10000\n' } },
    'fix power since the start under-voltage: use a supply',
  ],
  [
    'a weak supply of a Raspberry Pi 5',
    {
      files: {
        '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0',
        '/sys/devices/platform/soc/soc:firmware/get_throttled': undefined,
        '/sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled': '50000\n',
      },
    },
    'fix power since the start under-voltage, throttling: use a supply',
  ],
  [
    'heat',
    { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': '8\n' } },
    'fix power now too hot: add a heat sink',
  ],
  [
    'a weak supply that only hwmon tells of',
    {
      files: {
        '/sys/devices/platform/soc/soc:firmware/get_throttled': undefined,
        '/sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1\n',
      },
    },
    'fix power now under-voltage; this kernel does not report the past: use a supply',
  ],
  [
    'a clock that is not set',
    { files: { '/run/systemd/timesync/synchronized': undefined } },
    'fix clock not synchronised: the times of rows may be wrong: run sudo timedatectl set-ntp true',
  ],
  [
    'a root file system that went read-only',
    { files: { '/proc/self/mountinfo': mountinfo('/dev/mmcblk0p2 / ext4 ro,noatime') } },
    'fix root file system read-only, although /etc/fstab does not say so: the kernel makes it read-only after an error',
  ],
  ['a full disk', { parts: { freeSpace: async () => 1024 ** 2 } }, 'fix disk 1 MiB free: sudo apt clean'],
  [
    'no memory',
    { files: { '/proc/meminfo': 'MemAvailable:    20000 kB\n' } },
    'fix memory 19.5 MiB free: stop other programs',
  ],
  [
    'less memory than the logs may take',
    { files: { '/proc/meminfo': 'MemAvailable:    60000 kB\n' } },
    'fix memory 58.6 MiB free, and 2 logs may grow to 64 MiB: lower log.bytes of the datasets',
  ],
  [
    'a Node that is too old',
    { parts: { nodeVersion: '20.18.3' } },
    'fix Node 20.18.3, expected ^20.19.0 || >=22.12.0: install',
  ],
  [
    'a port that is taken',
    { parts: taken },
    "fix port 8080 is in use by another program: find it with sudo ss -ltnp 'sport = :8080' and stop it",
  ],
  [
    'a port that is not for users',
    { files: { [USUAL]: 'server: {port: 80}\n' }, parts: { listenError: async () => 'EACCES' } },
    'fix port 80 may not be opened by this user: choose a port above 1023',
  ],
  [
    'an address of another machine',
    {
      files: { [USUAL]: 'server: {host: 192.0.2.1}\n' },
      parts: { listenError: async () => 'EADDRNOTAVAIL' },
    },
    'fix port 8080 of 192.0.2.1: this machine does not have that address now, and dapberry waits for it: correct server.host',
  ],
  [
    'a service that failed',
    { parts: { run: loaded('failed', 'enabled') } },
    'fix service failed: find the reason with journalctl -u dapberry -n 50; then sudo systemctl reset-failed dapberry && sudo systemctl start dapberry',
  ],
  [
    'a configuration that nobody watches',
    { parts: { run: watching('failed') } },
    'fix devices dapberry-devices.path is failed: a sensor added to the configuration gets no access to its device: sudo systemctl enable --now dapberry-devices.path && sudo systemctl restart dapberry-devices',
  ],
  [
    'rows far ahead of a clock that was set back',
    { parts: answering(10 * 365.25 * DAY, 2) },
    'fix row times those of roof are 3653 days ahead of the clock, which was set back; it catches up in 7305 days: sudo systemctl restart dapberry continues at the time of the clock: rows that are only in memory are lost, and stored rows that are ahead of the clock are set aside',
  ],
  [
    'I2C that is off though a sensor needs it',
    { files: { ...LM75, '/dev/i2c-1': undefined, '/boot/firmware/config.txt': '' } },
    'fix I2C off, and a configured sensor needs it: sudo raspi-config nonint do_i2c 0, then restart',
  ],
  [
    'a user who may not use I2C though a sensor needs it',
    {
      files: { ...LM75, '/etc/group': 'i2c:x:989:\nada:x:1000:\n', '/proc/self/status': STATUS },
      parts: { run: async () => undefined },
    },
    'fix groups ada is not in i2c, and a configured sensor needs it: sudo usermod -aG i2c ada, then log in again',
  ],
  [
    'a service that may not use I2C though a sensor needs it and this user may',
    { files: { ...LM75, '/etc/group': 'i2c:x:989:ada\nada:x:1000:\ndapberry:x:991:\n' } },
    'fix groups dapberry is not in i2c, and a configured sensor needs it: sudo usermod -aG i2c dapberry, then sudo systemctl restart dapberry',
  ],
  [
    'a module that was not built though a sensor needs it',
    { files: LM75, parts: { hasModule: async name => name !== 'i2c-bus' } },
    'fix I2C /dev/i2c-1, but the module i2c-bus is not installed or not built, and a configured sensor needs it: npm install i2c-bus',
  ],
  [
    'a Node that an installed build has no modules for',
    {
      files: LM75,
      parts: {
        hasModule: async name => name !== 'i2c-bus',
        installation: { kind: 'release', node: '25.1.0' },
      },
    },
    'fix I2C /dev/i2c-1, but the module i2c-bus is not installed or not built, and a configured sensor needs it: this build has it for Node 20, 22 and 24, and this is Node 25.1.0: install one of these, then sudo systemctl restart dapberry',
  ],
  [
    'a module that was not compiled when a checkout was installed',
    {
      files: LM75,
      parts: {
        hasModule: async name => name !== 'i2c-bus',
        installation: { kind: 'compiled', node: '20.19.0' },
      },
    },
    'fix I2C /dev/i2c-1, but the module i2c-bus is not installed or not built, and a configured sensor needs it: sudo apt-get install g++ make python3, then in the checkout',
  ],
  [
    'an installed build that lacks a module that it came with',
    {
      files: sensorAtPin('pull: up'),
      parts: { ...WITHOUT_KOFFI, installation: { kind: 'release', node: '22.13.1' } },
    },
    'fix GPIO the module koffi is not installed or does not load, and gpio-input needs it: it came with this build, and is damaged or made for another Node: uninstall dapberry and install another build',
  ],
  [
    'pins that are pulled without the module for that',
    { files: sensorAtPin('pull: up'), parts: WITHOUT_KOFFI },
    'fix GPIO the module koffi is not installed or does not load, and gpio-input needs it: npm install koffi',
  ],
  [
    'a wrong configuration',
    { files: { [USUAL]: 'server: {prot: 80}\n' } },
    'did you mean "port"?: dapberry check',
  ],
];

const HISTORY = '/var/lib/dapberry/history';
const SOMEWHERE = { [USUAL]: 'history: {path: /mnt/usb/rows}\n' };
/** The user of the service. */
const USERS = { '/etc/passwd': 'dapberry:x:997:996::/nonexistent:/usr/sbin/nologin\n' };

const historyFaults: readonly [string, Change, string][] = [
  [
    'a history elsewhere that the unit does not permit',
    { files: SOMEWHERE },
    'fix history the service may not write into /mnt/usb/rows: its unit permits only /var/lib/dapberry, /sys/class/gpio, /sys/devices: sudo systemctl edit dapberry, add the lines [Service] and ReadWritePaths=-/mnt/usb/rows, then sudo systemctl restart dapberry',
  ],
  [
    'a history in a home',
    { files: { [USUAL]: 'history: {path: /home/pi/rows}\n' } },
    'fix history /home/pi/rows is below /home, which the service does not see: choose a history.path outside of homes',
  ],
  [
    'a history on a disk that is not mounted',
    { files: { ...SOMEWHERE, '/etc/fstab': 'LABEL=rows /mnt/usb ext4 nofail 0 2\n' } },
    'fix history the disk of /mnt/usb/rows is not mounted at /mnt/usb: rows wait in memory: attach it, then sudo mount /mnt/usb',
  ],
  [
    'a history on a disk that went read-only',
    {
      files: {
        ...SOMEWHERE,
        '/proc/self/mountinfo': mountinfo('/dev/mmcblk0p2 / ext4 rw', '/dev/sda1 /mnt/usb ext4 ro'),
      },
    },
    'fix history /mnt/usb/rows is on /dev/sda1, which is read-only: rows wait in memory: the kernel makes a file system read-only after an error',
  ],
  [
    'a folder of another user',
    {
      files: { ...USERS, [`${HISTORY}/.dapberry.lock`]: '' },
      parts: { fileInfo: async () => ({ kind: 'folder', size: 4096, user: 0, group: 0, mode: 0o755 }) },
    },
    `fix history dapberry may not write into ${HISTORY}: sudo chown -R dapberry: ${HISTORY}`,
  ],
  [
    'a folder that the user of the service cannot make',
    {
      files: { ...USERS, ...SOMEWHERE, '/mnt/usb/lost+found/x': '' },
      parts: {
        run: programs({ systemctl: SERVICE.replace('=strict', '=full') }),
        fileInfo: async path =>
          path === '/mnt/usb' ? { kind: 'folder', size: 4096, user: 0, group: 0, mode: 0o755 } : undefined,
      },
    },
    'fix history /mnt/usb/rows does not exist, and dapberry may not make it in /mnt/usb: sudo install -d -o dapberry',
  ],
  [
    'a disk that is full before long',
    {
      files: { [USUAL]: 'datasets: {a: {interval: 0.02, sensors: [{kind: host-network}]}}\n' },
      parts: { freeSpace: async () => 300 * 1024 ** 2 },
    },
    `fix history ${HISTORY}: 0 bytes, and about`,
  ],
  [
    'errors that ext4 has counted',
    {
      files: {
        '/sys/fs/ext4/mmcblk0p2/errors_count': '3\n',
        '/sys/fs/ext4/mmcblk0p2/first_error_time': '1795132800\n',
        '/sys/fs/ext4/mmcblk0p2/last_error_time': '1795219200\n',
      },
    },
    'fix card 3 errors of the file system on mmcblk0p2, the first on 2026-11-20, the last on 2026-11-21: back it up (dapberry backup), and replace the card if they go on',
  ],
  [
    'a memory that is worn out',
    { files: { '/sys/block/mmcblk0/device/life_time': '0x03 0x0b\n' } },
    'fix card mmcblk0 has outlived its life time: back it up',
  ],
];

describe('dapberry doctor', () => {
  it.each(faults)(
    'says what to do about %s, as the page on troubleshooting has it, and gives 1',
    async (_fault, change, advice) => {
      const { code, wrong } = await onPi(change);
      expect(code).toBe(1);
      expect(wrong).toEqual([expect.stringContaining(advice)]);
      expect(textOf('docs/troubleshooting.md').split('\n')).toContain(wrong[0]);
    },
  );

  it.each(historyFaults)('says what to do about %s, and gives 1', async (_fault, change, advice) => {
    const { code, wrong } = await onPi(change);
    expect(wrong).toEqual([expect.stringContaining(advice)]);
    expect(code).toBe(1);
  });
});
