import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { printedRows, run } from './programs.ts';

describeWith('getdap', 'getdap (libdap)', () => {
  let server: Serving;
  let url: string;

  beforeAll(async () => {
    server = await serving();
    url = `${server.url}/roberrypi`;
  });
  afterAll(() => server.close());

  const getdap = (...args: string[]) => run(tools.getdap!, args);

  it('reads the structure', async () => {
    const { stdout } = await getdap('-d', url);
    expect(stdout).toContain('Sequence {');
    expect(stdout).toMatch(/ time;/);
    expect(stdout).toMatch(/ temperature;/);
    expect(stdout).toMatch(/\} sensor;/);
  });

  it('reads the attributes', async () => {
    const { stdout } = await getdap('-a', url);
    expect(stdout).toContain('Attributes {');
    expect(stdout).toContain('seconds since 1970-01-01');
  });

  it('reads the version of the protocol from the headers', async () => {
    const { stdout, stderr } = await getdap('-i', url);
    expect(stdout + stderr).toContain('DAP version: 3.2');
  });

  it.each([
    ['sensor.time[0:1:9],sensor.temperature[0:1:9]', 2],
    ['sensor[0:9].time', 1],
    ['sensor.temperature[0:1:9]', 1],
    ['sensor[0:1:9]', 3],
    ['time,voltage,temperature[0:1:9]', 3],
  ])('reads ten rows of %s', async (constraint, columns) => {
    const { stdout, stderr } = await getdap('-D', '-c', constraint, url);
    expect(stderr).toBe('');
    const rows = printedRows(stdout);
    expect(rows).toHaveLength(10);
    for (const row of rows) {
      expect(row).toHaveLength(columns);
      expect(row.every(Number.isFinite)).toBe(true);
    }
    if (constraint !== 'sensor.temperature[0:1:9]') {
      const times = rows.map(row => row[0]!);
      expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
    }
  });

  it('reads a window of the past the same way each time', async () => {
    const first = printedRows((await getdap('-D', '-c', 'sensor[0:1:4]', url)).stdout);
    const [low, high] = [first[0]![0]! - 0.001, first[4]![0]! + 0.001];
    const window = `sensor.time,sensor.voltage&sensor.time>${low}&sensor.time<${high}`;
    const [once, again] = [await getdap('-D', '-c', window, url), await getdap('-D', '-c', window, url)];
    expect(printedRows(once.stdout)).toHaveLength(5);
    expect(again.stdout).toBe(once.stdout);
  });

  it('reads the rows that meet a selection', async () => {
    const constraint = 'sensor.temperature[0:1:4]&sensor.temperature>-100&sensor.voltage!={0,1}';
    expect(printedRows((await getdap('-D', '-c', constraint, url)).stdout)).toHaveLength(5);
  });
});
