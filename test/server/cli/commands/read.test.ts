import { afterEach, describe, expect, it } from 'vitest';
import { machineWith, PI, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

const USUAL = '/etc/dapberry/config.yaml';

const GARDEN = `datasets:
  garden:
    sensors:
      - kind: host-load
      - kind: thermal
        name: cpu
        channels:
          temperature: {type: Int32, calibration: {offset: -0.5}}
      - kind: thermal
        name: roof
        zone: roof, "south"
`;

describe('dapberry read', () => {
  it('prints each value as a row would have it, and why there is none, and gives 1 for that', async () => {
    machine = await machineWith({ ...PI, [USUAL]: GARDEN });
    const { code, out, err } = await machine.dapberry('read');
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatchInlineSnapshot(`
      "DATASET  SENSOR     NAME              VALUE  UNITS
      garden   host-load  load_1min         0.1    1
      garden   host-load  load_5min         0.2    1
      garden   host-load  load_15min        0.3    1
      garden   cpu        cpu_temperature   48     degree_Celsius
      garden   roof       roof_temperature  -                      expected a thermal zone of the type roof, "south", found 0 (cpu-thermal)
      "
    `);
  });

  it('prints them as CSV', async () => {
    machine = await machineWith({ ...PI, [USUAL]: GARDEN });
    const { code, out } = await machine.dapberry('read', '--format', 'csv');
    expect(code).toBe(1);
    expect(out.split('\r\n')).toEqual([
      'dataset,sensor,name,value,units,error',
      'garden,host-load,load_1min,0.1,1,',
      'garden,host-load,load_5min,0.2,1,',
      'garden,host-load,load_15min,0.3,1,',
      'garden,cpu,cpu_temperature,48,degree_Celsius,',
      'garden,roof,roof_temperature,,degree_Celsius,"expected a thermal zone of the type roof, ""south"", found 0 (cpu-thermal)"',
      '',
    ]);
  });

  it('prints no formula for a spreadsheet as CSV, and leaves numbers as they are', async () => {
    const derived =
      "{derived: {low: {from: temperature, by: linear, offset: -100, units: '=1+1'}}, kind: thermal}";
    machine = await machineWith({ ...PI, [USUAL]: `datasets:\n  a:\n    sensors: [${derived}]\n` });
    const { out, err } = await machine.dapberry('read', '--format', 'csv');
    expect(err).toBe('');
    expect(out).toMatch(/^a,thermal,low,-51\.688,"'=1\+1",\r$/m);
  });

  it('prints them as JSON', async () => {
    machine = await machineWith({ ...PI, [USUAL]: GARDEN });
    const { out } = await machine.dapberry('read', '--format', 'json');
    const values = JSON.parse(out) as readonly object[];
    expect(values.slice(2)).toEqual([
      { dataset: 'garden', sensor: 'host-load', name: 'load_15min', value: 0.3, units: '1' },
      { dataset: 'garden', sensor: 'cpu', name: 'cpu_temperature', value: 48, units: 'degree_Celsius' },
      {
        ...{
          dataset: 'garden',
          sensor: 'roof',
          name: 'roof_temperature',
          value: null,
          units: 'degree_Celsius',
        },
        error: 'expected a thermal zone of the type roof, "south", found 0 (cpu-thermal)',
      },
    ]);
  });

  it('says how to ask a server that runs, which may have what could not be read', async () => {
    const asked: unknown[] = [];
    const serverAt = async (...place: unknown[]) => {
      asked.push(place);
      return { name: 'dapberry/0.1.0', datasets: [] };
    };
    machine = await machineWith({ ...PI, [USUAL]: `server: {port: 8081}\n${GARDEN}` }, { serverAt });
    const { code, out, err } = await machine.dapberry('read', '--format', 'csv');
    expect([code, asked]).toEqual([1, [[8081, undefined]]]);
    expect(out).not.toContain('answers');
    expect(err).toBe(
      "dapberry/0.1.0 runs at http://localhost:8081/ and may hold the sensors that failed: read its next row (curl -g 'http://localhost:8081/garden.asc?sensor[0]'), or stop it first (sudo systemctl stop dapberry)\n",
    );
  });

  it('asks the service at the port of its command line', async () => {
    const command = '/usr/local/bin/dapberry serve --port 80';
    const run = async () =>
      `ExecStart={ path=/usr/local/bin/dapberry ; argv[]=${command} ; ignore_errors=no }\n`;
    const serverAt = async (port: number) =>
      port === 80 ? { name: 'dapberry/0.1.0', datasets: [] } : undefined;
    machine = await machineWith({ ...PI, [USUAL]: GARDEN }, { serverAt, run });
    const { err } = await machine.dapberry('read');
    expect(err).toContain('dapberry/0.1.0 runs at http://localhost:80/ and may hold the sensors that failed');
  });

  it('says nothing of a server that serves other datasets', async () => {
    const serverAt = async () => ({ name: 'dapberry/0.1.0', datasets: [{ name: 'host', ahead: 0 }] });
    machine = await machineWith({ ...PI, [USUAL]: GARDEN }, { serverAt });
    const { code, err } = await machine.dapberry('read');
    expect([code, err]).toEqual([1, '']);
  });

  it('says nothing of it where all could be read, or is simulated', async () => {
    const serverAt = async () => ({ name: 'dapberry/0.1.0', datasets: [] });
    machine = await machineWith(
      { ...PI, [USUAL]: GARDEN.slice(0, GARDEN.lastIndexOf('      - kind: thermal')) },
      { serverAt },
    );
    for (const args of [['read'], ['read', '--simulate']]) {
      const { code, err } = await machine.dapberry(...args);
      expect([code, err]).toEqual([0, '']);
    }
  });

  it('reads all that is found on a Raspberry Pi without a configuration', async () => {
    machine = await machineWith(PI);
    const { out, err } = await machine.dapberry('read');
    expect(err).toBe('');
    const rows = out.split('\n').map(row => row.replaceAll(/ +/g, ' '));
    expect(rows).toContain('host cpu_thermal temperature_cpu_thermal 48.312 degree_Celsius');
    expect(rows).toContain('attached w1_a1c2ff w1_a1c2ff_temperature 21.5625 degree_Celsius');
    expect(rows).toContain('attached bme280 bme280_temp 21.93 degree_Celsius');
    expect(rows).toContain('attached bme280 bme280_pressure 1013.255 hPa');
  });

  it('gives 0 and says what is left out on a machine with nothing', async () => {
    machine = await machineWith({});
    const { code, out } = await machine.dapberry('read');
    expect(code).toBe(0);
    expect(out).toMatch(/^roberrypi +tmp36-simulated +temperature +[\d.]+ +degree_Celsius$/m);
    expect(out).toContain('dataset host is left out');
  });

  it('has a value of everything where that is simulated', async () => {
    machine = await machineWith({ [USUAL]: GARDEN });
    const { code, out } = await machine.dapberry('read', '--simulate', '--format', 'csv');
    expect(code).toBe(0);
    expect(out).toMatch(/^garden,cpu,cpu_temperature,\d+,degree_Celsius,\r$/m);
    expect(out).toMatch(/^garden,roof,roof_temperature,[\d.]+,degree_Celsius,\r$/m);
  });

  it('has the columns that are derived as well', async () => {
    const derived =
      '{derived: {kelvin: {from: temperature, by: linear, offset: 273.15, units: K}}, kind: thermal}';
    machine = await machineWith({ ...PI, [USUAL]: `datasets:\n  a:\n    sensors: [${derived}]\n` });
    const { out } = await machine.dapberry('read', '--format', 'csv');
    expect(out.split('\r\n').slice(1, 3)).toEqual([
      'a,thermal,temperature,48.312,degree_Celsius,',
      'a,thermal,kelvin,321.462,K,',
    ]);
    const checked = await machine.dapberry('check');
    expect(checked.out).toMatch(/^ +kelvin +Float64 +K +of thermal$/m);
    expect(checked.out).toContain('rows of 24 bytes');
  });
});
