import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { SENSOR_KINDS } from '../../../../device/index.ts';
import { Lm75Model } from '../../../../device/models/lm75.ts';
import { sensorsOf } from '../../../../server/config/config.ts';
import { loadConfig } from '../../../../server/config/load.ts';
import { pasteText } from '../../../../server/config/reference/paste.ts';
import { problemLine } from '../../../../server/config/text/problem.ts';
import { KINDS, probe } from '../../config/probe-kind.ts';
import { machineWith, PI, programs, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

/** The columns of the only dataset of a text that the loader takes. */
function columnsOf(content: string): readonly string[] {
  const loaded = loadConfig([{ name: 'pasted.yaml', content }], { kinds: KINDS });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config.datasets
    .flatMap(sensorsOf)
    .flatMap(({ columns }) => columns.map(({ column }) => column.name));
}

describe('dapberry list', () => {
  it('shows the kinds, what is attached to a Raspberry Pi, and lines that the loader takes', async () => {
    machine = await machineWith(PI);
    const { code, out, err } = await machine.dapberry('list');
    expect([code, err]).toEqual([0, '']);
    await expect(out.slice(out.indexOf('Attached'))).toMatchFileSnapshot('output/list-pi.txt');
    for (const { name, title } of SENSOR_KINDS) {
      expect(out.replaceAll(/ +/g, ' ')).toContain(`\n${name} ${title}\n`);
    }
    expect(columnsOf(out.slice(out.indexOf('datasets:')))).toContain('cpu_thermal_temperature');
  });

  it('shows the kinds, and that there is nothing, on a machine with nothing', async () => {
    machine = await machineWith({});
    const { code, out } = await machine.dapberry('list');
    expect(code).toBe(0);
    expect(out.slice(out.indexOf('Attached'))).toMatch(
      /^Attached to this machine\n\n(.+ none\n){6}\nNo sensor of these kinds was found.*\.\n$/,
    );
  });

  it('shows one kind with its options, and those of it that are there', async () => {
    machine = await machineWith(PI);
    const { out } = await machine.dapberry('list', 'thermal');
    await expect(out).toMatchFileSnapshot('output/list-thermal.txt');
  });

  it('asks on I2C only when it is told to', async () => {
    const asked: string[] = [];
    machine = await machineWith(PI, {
      run: async program => {
        asked.push(program);
        return undefined;
      },
    });
    await machine.dapberry('list');
    expect(asked).toEqual([]);
    const { code, out } = await machine.dapberry('list', '--probe');
    expect([code, asked]).toEqual([0, ['i2cdetect']]);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('sudo apt install i2c-tools, and see dapberry doctor');
  });
});

const DETECTED = `     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f
00:                         -- -- -- -- -- -- -- --
10: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
20: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
30: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
40: -- -- -- -- -- -- -- -- 48 -- -- -- -- -- -- --
50: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --
60: -- -- -- -- -- -- -- -- UU -- -- -- -- -- -- --
70: -- -- -- -- -- -- -- 77
`;

describe('dapberry list --probe', () => {
  it('names those who answer on I2C, and writes down those who are recognised', async () => {
    const lm75 = new Lm75Model({ temperature: () => 21, now: () => performance.now() / 1000 });
    const bus = new SimulatedI2c(1, { 72: lm75 });
    machine = await machineWith(PI, { run: programs({ i2cdetect: DETECTED }) }, [bus]);
    const { code, out } = await machine.dapberry('list', '--probe');
    expect(code).toBe(0);
    await expect(out.slice(out.indexOf('Attached'))).toMatchFileSnapshot('output/list-probe.txt');
    const pasted = out.slice(out.indexOf('datasets:'));
    expect(columnsOf(pasted)).toContain('i2c_48_temperature');
    expect(bus.open).toBe(0);
  });

  it('gives entries that the loader takes for each kind that may answer at an address', async () => {
    machine = await machineWith(PI, { run: programs({ i2cdetect: DETECTED }) });
    const { out } = await machine.dapberry('list', '--probe');
    const answers = [
      ...out.replaceAll(/\s+/g, ' ').matchAll(/\{kind: ([^,]*)([^}]*\})(?:, or ([^{]*) as its kind)?/g),
    ];
    const entries = answers.flatMap(([, kind = '', rest = '', others]) =>
      [kind, ...(others?.split(', ') ?? [])].map(name => `{kind: ${name}${rest}`),
    );
    expect(entries.length).toBeGreaterThan(3);
    for (const entry of entries) {
      expect(columnsOf(`datasets:\n  a:\n    sensors:\n      - ${entry}\n`).length).toBeGreaterThan(0);
    }
  });
});

describe('lines to paste', () => {
  const at = (address: number, more: object = {}) => ({
    kind: probe,
    found: { options: { address }, ...more },
  });

  it('give sensors names where their columns would have one name', () => {
    expect(columnsOf(pasteText([at(0x40), at(0x41), at(0x42, { name: 'probe_2' })]))).toEqual([
      'depth',
      'probe_depth',
      'probe_2_depth',
    ]);
  });

  it('have a second sensor at one place as a comment, and notes of any text', () => {
    const text = pasteText([at(0x40, { note: 'a: "b"\n# c' }), at(0x40, { note: 'other' }), at(0x41)]);
    expect(text).toMatchInlineSnapshot(`
      "datasets:
        station:
          interval: 1 s
          sensors:
            # a: "b" # c
            - kind: probe
              address: 0x40
            # or, at the same place: other
            # - kind: probe
            #   address: 0x40
            - kind: probe
              name: probe
              address: 0x41
      "
    `);
    expect(columnsOf(text)).toEqual(['depth', 'probe_depth']);
  });
});
