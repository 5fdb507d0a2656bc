import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TIMES, TYPED_COLUMNS, type TypedStation, typedRows, typedStation } from '../server/typed-station.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, type ToolName, tools } from '../tools.ts';
import { run } from './programs.ts';

const PROGRAMS: readonly ToolName[] = [
  'netCDF4',
  'xarray',
  'ncks',
  'cdo',
  'ncdf4',
  'ncread',
  'ncdump',
  'getdap',
];

/** Programs share the processor with other tests, and load large libraries. */
const SECONDS = 60;
vi.setConfig({ testTimeout: SECONDS * 1000 });

const NAMES = TYPED_COLUMNS.map(({ name }) => name);

/** R and Octave read an unsigned number above the greatest signed one of its size as a negative one. */
const SIGNED = ['time', 'int16', 'int32', 'float32', 'temperature'];

const NETCDF4 = `
import json, math, sys, netCDF4, numpy
d = netCDF4.Dataset(sys.argv[1])
names = json.loads(sys.argv[2])
numbers = lambda values: [None if math.isnan(v) else float(v) for v in numpy.ma.filled(values.astype(float), math.nan)]
print(json.dumps({
    'all': {name: numbers(d[name][:]) for name in names},
    'slice': numbers(d['temperature'][3:60:7]),
    'one': numbers(d['temperature'][17:18]),
    'last': float(d['int32'][-1]),
    'units': d['time'].units,
    'size': len(d.dimensions['time']),
}))
`;

const XARRAY = `
import json, math, sys, xarray
names = json.loads(sys.argv[2])
numbers = lambda values: [None if math.isnan(v) else float(v) for v in values]
d = xarray.open_dataset(sys.argv[1], decode_times=False)
t = xarray.open_dataset(sys.argv[1])
print(json.dumps({
    'all': {name: numbers(d[name].values) for name in names},
    'slice': numbers(d.temperature.isel(time=slice(3, 60, 7)).values),
    'window': numbers(t.temperature.sel(time=slice('2026-11-28T01:00:00', '2026-11-28T01:10:00')).values),
    'mean': float(t.temperature.mean()),
    'first': str(t.time.values[0])[:22],
    'attributes': [t.attrs['title'], t.temperature.attrs['long_name']],
}))
`;

const R = `
library(ncdf4)
n <- nc_open(commandArgs(TRUE)[1])
for (name in c("time", "int16", "int32", "float32", "temperature"))
  cat(format(ncvar_get(n, name, start = 4, count = 20), digits = 17), "\\n")
cat(format(ncvar_get(n, "temperature"), digits = 17), "\\n")
`;

const OCTAVE = `
pkg load netcdf
u = argv(){1};
printf('%.17g ', ncread(u, 'temperature', 4, 9, 7)); printf("\\n");
printf('%.17g ', ncread(u, 'time', 100, 5)); printf("\\n");
printf('%.17g ', ncread(u, 'temperature')); printf("\\n");
`;

