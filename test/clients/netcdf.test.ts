import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCdl } from '../dap/decode/cdl.ts';
import { inMemory } from '../server/datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

const BEGIN = 1_700_000_000;
const ROWS = Array.from(
  { length: 2000 },
  (_, index): Row => [BEGIN + index / 4, index % 7 === 0 ? Number.NaN : index / 8, 0 - index, index / 2],
);

const position = new Map(
  Object.entries({ lat_min: 47.5, lat_max: 47.5, lon_min: 8.5, lon_max: 8.5 }).map(
    ([name, value]) => [`geospatial_${name}`, { type: 'Float64', values: [value] }] as const,
  ),
);

describeWith(['ncdump', 'ncks', 'netCDF4', 'xarray'], 'a file of rows', () => {
  const source = new ScriptedSource();
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-nc-'));
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ datasets: [inMemory({ ...SCRIPTED, attributes: position }, source)] });
    await source.append(ROWS);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Downloads the rows of a query. */
  async function file(query: string, name: string): Promise<string> {
    const answer = await fetch(`${server.url}/${query}`);
    expect(answer.status).toBe(200);
    const path = join(folder, name);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  }

  const python = async (script: string, ...args: string[]) => {
    const { stdout, stderr, code } = await run(tools.xarray!, ['-c', script, ...args], 60);
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim().split('\n');
  };

  it('has the rows of the text in xarray, with their times, missing values and position', async () => {
    const path = await file('past/scripted.nc', 'all.nc');
    const text = await (await fetch(`${server.url}/past/scripted.asc`)).text();
    const rows = text.trim().split('\n').slice(-ROWS.length);
    const printed = await python(
      `import sys, xarray
data = xarray.open_dataset(sys.argv[1], decode_times=False).load()
for row in zip(*(data[name].values.tolist() for name in ('time', 'a', 'b', 'c'))): print(*row)`,
      path,
    );
    const asNumbers = (line: string) => line.split(/[ ,]+/).map(Number);
    expect(printed.map(asNumbers)).toEqual(rows.map(asNumbers));
    expect(
      await python(
        `import sys, xarray
data = xarray.open_dataset(sys.argv[1])
print(data.time.values[4], sorted(data.coords), float(data.latitude), float(data.longitude))
print(data.station.values.item().decode(), data.a.attrs['units'], data.featureType)
print(int(data.a.isnull().sum()), data.b.dtype, data.c.dtype, data.sel(time='2023-11-14T22:14').sizes['time'])`,
        path,
      ),
    ).toEqual([
      "2023-11-14T22:13:21.000000000 ['latitude', 'longitude', 'station', 'time'] 47.5 8.5",
      'scripted 1 timeSeries',
      `${Math.ceil(ROWS.length / 7)} float64 float32 240`,
    ]);
  });

  it('has slices in netCDF4, and a header in ncdump', async () => {
    const path = await file(`scripted.nc?b&time<${BEGIN + 100}`, 'slices.nc');
    expect(
      await python(`import sys, netCDF4\nprint(netCDF4.Dataset(sys.argv[1])['b'][3:60:7].tolist())`, path),
    ).toEqual([JSON.stringify([-3, -10, -17, -24, -31, -38, -45, -52, -59]).replaceAll(',', ', ')]);
    const { stdout, stderr } = await run(tools.ncdump!, ['-h', path]);
    expect(stderr).toBe('');
    expect(stdout).toContain('time = UNLIMITED ; // (400 currently)');
    expect(stdout).toContain('b:coordinates = "time latitude longitude station" ;');
    expect(stdout).toContain(':time_coverage_end = "2023-11-14T22:14:59.750Z" ;');
  });

  it('is cut by ncks, and joined with another one by ncrcat', async () => {
    const [first, second] = [
      await file(`scripted.nc?time,b&time<${BEGIN + 10}`, 'first.nc'),
      await file(`scripted.nc?time,b&time>=${BEGIN + 10}&time<${BEGIN + 20}`, 'second.nc'),
    ];
    const cut = join(folder, 'cut.nc');
    const joined = join(folder, 'joined.nc');
    expect((await run(tools.ncks!, ['-O', '-d', 'time,2,9,3', first, cut])).code).toBe(0);
    expect((await run(tools.ncks!.replace(/ncks$/, 'ncrcat'), ['-O', first, second, joined])).code).toBe(0);
    const values = async (path: string) =>
      readCdl((await run(tools.ncdump!, ['-p', '9,17', '-v', 'b', path])).stdout).data.get('b');
    expect(await values(cut)).toEqual([-2, -5, -8]);
    expect(await values(joined)).toEqual(ROWS.slice(0, 80).map(([, , b]) => b));
  });

  it('without a row opens, and has no row', async () => {
    const path = await file(`scripted.nc?&time<${BEGIN}`, 'empty.nc');
    expect(
      await python(
        `import sys, xarray, netCDF4
print(dict(xarray.open_dataset(sys.argv[1]).sizes), netCDF4.Dataset(sys.argv[1])['a'][:].shape)`,
        path,
      ),
    ).toEqual(["{'time': 0} (0,)"]);
  });
});

describeWith('ncdump', 'docs/netcdf.md', () => {
  it('shows the header of the file, as ncdump prints it', async () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/netcdf.md'), 'utf8');
    const [, shown = ''] = /\$ ncdump -h [^\n]*\n(.*?)^```$/ms.exec(page) ?? [];
    const server = await serving({ interval: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-nc-'));
    try {
      const answer = await fetch(`${server.url}/roberrypi.nc?sensor[0:1:0]`);
      await answer.arrayBuffer();
      const past = await fetch(`${server.url}/past/roberrypi.nc`);
      const path = join(folder, 'file.nc');
      writeFileSync(path, Buffer.from(await past.arrayBuffer()));
      const { stdout } = await run(tools.ncdump!, ['-h', '-n', 'file', path]);
      /** Without numbers of rows and times, which differ. */
      const timeless = (text: string) =>
        text
          .replace(/^netcdf \S+/, 'netcdf file')
          .replace(/\(\d+ currently\)/, '(N currently)')
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z(?=[" ])/g, 'TIME')
          .replaceAll('1970-01-01T00:00:00Z', 'TIME')
          .replace(/dapberry\/[\d.]+/, 'dapberry/VERSION');
      expect(timeless(stdout).trim()).toBe(timeless(shown).trim());
    } finally {
      rmSync(folder, { recursive: true });
      await server.close();
    }
  });
});
