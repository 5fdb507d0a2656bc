import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type FollowedRows, read } from '../../dap/client/index.ts';
import { SENSOR_KINDS } from '../../device/index.ts';
import { ROOT } from '../sources.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

/** A sensor of every kind, as its example has it, each on a bus of its own. */
const SENSORS = SENSOR_KINDS.map(({ name, needs, example }, index) => ({
  kind: name,
  name: name.replaceAll('-', '_'),
  ...example,
  ...(needs.includes('i2c') ? { bus: index } : {}),
  // Else there are no values between two rows of the recording.
  ...(name === 'replay' ? { speed: 'as-read' } : {}),
}));

const COLUMNS = SENSOR_KINDS.flatMap(kind =>
  kind
    .channels(kind.options.parse(kind.example ?? {}))
    .map(channel => ({ ...channel, name: `${kind.name.replaceAll('-', '_')}_${channel.name}` })),
);

describe('one dataset of every kind of sensor, simulated, as the command serves it', () => {
  let folder: string;
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-kinds-'));
    const config = join(folder, 'all.yaml');
    writeFileSync(config, stringify({ datasets: { all: { interval: 2, sensors: SENSORS } } }));
    const command = join(ROOT, 'dist/server/main.js');
    const options = ['--simulate', '--config', config, '--host', '127.0.0.1', '--port', '0'];
    child = spawn(process.execPath, [command, 'serve', ...options], { cwd: ROOT });
    let printed = '';
    child.stderr!.on('data', (text: Buffer) => {
      printed += text.toString();
    });
    for await (const line of createInterface(child.stdout!)) {
      const address = /live page +(http:\S+)\//.exec(line)?.[1];
      if (address === undefined) continue;
      url = `${address}/all`;
      return;
    }
    throw new Error(`the command ended before it printed an address: ${printed}`);
  });
  afterAll(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    rmSync(folder, { recursive: true });
  });

  it('has a number in every column of every row but the first, which comes as soon as it can', async () => {
    const { dataset, values } = await read(url, { constraint: 'sensor[0:1:3]' });
    const [sequence] = dataset.variables;
    const names = sequence?.type === 'Sequence' ? sequence.fields.map(({ name }) => name) : [];
    expect(names).toEqual(['time', ...COLUMNS.map(({ name }) => name)]);
    const { length, columns } = values[0] as FollowedRows;
    expect(length).toBe(4);
    const missing = names.filter(
      (_name, index) => !Array.from(columns[index]!, Number).slice(1).every(Number.isFinite),
    );
    expect(missing).toEqual([]);
  });

  it('has nothing to tell of any sensor in /health', async () => {
    const health: unknown = await fetch(new URL('/health', url)).then(answer => answer.json());
    expect(health).toMatchObject({ status: 'ok' });
  });

  describeWith('getdap', 'read with getdap (libdap)', () => {
    it('has a number in every column', async () => {
      const { stdout, stderr } = await run(tools.getdap!, ['-D', '-c', 'sensor[0:1:1]', url]);
      expect(stderr).toBe('');
      const rows = [...(/\} sensor = \{ (.*) \};/.exec(stdout)?.[1] ?? '').matchAll(/\{([^{}]*)\}/g)];
      expect(rows).toHaveLength(2);
      for (const [, row = ''] of rows) {
        const numbers = row.split(',').map(text => (text.trim() === '' ? Number.NaN : Number(text)));
        expect(numbers).toHaveLength(1 + COLUMNS.length);
        expect(numbers.filter(number => !Number.isFinite(number))).toEqual([]);
      }
    });
  });

  describeWith('ncdump', 'described by ncdump (netCDF-C)', () => {
    it('has the units, the long name and all other attributes of its kind for each column', async () => {
      const { stdout, stderr, code } = await run(tools.ncdump!, ['-h', `[limit=2]${url}`]);
      expect([stderr, code]).toEqual(['', 0]);
      for (const { name, units, longName, standardName } of COLUMNS) {
        expect(stdout).toContain(`sensor.${name}:units = "${units}" ;`);
        expect(stdout).toContain(`sensor.${name}:long_name = "${longName}" ;`);
        if (standardName !== undefined) {
          expect(stdout).toContain(`sensor.${name}:standard_name = "${standardName}" ;`);
        }
      }
    });
  });
});
