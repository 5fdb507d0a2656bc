import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../../../server/machine/machine.ts';
import { textOf } from '../../../sources.ts';
import { machineWith, PI, programs, SERVICE, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

const USUAL = '/etc/dapberry/config.yaml';

interface Change {
  /** Files with other texts; undefined is none. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly parts?: Partial<Machine>;
}

/** Runs doctor on a Pi that is well but for the change; the lines after those that are well, as one line each. */
async function onPi({ files = {}, parts = {} }: Change = {}) {
  const texts = Object.entries({ ...PI, ...files }).filter(([, text]) => text !== undefined);
  machine = await machineWith(Object.fromEntries(texts) as Record<string, string>, {
    run: programs({ systemctl: SERVICE, timedatectl: 'no\n' }),
    ...parts,
  });
  const { code, out, err } = await machine.dapberry('doctor');
  expect(err).toBe('');
  const lines = out.replaceAll(/\n +/g, ' ').replaceAll(/ +/g, ' ').split('\n');
  return { code, out, wrong: lines.filter(line => line.startsWith('fix ')), lines };
}

describe('dapberry doctor', () => {
  it('finds a Raspberry Pi well', async () => {
    const { code, out } = await onPi();
    await expect(out).toMatchFileSnapshot('output/doctor-pi.txt');
    expect(code).toBe(0);
  });

  it('judges on a machine with nothing only what matters there', async () => {
    machine = await machineWith({}, { platform: 'darwin', freeSpace: async () => undefined });
    const { code, out } = await machine.dapberry('doctor');
    await expect(out).toMatchFileSnapshot('output/doctor-nothing.txt');
    expect(code).toBe(0);
  });

  it('advises to change what the command line says where it comes before the configuration', async () => {
    machine = await machineWith(
      { [USUAL]: 'server: {port: 8081}\n' },
      { listenError: async () => 'EADDRINUSE' },
    );
    const advice = async (...args: string[]) =>
      (await machine!.dapberry('doctor', ...args)).out.replaceAll(/\s+/g, ' ');
    expect(await advice()).toContain('stop it, or choose another port with server.port ');
    expect(await advice('--port', '9000')).toContain('stop it, or choose another port with --port ');
  });

  it('names the configuration that it looked at in its advice', async () => {
    machine = await machineWith({ '/etc/it is mine.yaml': 'server: {prot: 80}\n' });
    const file = join(machine.tree.root, 'etc/it is mine.yaml');
    const { out } = await machine.dapberry('doctor', '--config', file);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `did you mean "port"?: dapberry check --config '/etc/it is mine.yaml'`,
    );
  });

  const LM75 = { [USUAL]: 'datasets:\n  a:\n    sensors: [{kind: lm75}]\n' };
  const STATUS = 'Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t1000\n';
  const loaded = (active: string, enabled: string) =>
    programs({
      systemctl: `LoadState=loaded\nActiveState=${active}\nSubState=dead\nUnitFileState=${enabled}\n`,
    });
  it('gives on another machine no advice that only a Raspberry Pi can follow', async () => {
    machine = await machineWith(LM75);
    const { code, out } = await machine.dapberry('doctor');
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'fix I2C off, and a configured sensor needs it: read it on a Raspberry Pi, or set simulate: true',
    );
    expect(out).not.toMatch(/raspi-config|1-Wire|GPIO|SPI|config\.txt/);
  });

  const taken = { listenError: async () => 'EADDRINUSE' };
  const answering = (...ahead: number[]): Partial<Machine> => ({
    ...taken,
    serverAt: async () => ({
      name: 'dapberry/0.1.0',
      datasets: ahead.map((seconds, index) => ({ name: ['roof', 'garden'][index]!, ahead: seconds })),
    }),
  });
  const DAY = 86_400;
  const watching = (active: string) =>
    programs({
      systemctl: SERVICE,
      'systemctl show dapberry-devices.path': `LoadState=loaded\nActiveState=${active}\nSubState=dead\nUnitFileState=enabled\n`,
    });

  const sensorAtPin = (...options: string[]) => ({
    [USUAL]: `datasets: {a: {sensors: [{${['kind: gpio-input', ...options].join(', ')}}]}}\n`,
  });
  const WITHOUT_KOFFI: Partial<Machine> = { hasModule: async name => name !== 'koffi' };
  const NO_DEVICE = { '/dev/gpiochip0': undefined, '/dev/gpiochip1': undefined };
  const NO_SYSFS = { '/sys/class/gpio/export': undefined };

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
      { files: { '/proc/mounts': '/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n' } },
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
      'fix memory 58.6 MiB free, and 3 logs may grow to 96 MiB: lower log.bytes of the datasets',
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
      'fix row times those of roof are 3653 days ahead of the clock, which was set back; it catches up in 7305 days: sudo systemctl restart dapberry continues at the time of the clock, without the rows in memory',
    ],
    [
      'I2C that is off though a sensor needs it',
      { files: { ...LM75, '/dev/i2c-1': undefined, '/boot/firmware/config.txt': '' } },
      'fix I2C off, and a configured sensor needs it: sudo raspi-config nonint do_i2c 0, then restart',
    ],
    [
      'a user who may not use I2C though a sensor needs it',
      { files: { ...LM75, '/etc/group': 'i2c:x:989:\nada:x:1000:\n', '/proc/self/status': STATUS } },
      'fix groups ada is not in i2c, and a configured sensor needs it: sudo usermod -aG i2c ada, then log in again',
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

  it.each(faults)(
    'says what to do about %s, as the page on troubleshooting has it, and gives 1',
    async (_fault, change, advice) => {
      const { code, wrong } = await onPi(change);
      expect(code).toBe(1);
      expect(wrong).toEqual([expect.stringContaining(advice)]);
      expect(textOf('docs/troubleshooting.md').split('\n')).toContain(wrong[0]);
    },
  );

  const MASTER = '/sys/bus/w1/devices/w1_bus_master1';
  const BULK = `${MASTER}/therm_bulk_read`;
  const TWO_THERMOMETERS = {
    [BULK]: '0\n',
    [`${MASTER}/28-0516b0a1c2ff/w1_slave`]: '',
    [`${MASTER}/10-000802b53f12/w1_slave`]: '',
  };

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
      'thermometers that this user may not have convert at once',
      { files: TWO_THERMOMETERS, parts: { mayWrite: async path => path !== BULK } },
      'note 1-Wire the thermometers on w1_bus_master1 convert one after the other, 0.8 s each: this user may not write therm_bulk_read, which makes them convert at once: give its group write access, as docs/one-wire.md describes',
    ],
    [
      'a supply of which only hwmon tells',
      { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': undefined } },
      'ok power now no under-voltage; this kernel does not report the past',
    ],
    ['thermometers that convert at once', { files: TWO_THERMOMETERS }, 'ok 1-Wire w1_bus_master1'],
    [
      'a kernel without sysfs GPIO',
      { files: { '/sys/class/gpio/export': undefined } },
      'ok GPIO through /dev/gpiochip0, /dev/gpiochip1; this kernel has no sysfs GPIO',
    ],
    [
      'edges that are counted without the module that merges none',
      { files: sensorAtPin('name: rain'), parts: WITHOUT_KOFFI },
      'note GPIO rain counts edges through onoff, which merges edges while the machine is busy: the module koffi is not installed or does not load: npm install koffi',
    ],
    [
      'groups that nothing needs',
      {},
      'note groups ada is not in spi; no configured sensor needs it: sudo usermod -aG spi ada, then log in again',
    ],
    [
      'root',
      { files: { '/proc/self/status': 'Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\n' } },
      'ok groups root may open every device',
    ],
    [
      'a read-only root that is wanted',
      {
        files: {
          '/proc/mounts': '/dev/mmcblk0p2 / ext4 ro 0 0\n',
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

  it.each([
    [
      'tmpfs /overlay tmpfs rw 0 0\noverlay / overlay rw,lowerdir=/lower,upperdir=/upper 0 0\n',
      'note root file system an overlay file system: files such as the configuration or the output of pull may be lost at a restart: before you write files to keep, run sudo raspi-config nonint do_overlayfs 1 and restart',
    ],
    [
      'tmpfs / tmpfs rw,nosuid 0 0\n',
      'note root file system in memory (tmpfs): files such as the configuration',
    ],
  ])('does not call a root file system writable that forgets: %j', async (mounts, line) => {
    const { code, lines } = await onPi({ files: { '/proc/mounts': mounts } });
    expect(lines.some(found => found.startsWith(line))).toBe(true);
    expect(code).toBe(0);
  });

  it('judges the port that the service is started with, or that is asked for', async () => {
    const asked: unknown[] = [];
    const run: Machine['run'] = async (_program, args) =>
      args.includes('--property=ExecStart')
        ? 'ExecStart={ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve --port=80 ; pid=0 }\n'
        : undefined;
    const listenError: Machine['listenError'] = async port => {
      asked.push(port);
      return undefined;
    };
    const { lines } = await onPi({ parts: { run, listenError } });
    expect(lines).toContain('ok port 80 is free, set by --port 80');
    const { out } = await machine!.dapberry('doctor', '--port', '9000');
    expect(out.replaceAll(/ +/g, ' ')).toContain('ok port 9000 is free, set by --port 9000');
    expect(asked).toEqual([80, 9000]);
  });

  it.each(notes)('finds nothing to mend in %s', async (_state, change, line) => {
    const { code, wrong, lines } = await onPi(change);
    expect([code, wrong]).toEqual([0, []]);
    expect(lines).toContainEqual(expect.stringContaining(line));
  });

  it.each<[string, Change]>([
    ['koffi is installed', { files: sensorAtPin('pull: up') }],
    ['only a level is wanted', { files: sensorAtPin('count: none'), parts: WITHOUT_KOFFI }],
    ['onoff is what was asked for', { files: sensorAtPin('interface: sysfs'), parts: WITHOUT_KOFFI }],
    [
      'there is no character device for it',
      { files: { ...sensorAtPin(), ...NO_DEVICE }, parts: WITHOUT_KOFFI },
    ],
    ['all is simulated', { files: simulated(sensorAtPin('pull: up')), parts: WITHOUT_KOFFI }],
  ])('says nothing of koffi where %s', async (_why, change) => {
    const { code, out } = await onPi(change);
    expect(code).toBe(0);
    expect(out).not.toContain('koffi');
  });

  it.each<[string, Change]>([
    ['the character device is asked for', { files: sensorAtPin('interface: character-device') }],
    ['there is no other way to the lines', { files: { ...sensorAtPin('count: none'), ...NO_SYSFS } }],
  ])('wants koffi where %s', async (_why, change) => {
    const { wrong } = await onPi({ ...change, parts: WITHOUT_KOFFI });
    expect(wrong).toEqual([expect.stringContaining('and gpio-input needs it: npm install koffi')]);
  });
});

function simulated(files: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `${text}simulate: true\n`]));
}
