// Runs `dapberry doctor` on a healthy Raspberry Pi that differs in one respect, and names the usual differences.

import { afterEach, expect } from 'vitest';
import type { AnsweringServer } from '../../../../server/machine/answering-server.ts';
import type { Machine } from '../../../../server/machine/machine.ts';
import { machineWith, PI, programs, SERVICE, type TestMachine } from './machines.ts';

export const USUAL = '/etc/dapberry/config.yaml';

export interface Change {
  /** Files with other texts; undefined removes a file. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly parts?: Partial<Machine>;
}

const machines: TestMachine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.tree.dispose();
});

/** A machine that is removed after the test. */
export async function machineFor(...options: Parameters<typeof machineWith>): Promise<TestMachine> {
  const machine = await machineWith(...options);
  machines.push(machine);
  return machine;
}

/** Runs the doctor on a healthy Pi with the change; gives its findings, one per line, and its problems. */
export async function onPi({ files = {}, parts = {} }: Change = {}) {
  const texts = Object.entries({ ...PI, ...files }).filter(([, text]) => text !== undefined);
  const machine = await machineFor(Object.fromEntries(texts) as Record<string, string>, {
    run: programs({ systemctl: SERVICE, timedatectl: 'no\n' }),
    ...parts,
  });
  const { code, out, err } = await machine.dapberry('doctor');
  expect(err).toBe('');
  const lines = out.replaceAll(/\n +/g, ' ').replaceAll(/ +/g, ' ').split('\n');
  return { machine, code, out, wrong: lines.filter(line => line.startsWith('fix ')), lines };
}

export const LM75 = { [USUAL]: 'datasets:\n  a:\n    sensors: [{kind: lm75}]\n' };
export const STATUS = 'Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t1000\n';
export const loaded = (active: string, enabled: string) =>
  programs({
    systemctl: `LoadState=loaded\nActiveState=${active}\nSubState=dead\nUnitFileState=${enabled}\n`,
  });
export const taken = { listenError: async () => 'EADDRINUSE' };
export const answering = (...ahead: number[]): Partial<Machine> => ({
  ...taken,
  serverAt: async () => ({
    name: 'dapberry/0.1.0',
    datasets: ahead.map((seconds, index) => ({ name: ['roof', 'garden'][index]!, ahead: seconds })),
  }),
});
export const announced = (announcement: AnsweringServer['announcement']): Partial<Machine> => ({
  ...taken,
  serverAt: async () => ({ name: 'dapberry/0.1.0', datasets: [], announcement }),
});
export const DAY = 86_400;
export const watching = (active: string) =>
  programs({
    systemctl: SERVICE,
    'systemctl show dapberry-devices.path': `LoadState=loaded\nActiveState=${active}\nSubState=dead\nUnitFileState=enabled\n`,
  });

export const sensorAtPin = (...options: string[]) => ({
  [USUAL]: `datasets: {a: {sensors: [{${['kind: gpio-input', ...options].join(', ')}}]}}\n`,
});
export const WITHOUT_KOFFI: Partial<Machine> = { hasModule: async name => name !== 'koffi' };
export const NO_DEVICE = { '/dev/gpiochip0': undefined, '/dev/gpiochip1': undefined };
export const NO_SYSFS = { '/sys/class/gpio/export': undefined };