describeWith(PROGRAMS, "programs on netCDF's library, and getdap, read Arrays", () => {
  let station: TypedStation;
  let server: Serving;
  let url: string;
  /** The values of the Sequence in the same stretch, from its text. */
  const columns = new Map<string, readonly (number | null)[]>();
  const column = (name: string) => columns.get(name)!;
  const every = (values: readonly (number | null)[], from: number, to: number, stride: number) =>
    values.slice(from, to).filter((_, index) => index % stride === 0);

  beforeAll(async () => {
    station = await typedStation('both', typedRows(TIMES));
    server = await serving({ datasets: [station.dataset] });
    url = `${server.url}/roof/2026-11-28`;
    const window = '&time>=2026-11-28T00:00:00Z&time<2026-11-29T00:00:00Z';
    const text = await (await fetch(`${server.url}/roof.asc?${encodeURIComponent(window)}`)).text();
    const rows = text.split('-\n')[1]!.trimEnd().split('\n').slice(1);
    for (const [index, { name, type }] of TYPED_COLUMNS.entries()) {
      const values = rows.map(row => {
        const value = Number(row.split(', ')[index]);
        if (Number.isNaN(value)) return null;
        return type === 'Float32' ? Math.fround(value) : value;
      });
      columns.set(name, values);
    }
    expect(rows).toHaveLength(6912);
  });
  afterAll(async () => {
    await server.close();
    await station.remove();
  });

  const python = async (tool: 'netCDF4' | 'xarray', script: string) => {
    const { stdout, stderr, code } = await run(
      tools[tool]!,
      ['-W', 'ignore', '-c', script, url, JSON.stringify(NAMES)],
      SECONDS,
    );
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  /** The lines that a program prints, each a list of numbers; null for NaN. */
  const numbersIn = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map(line =>
        line
          .trim()
          .split(/\s+/)
          .map(Number)
          .map(value => (Number.isNaN(value) ? null : value)),
      );
  const all = () => Object.fromEntries(NAMES.map(name => [name, column(name)]));

  it("netCDF4's slices", async () => {
    expect(await python('netCDF4', NETCDF4)).toEqual({
      all: all(),
      slice: every(column('temperature'), 3, 60, 7),
      one: [column('temperature')[17]],
      last: column('int32').at(-1),
      units: 'seconds since 1970-01-01T00:00:00Z',
      size: 6912,
    });
  });

  it('xarray, by index and by time', async () => {
    const found = await python('xarray', XARRAY);
    const times = column('time') as number[];
    const [from, to] = [Date.parse('2026-11-28T01:00:00Z') / 1000, Date.parse('2026-11-28T01:10:00Z') / 1000];
    const temperatures = column('temperature').filter(value => value !== null);
    expect(found).toEqual({
      all: all(),
      slice: every(column('temperature'), 3, 60, 7),
      window: column('temperature').filter((_, row) => times[row]! >= from && times[row]! <= to),
      mean: expect.closeTo(temperatures.reduce((sum, value) => sum + value, 0) / temperatures.length, 9),
      first: '2026-11-28T00:00:00.00',
      attributes: ['The roof', 'a column of Float64'],
    });
  });

  it('ncks -d, into a file', async () => {
    const { stdout, stderr, code } = await run(
      '/bin/sh',
      [
        '-c',
        `cd "$TMPDIR" && ${tools.ncks} -O -d time,0,99 ${url} first.nc && ${tools.ncks} -O -d time,7,99,9 -v int32 ${url} some.nc &&
        ${tools.ncdump} -p 9,17 -v temperature first.nc && ${tools.ncdump} -v int32 some.nc`,
      ],
      SECONDS,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(valuesOf('temperature', stdout)).toEqual(column('temperature').slice(0, 100));
    expect(valuesOf('int32', stdout)).toEqual(every(column('int32'), 7, 100, 9));
  });

  it('ncdump', async () => {
    const { stdout, code } = await run(
      tools.ncdump!,
      ['-p', '9,17', '-v', 'time,temperature,int32', url],
      SECONDS,
    );
    expect(code).toBe(0);
    for (const name of ['time', 'temperature', 'int32']) expect(valuesOf(name, stdout)).toEqual(column(name));
  });

  it('cdo info, its means and selections', async () => {
    // CDO requests one time step at a time.
    const short = `${server.url}/roof/2026-11-28T00:00:00Z..2026-11-28T00:05:00Z`;
    const info = await run(tools.cdo!, ['-s', 'infon', '-selname,int32', short], SECONDS);
    expect([info.code, info.stderr]).toEqual([0, '']);
    const rows = info.stdout.trim().split('\n').slice(1);
    const means = rows.map(row => Number(row.split(':').at(-2)!.trim()));
    const values = column('int32').slice(0, means.length) as number[];
    expect(means).toHaveLength(24);
    expect(means.map(mean => mean.toExponential(4))).toEqual(values.map(value => value.toExponential(4)));
    const some = await run(
      tools.cdo!,
      ['-s', 'outputf,%.9g', '-seltimestep,4,11', '-selname,temperature', short],
      SECONDS,
    );
    expect(numbersIn(some.stdout).map(([value]) => value?.toPrecision(9))).toEqual(
      [3, 10].map(row => column('temperature')[row]!.toPrecision(9)),
    );
  });

  it('R, with start and count', async () => {
    const { stdout, code } = await run(tools.ncdf4!, ['-e', R, url], SECONDS);
    expect(code).toBe(0);
    expect(numbersIn(stdout)).toEqual([
      ...SIGNED.map(name => column(name).slice(3, 23)),
      column('temperature'),
    ]);
  });

  it("Octave's ncread, with start, count and stride", async () => {
    const { stdout, code } = await run(
      tools.ncread!,
      ['--no-gui', '--no-history', '--quiet', '--eval', OCTAVE.replaceAll('argv(){1}', `'${url}'`)],
      SECONDS,
    );
    expect(code).toBe(0);
    const [some, times, whole] = numbersIn(stdout);
    expect(some).toEqual(every(column('temperature'), 3, 3 + 9 * 7, 7));
    expect(times).toEqual(column('time').slice(99, 104));
    expect(whole).toEqual(column('temperature'));
  });

  it('getdap', async () => {
    const { stdout } = await run(tools.getdap!, ['-D', '-c', 'int32[3:7:59],time[0:1]', url], SECONDS);
    const lists = [...stdout.matchAll(/\{([^{}]*)\};/g)].map(([, list]) => list!.split(',').map(Number));
    expect(lists[0]).toEqual(every(column('int32'), 3, 60, 7));
    expect(lists[1]!.map(value => value.toFixed(0))).toEqual(
      column('time')
        .slice(0, 2)
        .map(value => value!.toFixed(0)),
    );
  });

  it('and show why a stretch is refused', async () => {
    const running = `${server.url}/roof/2026-11-29`;
    const why = 'the part that is over is at /roof/2026-11-29T00:00:00Z..2026-11-29T05:14:48Z';
    for (const [tool, args] of [
      ['ncdump', ['-h', running]],
      ['netCDF4', ['-c', `import netCDF4; netCDF4.Dataset('${running}')`]],
      ['cdo', ['-s', 'info', running]],
    ] as const) {
      const { stderr, code } = await run(tools[tool]!, args, SECONDS);
      expect([tool, stderr, code === 0]).toEqual([tool, expect.stringContaining(why), false]);
    }
  });

  it('and open a stretch without rows as the documentation says', async () => {
    const empty = `${server.url}/roof/2026-10-01`;
    const header = await run(tools.ncdump!, ['-h', empty], SECONDS);
    expect(header.stdout).toContain('time = UNLIMITED ; // (0 currently)');
    expect(header.stdout).not.toContain('double');
    const script = `import netCDF4; d = netCDF4.Dataset('${empty}'); print(list(d.variables), len(d.dimensions['time']))`;
    expect((await run(tools.netCDF4!, ['-c', script], SECONDS)).stdout).toBe('[] 0\n');
    const xarray = `import xarray; print(list(xarray.open_dataset('${empty}').variables))`;
    expect((await run(tools.xarray!, ['-W', 'ignore', '-c', xarray], SECONDS)).stdout).toBe('[]\n');
    const cdo = await run(tools.cdo!, ['-s', 'info', empty], SECONDS);
    expect(cdo.stderr).toContain('No arrays found');
    const { stdout } = await run(tools.getdap!, ['-D', empty], SECONDS);
    expect(stdout).toContain('Float64 temperature[time = 0]');
  });

  /** The values that ncdump prints of a variable; null for a missing one. */
  function valuesOf(name: string, stdout: string): (number | null)[] {
    const [list = ''] = [...stdout.matchAll(new RegExp(`\\s${name} = ([^;]*);`, 'g'))]
      .map(([, text]) => text)
      .slice(-1);
    return list.split(',').map(text => (/^\s*(_|NaNf?)\s*$/.test(text) ? null : Number(text)));
  }
});
