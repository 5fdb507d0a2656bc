import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  asciiEncoder,
  asciiHeader,
  type DapDataset,
  END_OF_SEQUENCE,
  encodeHeader,
  rowEncoder,
  type Sequence,
} from '../../../dap/index.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { replay } from '../../../device/sensors/replay.ts';
import { setUpSensor } from '../../../device/setup/column-setup.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { FakeClock } from '../fake-clock.ts';
import { column, take, valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const open = (options: object, clock = new FakeClock()) =>
  replay.open(replay.options.parse({ columns: ['t'], ...options }), hostOf({ clock }));
const read = (sensor: Sensor) => valuesOf(sensor);
/** As many readings as asked for, `seconds` apart. */
async function readings(sensor: Sensor, count: number, clock: FakeClock, seconds: number): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index++) {
    values.push((await read(sensor))[0]!);
    clock.pass(seconds);
  }
  return values;
}

const SEQUENCE: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: [
    { type: 'Float64', name: 'time' },
    { type: 'Float32', name: 't' },
    { type: 'Int32', name: 'n' },
  ],
};
const DATASET: DapDataset = { name: 'recorded', variables: [SEQUENCE] };
const ROWS = {
  length: 3,
  columns: [
    Float64Array.of(1000, 1001, 1002),
    Float32Array.of(20.5, Number.NaN, 21.5),
    Int32Array.of(7, -2147483647, 9),
  ],
};

function dods(): Uint8Array {
  return Buffer.concat([encodeHeader(DATASET), rowEncoder(SEQUENCE)(ROWS), END_OF_SEQUENCE]);
}

describe('a recorded response with its attributes beside it', () => {
  it('has no values where they say so, and the others unpacked', async () => {
    const file = await written('marked.dods', dods());
    await written(
      'marked.das',
      'Attributes { sensor { t { Float64 _FillValue 20.5; } n { Int32 valid_max 8; Float32 scale_factor 0.5; } } }',
    );
    const sensor = await open({ file, columns: ['t', 'n'], speed: 'as-read', repeat: false });
    expect([await read(sensor), await read(sensor), await read(sensor)]).toEqual([
      [Number.NaN, 3.5],
      [Number.NaN, Number.NaN],
      [21.5, Number.NaN],
    ]);
  });

  it('is refused where they cannot be read, with the place', async () => {
    const file = await written('broken.dods', dods());
    await written('broken.das', 'Attributes { sensor { t { String x "a"b"; } } }');
    await expect(open({ file })).rejects.toThrow(/broken\.das: DAS, line 1, column 39: expected ";"/);
  });
});

describe('a recording', () => {
  const expected = [
    [20.5, 7],
    [Number.NaN, Number.NaN],
    [21.5, 9],
  ];
  const told = async (file: string) => {
    const sensor = await open({ file, columns: ['t', 'n'], speed: 'as-read', repeat: false });
    return [await read(sensor), await read(sensor), await read(sensor)];
  };

  it('is read of a data response', async () => {
    expect(await told(await written('whole.dods', dods()))).toEqual(expected);
  });

  it('is read of a data response that was cut off, to the last whole row', async () => {
    const bytes = dods();
    for (const cut of [4, 9]) {
      expect(await told(await written('cut.dods', bytes.subarray(0, bytes.length - 4)))).toEqual(expected);
      const sensor = await open({
        file: await written('cut.dods', bytes.subarray(0, bytes.length - 4 - cut)),
        columns: ['t', 'n'],
        speed: 'as-read',
        repeat: false,
      });
      expect([await read(sensor), await read(sensor)]).toEqual(expected.slice(0, 2));
      await expect(read(sensor)).rejects.toThrow('the recording has ended, after 2 rows');
    }
  });

  it('is read of the text of a Sequence', async () => {
    const text = asciiHeader(DATASET) + new TextDecoder().decode(asciiEncoder(SEQUENCE)(ROWS));
    const [first, , last] = await told(await written('rows.asc', text));
    expect([first, last]).toEqual([expected[0], expected[2]]);
    const hyrax =
      'Dataset: recorded\nsensor.time, sensor.t, sensor.n\n1000, 20.5, 7\n1001, nan, \n1002, 21.5, 9\n';
    expect(await told(await written('hyrax.ascii', hyrax))).toEqual(expected);
  });

  it.each([
    ['commas', 'time,t,n\n1000,20.5,7\n1001,NaN,\n1002,21.5,9\n'],
    [
      'semicolons, quotes and Windows lines',
      '\ufeff"time";"t";"n"\r\n1000;20.5;7\r\n1001;;n/a\r\n1002;"21.5";9\r\n',
    ],
    ['tabs', 'time\tt\tn\n1000\t2.05e1\t7\n1001\tnull\tNA\n\n1002\t21.5\t9\n'],
    [
      'times',
      'time,t,n\n1970-01-01T00:16:40Z,20.5,7\n1970-01-01 00:16:41,,\n1970-01-01T01:16:42.000+01:00,21.5,9\n',
    ],
  ])('is read of a table with %s', async (_what, text) => {
    const file = await written('table.csv', text);
    expect(await told(file)).toEqual(expected);
    const clock = new FakeClock();
    expect(await readings(await open({ file, repeat: false }, clock), 3, clock, 1)).toEqual([
      20.5,
      Number.NaN,
      21.5,
    ]);
  });

  it.each([
    ['', 'expected rows, found none'],
    ['time,t\n', 'expected rows, found a line of names alone'],
    ['time,u\n1,2\n', 'expected a column "t", found time, u'],
    ['clock,t\n1,2\n', 'expected a column "time", found clock, t'],
    ['time,t\n1,2\n2\n', 'line 3: expected 2 fields, found 1'],
    ['time,t\n1,2\n2,3,4\n', 'line 3: expected 2 fields, found 3'],
    ['time,t\n1,2\n2,warm\n', 'line 3, column t: expected a number or a time, found "warm"'],
    [
      'time,t\n2,2\n1,3\n',
      'line 3: expected a time that is not before that of line 2, 1970-01-01T00:00:02Z; found 1970-01-01T00:00:01Z',
    ],
    ['time,t\n,2\n', 'line 2: expected a time in the column time, found no value'],
  ])('that is wrong is told with the place: %j', async (text, message) => {
    const file = await written('wrong.csv', text);
    await expect(open({ file })).rejects.toThrow(`${file}: ${message}`);
  });

  it('that is no recording, or not there, is told', async () => {
    const garbage = await written('garbage.dods', 'no data at all\n'.repeat(10));
    await expect(open({ file: garbage })).rejects.toThrow(`${garbage}: `);
    const file = join(folder, 'none.csv');
    await expect(open({ file })).rejects.toThrow(`${file}: expected a recording, found no such file`);
    await expect(open({ file: folder })).rejects.toThrow(/expected a regular file, found a folder$/);
    const text = new TextEncoder().encode('Dataset {\n Sequence {\n String t;\n } s;\n} x;\nData:\n');
    const words = await written(
      'words.dods',
      Buffer.concat([
        text,
        Buffer.from('5a000000000000026869000000a5000000'.replace('000000a5', '0000a5'), 'hex'),
      ]),
    );
    await expect(open({ file: words, speed: 'as-read' })).rejects.toThrow(
      'expected numbers in the column t, found String',
    );
  });
});

