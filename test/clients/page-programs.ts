// Runs the examples of docs/clients.md whose programs Debian has, and checks what they print.

import { expect } from 'vitest';
import { tools } from '../tools.ts';
import { breakingAfter } from './breaking.ts';
import {
  type Check,
  expectLive,
  firstLines,
  mean,
  numbersIn,
  SECONDS,
  shell,
  succeeded,
  temperatures,
} from './page.ts';
import { run } from './programs.ts';
import { DAY, temperatureAt } from './roof.ts';

const python = async (code: string) =>
  succeeded(await run('/usr/bin/python3', ['-W', 'ignore', '-c', code], SECONDS));

const HOUR = 60;

/** The means of stretches of `count` rows. */
const means = (values: readonly number[], rows: number) =>
  Array.from({ length: values.length / rows }, (_, at) => mean(values.slice(at * rows, (at + 1) * rows)));

const close = (values: readonly number[], digits = 4) => values.map(value => expect.closeTo(value, digits));

const linesOf = (example: string) => example.trim().split('\n');

/** By the title of their section. */
export const RUN: Readonly<Record<string, Check>> = {
  curl: {
    needs: ['curl', 'jq'],
    check: async (example, { day }) => {
      const [live, file, range, newest, ...rest] = linesOf(example) as [string, string, string, string];
      expect(rest).toEqual([]);
      const lines = await firstLines('/bin/sh', ['-c', `exec ${live.replace('curl', 'curl -s')}`], 13);
      const rows = lines.filter(({ line }) => /^\d/.test(line));
      expect(rows.length).toBeGreaterThanOrEqual(2);
      expectLive(rows);

      const [name, ...table] = linesOf(
        await shell(`${file} > message 2>&1\nrm message\nls\ncat ./*.csv`),
      ).filter(Boolean);
      const stamp = (time: number) =>
        `${new Date(time * 1000).toISOString().slice(0, 10).replaceAll('-', '')}T000000Z`;
      expect(name).toBe(`roof_${stamp(day)}_${stamp(day + DAY)}.csv`);
      expect(table[0]).toBe('time,temperature (degree_Celsius),humidity (%)');
      expect(table.slice(1).map(row => Number(row.split(',')[1]))).toEqual(temperatures(day));

      const ranged = (await shell(range.replace('curl', 'curl -s'))).split('-\n')[1]!;
      expect(linesOf(ranged)).toHaveLength(11);
      expect(numbersIn(await shell(newest))).toEqual([expect.closeTo(temperatureAt(Date.now() / 1000), 0)]);
    },
  },
  xarray: {
    needs: ['xarray', 'netCDF4'],
    check: async (example, { day }) => {
      const morning = temperatures(day).slice(6 * HOUR, 7 * HOUR);
      expect(numbersIn(await python(example))).toEqual(close([mean(morning)]));
    },
  },
  netCDF4: {
    needs: ['netCDF4'],
    check: async (example, { day }) => {
      const slice = temperatures(day).filter((_, row) => row >= 3 && row < 60 && (row - 3) % 7 === 0);
      expect(numbersIn(await python(example))).toEqual(slice);
    },
  },
  pandas: {
    needs: ['pandas'],
    check: async (example, { day }) => {
      const lines = linesOf(await python(example)).filter(line => /^\d{4}-/.test(line));
      expect(lines.map(line => Number(line.split(/\s+/).at(-1)))).toEqual(
        close(means(temperatures(day), 6 * HOUR)),
      );
    },
  },
  'Today in xarray': {
    needs: ['xarray', 'netCDF4', 'requests'],
    check: async (example, { day }) => {
      const printed = (
        await python(`import numpy; numpy.set_printoptions(threshold=10**9)\n${example}`)
      ).match(/-?\d+\.\d*/g)!;
      // Today is the day after that of the examples; the live rows come after whole minutes.
      const midnight = day + DAY;
      const minutes = Math.min(100, Math.floor((Date.now() / 1000 - midnight) / 60) - 1);
      expect(printed.length).toBeGreaterThanOrEqual(minutes);
      expect(printed.slice(0, minutes).map(Number)).toEqual(temperatures(midnight).slice(0, minutes));
    },
  },
  requests: {
    needs: ['requests'],
    check: async (example, { url }) => {
      const broken = await breakingAfter(url, 3);
      try {
        const lines = await firstLines('/usr/bin/python3', ['-c', example.replaceAll(url, broken.url)], 9);
        expectLive(lines.slice(0, 3));
        expect(broken.times).toBeGreaterThan(1);
        const printed = lines.map(({ line }) => line.split(' ') as [string, string]);
        const [first, last] = [printed[0]![0], printed.at(-1)![0]];
        const window = `${url}/roof.ndjson?time,temperature&time>=${first}&time<=${last}`;
        const rows = linesOf(await (await fetch(window)).text()).map(line => JSON.parse(line));
        expect(printed).toEqual(rows.map(({ time, temperature }) => [time, String(temperature)]));
      } finally {
        await broken.close();
      }
    },
  },
  R: {
    needs: ['ncdf4'],
    check: async (example, { day }) => {
      const stdout = succeeded(await run(tools.ncdf4!, ['-e', example], SECONDS));
      const [array, table] = [stdout.slice(0, stdout.indexOf('\n20')), stdout.slice(stdout.indexOf('\n20'))];
      const printed = array.replaceAll(/\[ *\d+\]/g, '');
      expect(numbersIn(printed)).toEqual(temperatures(day).slice(3, 23));
      const found = linesOf(table).filter(line => !line.includes('-'));
      expect(numbersIn(found.join(' '))).toEqual(close(means(temperatures(day), HOUR).slice(0, 6)));
    },
  },
  'MATLAB and Octave': {
    needs: ['ncread'],
    check: async (example, { day }) => {
      const args = ['--no-gui', '--no-history', '--quiet', '--eval', example];
      const stdout = succeeded(await run(tools.ncread!, args, SECONDS));
      const printed = stdout.replaceAll(/Columns .*:/g, '');
      expect(numbersIn(printed)).toEqual(temperatures(day).slice(3, 23));
    },
  },
  'NCO and CDO': {
    needs: ['ncks', 'cdo', 'ncdump'],
    check: async (example, { day }) => {
      const stdout = await shell(
        `${example}\necho first\nncdump -v temperature first.nc | sed 's/.*data://'`,
      );
      const [printed = '', first = ''] = stdout.split('first\n');
      const values = numbersIn(printed);
      expect(values.slice(0, 24)).toEqual(close(means(temperatures(day), HOUR)));
      expect(values.slice(24)).toHaveLength(10);
      const [, list = ''] = /\stemperature = ([^;]*);/.exec(first) ?? [];
      expect(list.split(',').map(Number)).toEqual(temperatures(day).slice(0, 100));
    },
  },
  'getdap and ncdump': {
    needs: ['getdap', 'ncdump'],
    check: async (example, { day }) => {
      const [all, ten, array, sequence, ...rest] = linesOf(example) as [string, string, string, string];
      expect(rest).toEqual([]);
      const noon = DAY / 2 / 60;
      const pairs = [...(await shell(all)).matchAll(/\{ (\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?) \}/g)];
      expect(pairs.slice(noon, noon + 1440).map(([, , value]) => Number(value))).toEqual(temperatures(day));
      const [, list = ''] = /\{([^{}]*)\};/.exec(await shell(ten)) ?? [];
      expect(list.split(',').map(Number)).toEqual(temperatures(day).slice(0, 10));
      const valuesOf = (text: string) =>
        numbersIn(/temperature = ([^;]*);/.exec(text.split('data:')[1]!)![1]!);
      expect(valuesOf(await shell(array))).toEqual(temperatures(day));
      expect(valuesOf(await shell(sequence)).slice(noon, noon + 1440)).toEqual(temperatures(day));
    },
  },
  'LibreOffice and Excel': {
    needs: ['curl'],
    check: async example => {
      const [head, ...rows] = linesOf(await shell(`${example.replace('curl', 'curl -s')}\ncat roof.csv`));
      expect(head).toBe('time,temperature,humidity');
      expect(rows.length).toBeGreaterThan(1400);
      for (const row of rows) {
        const [time, temperature] = row.split(',').map(Number) as [number, number];
        expect(temperature).toBe(temperatureAt(time));
      }
      // The days of spreadsheets count from 1899-12-30.
      expect(25_569).toBe((Date.UTC(1970, 0, 1) - Date.UTC(1899, 11, 30)) / 1000 / DAY);
    },
  },
};
