import { afterEach, describe, expect, it } from 'vitest';
import { machineWith, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

async function devicesFor(...lines: readonly string[]) {
  machine = await machineWith({ '/etc/dapberry/config.yaml': `${lines.join('\n')}\n` });
  return machine.dapberry('devices');
}

const dataset = (...sensors: readonly string[]) => [
  'datasets:',
  '  garden:',
  '    sensors:',
  ...sensors.map(sensor => `      - ${sensor}`),
];

describe('dapberry devices', () => {
  it('allows I2C and GPIO, each once, where sensors of the configuration are on them', async () => {
    const asked = await devicesFor(
      ...dataset(
        '{kind: lm75, address: 0x48}',
        '{kind: lm75, name: other, address: 0x49}',
        '{kind: gpio-input, pin: 17}',
      ),
    );
    expect(asked).toEqual({ code: 0, out: 'char-gpiochip rw\nchar-i2c rw\n', err: '' });
  });

  it('allows nothing where sensors read files of the kernel alone', async () => {
    const asked = await devicesFor(...dataset('{kind: host-load}', '{kind: ds18b20}'));
    expect(asked).toEqual({ code: 0, out: '', err: '' });
  });

  it('allows nothing where everything is simulated', async () => {
    const asked = await devicesFor('simulate: true', ...dataset('{kind: lm75}'));
    expect(asked).toEqual({ code: 0, out: '', err: '' });
  });

  it('tells of a wrong configuration with the exit code 2', async () => {
    const { code, out, err } = await devicesFor(...dataset('{kind: lm75, adress: 0x48}'));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('/etc/dapberry/config.yaml:4:');
  });
});
