import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../server/machine/machine.ts';
import {
  type Change,
  LM75,
  machineFor,
  NO_DEVICE,
  NO_SYSFS,
  onPi,
  sensorAtPin,
  USUAL,
  WITHOUT_KOFFI,
} from './examined-pi.ts';
import { mountinfo } from './machines.ts';

describe('dapberry doctor', () => {
  it('finds a Raspberry Pi well', async () => {
    const { code, out } = await onPi();
    await expect(out).toMatchFileSnapshot('output/doctor-pi.txt');
    expect(code).toBe(0);
  });

  it('judges on a machine with nothing only what matters there', async () => {
    const machine = await machineFor({}, { platform: 'darwin', freeSpace: async () => undefined });
    const { code, out } = await machine.dapberry('doctor');
    await expect(out).toMatchFileSnapshot('output/doctor-nothing.txt');
    expect(code).toBe(0);
  });

  it('advises to change what the command line says where it comes before the configuration', async () => {
    const machine = await machineFor(
      { [USUAL]: 'server: {port: 8081}\n' },
      { listenError: async () => 'EADDRINUSE' },
    );
    const advice = async (...args: string[]) =>
      (await machine.dapberry('doctor', ...args)).out.replaceAll(/\s+/g, ' ');
    expect(await advice()).toContain('stop it, or choose another port with server.port ');
    expect(await advice('--port', '9000')).toContain('stop it, or choose another port with --port ');
  });

  it('names the configuration that it looked at in its advice', async () => {
    const machine = await machineFor({ '/etc/it is mine.yaml': 'server: {prot: 80}\n' });
    const file = join(machine.tree.root, 'etc/it is mine.yaml');
    const { out } = await machine.dapberry('doctor', '--config', file);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `did you mean "port"?: dapberry check --config '/etc/it is mine.yaml'`,
    );
  });

  it('gives on another machine no advice that only a Raspberry Pi can follow', async () => {
    const machine = await machineFor(LM75);
    const { code, out } = await machine.dapberry('doctor');
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'fix I2C off, and a configured sensor needs it: read it on a Raspberry Pi, or set simulate: true',
    );
    expect(out).not.toMatch(/raspi-config|1-Wire|GPIO|SPI|config\.txt/);
  });

  it.each([
    [
      ['tmpfs /overlay tmpfs rw', 'overlay / overlay rw,lowerdir=/lower,upperdir=/upper'],
      'note root file system an overlay file system: files such as the configuration or the output of pull may be lost at a restart: before you write files to keep, run sudo raspi-config nonint do_overlayfs 1 and restart',
    ],
    [['tmpfs / tmpfs rw,nosuid'], 'note root file system in memory (tmpfs): files such as the configuration'],
  ])('does not call a root file system writable that forgets: %j', async (mounts, line) => {
    const { code, lines } = await onPi({ files: { '/proc/self/mountinfo': mountinfo(...mounts) } });
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
    const { machine, lines } = await onPi({ parts: { run, listenError } });
    expect(lines).toContain('ok port 80 is free, set by --port 80');
    const { out } = await machine.dapberry('doctor', '--port', '9000');
    expect(out.replaceAll(/ +/g, ' ')).toContain('ok port 9000 is free, set by --port 9000');
    expect(asked).toEqual([80, 9000]);
  });

  it('asks the service at a port that this user may not open', async () => {
    const run: Machine['run'] = async (_program, args) =>
      args.includes('--property=ExecStart')
        ? 'ExecStart={ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve --port 80 ; pid=7 }\n'
        : undefined;
    const serverAt: Machine['serverAt'] = async port =>
      port === 80 ? { name: 'dapberry/0.1.0', datasets: [] } : undefined;
    const { code, lines } = await onPi({ parts: { run, serverAt, listenError: async () => 'EACCES' } });
    expect(lines).toContain('ok port dapberry/0.1.0 answers on 80, set by --port 80');
    expect(code).toBe(0);
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
