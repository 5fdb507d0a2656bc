import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

describeWith('ncdump', 'ncdump (netCDF-C)', () => {
  let server: Serving;

  beforeAll(async () => {
    server = await serving();
  });
  afterAll(() => server.close());

  const ncdump = (...args: string[]) => run(tools.ncdump!, args);
  const column = (stdout: string, name: string) =>
    new RegExp(`\\ssensor\\.${name} = ([^;]*);`)
      .exec(stdout)?.[1]
      ?.split(',')
      .map(text => Number(text));

  it('prints the header of ten rows', async () => {
    const { stdout, stderr, code } = await ncdump('-h', `[limit=10]${server.url}/roberrypi`);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('sensor = 10 ;');
    expect(stdout).toContain('sensor.time:units = "seconds since 1970-01-01T00:00:00Z"');
    expect(stdout).toContain('sensor.temperature:units = "degree_Celsius"');
    expect(stdout).toContain('sensor.temperature:_FillValue = NaN');
    expect(stdout).toContain(':Conventions = "CF-1.11, ACDD-1.3"');
  });

  it('prints the rows of a past window, column by column', async () => {
    const [low, high] = await pastWindow();
    const window = `sensor.time,sensor.temperature%26sensor.time<${high}%26sensor.time>${low}`;
    const { stdout, code } = await ncdump('-p', '9,17', `[limit=10]${server.url}/roberrypi?${window}`);
    expect(code).toBe(0);
    const [found, temperatures] = [column(stdout, 'time')!, column(stdout, 'temperature')!];
    expect(found).toHaveLength(10);
    expect(temperatures).toHaveLength(10);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
    const asked = await fetch(
      `${server.url}/roberrypi.asc?time,temperature[0:1:9]&time<${high}&time>${low}`,
    ).then(answer => answer.text());
    const rows = asked.trim().split('\n').slice(-10);
    expect(rows.map(row => Number(row.split(',')[0]))).toEqual(found);
    expect(rows.map(row => Number(row.split(',')[1]))).toEqual(temperatures);
  });

  /** The bounds in whole seconds of a window around ten rows of the past. */
  async function pastWindow(): Promise<readonly [low: number, high: number]> {
    const answer = await fetch(`${server.url}/roberrypi.asc?sensor.time[0:1:9]`);
    const times = (await answer.text()).trim().split('\n').slice(-10).map(Number);
    return [Math.floor(times[0]!) - 1, Math.floor(times[9]!) + 1];
  }

  it('prints an error if the window has fewer rows than the limit', async () => {
    const [low] = await pastWindow();
    // A second of rows at 20 a second.
    const window = `sensor.time%26sensor.time<${low + 2}%26sensor.time>${low + 1}`;
    const { stderr } = await ncdump(`[limit=40]${server.url}/roberrypi?${window}`);
    expect(stderr).toContain('Index exceeds dimension bound');
  });
});