describe('a replay', () => {
  const table = (rows: number, spacing = 1) =>
    `time,t\n${Array.from({ length: rows }, (_, row) => `${5000 + row * spacing},${row}`).join('\n')}\n`;

  it('at its own pace gives each row once, wherever the schedule of the reader lies', async () => {
    const file = await written('pace.csv', table(10));
    for (const first of [0.51, 0.75, 1, 1.25, 1.49]) {
      const clock = new FakeClock();
      const sensor = await open({ file, repeat: false }, clock);
      const begin = await readings(sensor, 1, clock, first);
      const jittered: number[] = [];
      for (let index = 0; index < 8; index++)
        jittered.push(...(await readings(sensor, 1, clock, index % 2 ? 0.992 : 1.008)));
      expect([first, ...begin, ...jittered]).toEqual([first, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('has no values between two rows of the recording', async () => {
    const clock = new FakeClock();
    const sensor = await open({ file: await written('slow.csv', table(3, 10)), repeat: false }, clock);
    const values = await readings(sensor, 26, clock, 1);
    expect(values.filter(value => !Number.isNaN(value))).toEqual([0, 1, 2]);
  });

  it('leaves rows out where it is read more slowly than it was recorded', async () => {
    const clock = new FakeClock();
    const sensor = await open({ file: await written('fast.csv', table(100)), repeat: false }, clock);
    const values = await readings(sensor, 10, clock, 10);
    for (const [index, value] of values.entries())
      expect(Math.abs(value - 10 * index)).toBeLessThanOrEqual(2);
  });

  it('at another speed is scaled', async () => {
    const clock = new FakeClock();
    const sensor = await open(
      { file: await written('scaled.csv', table(10)), speed: 60, repeat: false },
      clock,
    );
    expect(await readings(sensor, 10, clock, 1 / 60)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('begins again, or ends, after the last row', async () => {
    const file = await written('ends.csv', table(3));
    const clock = new FakeClock();
    expect(await readings(await open({ file }, clock), 8, clock, 1)).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    const once = await open({ file, repeat: false }, clock);
    expect(await readings(once, 3, clock, 1)).toEqual([0, 1, 2]);
    await expect(read(once)).rejects.toThrow('the recording has ended, after 3 rows');
    const asRead = await open({ file, speed: 'as-read' }, clock);
    expect(await readings(asRead, 5, clock, 0)).toEqual([0, 1, 2, 0, 1]);
  });

  it('goes on at once where it is after a pause of many repetitions', async () => {
    const clock = new FakeClock();
    const sensor = await open({ file: await written('pause.csv', table(3)), speed: 1000 }, clock);
    await read(sensor);
    clock.pass(86_400);
    const begun = performance.now();
    expect([0, 1, 2]).toContain((await read(sensor))[0]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('gives rows as fast as they are read, every one of them', async () => {
    const file = await written('rows.csv', table(500));
    const setup = setUpSensor(replay, replay.options.parse({ file, columns: ['t'], speed: 'as-read' }));
    const device = await openDevice({ sensors: [sensorOpener(setup, hostOf(), false)], interval: 0 });
    const stop = new AbortController();
    const rows = await take(device.rows(stop.signal), 500);
    expect(column(rows, 1)).toEqual(Array.from({ length: 500 }, (_, row) => row));
    stop.abort();
    await device.close();
  });

  it('calls its columns by names that DAP2 can carry', async () => {
    const file = await written('names.csv', 'time,Temp (°C),2nd\n1,20,30\n');
    const sensor = await open({ file, columns: ['Temp (°C)', '2nd'] });
    expect(sensor.channels.map(({ name }) => name)).toEqual(['Temp_C_', '_2nd']);
    expect(await read(sensor)).toEqual([20, 30]);
    expect(replay.options.safeParse({ file, columns: ['a b', 'a_b'] }).success).toBe(false);
  });
});
