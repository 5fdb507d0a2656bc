import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../device/host/clock.ts';
import type { SensorHost } from '../../device/kind.ts';
import { replay } from '../../device/sensors/replay.ts';
import { waveform } from '../../device/sensors/waveform.ts';
import { FakeClock } from './fake-clock.ts';
import { column, take } from './fake-sensors.ts';
import { kindsThatNeed } from './faults/kinds.ts';
import { about, expectToOutlast, type Stream, streaming } from './faults/outage.ts';
import { HOUR, recording, SIMULATIONS } from './faults/simulations.ts';
import { hostOf } from './known-sensors.ts';
import { opensOn } from './sensors/opens.ts';

const KINDS = kindsThatNeed();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulations-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A machine where nothing can be reached but its clock. */
function emptyHost(clock: Clock): SensorHost {
  const parts = ['files', 'i2c', 'gpio', 'oneWire', 'buses'].map(part => [part, nothing(part)]);
  return hostOf({ ...(Object.fromEntries(parts) as Partial<SensorHost>), clock });
}

/** What fails whatever is asked of it. */
function nothing(part: string): never {
  const fail = () => {
    throw new Error(`a simulated sensor has asked for ${part}`);
  };
  return new Proxy({}, { get: fail }) as never;
}

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

it('there is a simulation for every kind that needs nothing', () => {
  expect(KINDS.map(([name]) => name).sort()).toEqual(Object.keys(SIMULATIONS).sort());
});

describe.each(KINDS)('a stream with a sensor of the kind %s', (name, kind) => {
  const { written: optionsOf, isRight } = SIMULATIONS[name]!;

  it('asks nothing of the machine that could fail, and goes on over a clock that is set back', async () => {
    const clock = new FakeClock(HOUR);
    const options = optionsOf(await written(`${name}.csv`, recording(10)));
    const stream = await streaming(await opensOn(emptyHost(clock)).open(kind, options), clock);
    const before = await take(stream.rows, 5);
    clock.set(-3600);
    const all = [...before, ...(await take(stream.rows, 5))];

    expect(column(all, 1).filter(value => !isRight(value))).toEqual([]);
    const times = column(all, 0);
    expect(times.every((time, row) => row === 0 || time > times[row - 1]!)).toBe(true);
    expect(stream.device.sensors[0]).toMatchObject({ state: 'ok', failures: 0 });
    expect(stream.events.map(event => event.kind)).toEqual(['clock-stepped']);
    await stream.device.close();
  });
});

describe('a waveform', () => {
  it('is out when it was asked to be, as a real sensor is', async () => {
    // Three rows before the hour, at which it is out for five.
    const clock = new FakeClock(HOUR - 5);
    const options = { mean: 5, amplitude: 0, outageEvery: 3600, outageLength: 9 };
    const sensor = await opensOn(emptyHost(clock)).openReopening(waveform, options);
    await expectToOutlast(await streaming(sensor, clock), {
      break: () => {},
      mend: () => {},
      isRight: about(5, 0),
      reason: /an outage, as it was asked for/,
    });
  });
});

/** Files are read in real time: 50 rows a second, and recordings in which the same time passes a hundred times as fast. */
const INTERVAL = 0.02;
const SPEED = 100;

describe('a recording', () => {
  async function replaying(options: object): Promise<Stream> {
    const sensor = await opensOn(emptyHost(systemClock)).openReopening(replay, {
      columns: ['t'],
      ...options,
    });
    return streaming(sensor, systemClock, INTERVAL);
  }

  /** The values of rows until there is one, or something has happened that many times. */
  async function valuesUntil({ rows }: Stream, isEnough: (values: readonly number[]) => boolean) {
    const values: number[] = [];
    while (!isEnough(values)) values.push(...column(await take(rows, 1), 1));
    return values;
  }
  const ofSensor = ({ sentences }: Stream) => sentences.filter(sentence => sentence.startsWith('sensor '));
  const lastIsRight = (values: readonly number[]) => values.length > 0 && !Number.isNaN(values.at(-1));

  const broken: readonly (readonly [string, string | undefined, RegExp])[] = [
    ['is not there', undefined, /expected a recording, found no such file/],
    ['has no rows', 'time,t\n', /expected rows/],
    ['is empty', '', /expected/],
    ['has no such column', 'time,u\n1,2\n', /expected a column "t", found time, u/],
    [
      'runs back in time',
      'time,t\n2,1\n1,2\n',
      /line 3: expected a time that is not before that of line 2, 1970-01-01T00:00:02Z/,
    ],
    ['has words for numbers', 'time,t\n1,warm\n', /warm/],
  ];

  it.each(broken)('that %s is told of, and told again when it is whole', async (what, text, reason) => {
    const file = join(folder, `${what}.csv`);
    if (text !== undefined) await writeFile(file, text);
    const stream = await replaying({ file, speed: SPEED });
    // Rows are made in the time of a fake clock, while the file is read in that of the machine.
    const none = await valuesUntil(
      stream,
      values => values.length >= 3 && stream.device.sensors[0]?.state === 'failing',
    );
    expect(none.filter(value => !Number.isNaN(value))).toEqual([]);
    expect(stream.device.sensors[0]).toMatchObject({
      state: 'failing',
      lastError: { message: expect.stringMatching(reason) },
    });
    await writeFile(file, recording(100));
    const values = await valuesUntil(stream, lastIsRight);
    expect(values.at(-1)).toBeLessThan(3);
    expect(stream.device.sensors[0]?.state).toBe('ok');
    expect(ofSensor(stream)).toEqual([
      expect.stringMatching(new RegExp(`^sensor replay fails: .*${reason.source}`, 's')),
      expect.stringMatching(/^sensor replay is back/),
    ]);
    await stream.device.close();
  });

  it.each([
    ['vanishes', (file: string) => rm(file)],
    ['is written anew', (file: string) => writeFile(file, recording(100, 1000))],
    ['is cut', (file: string) => writeFile(file, 'time,t\n1')],
  ] as const)('goes on as it was when its file %s', async (what, change) => {
    const file = await written(`${what}.csv`, recording(100));
    const stream = await replaying({ file, speed: 'as-read' });
    const before = await valuesUntil(stream, values => values.length === 3);
    await change(file);
    const all = [...before, ...(await valuesUntil(stream, values => values.length === 5))];
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stream.events.filter(({ kind }) => kind !== 'slots-missed')).toEqual([]);
    await stream.device.close();
  });

  it.each([SPEED, 'as-read'])(
    'that does not repeat ends once and for all (speed %s), and says so',
    async speed => {
      const file = await written(`once-${speed}.csv`, recording(4));
      const stream = await replaying({ file, speed, repeat: false });
      const values = await valuesUntil(stream, values => values.length === 60);
      const told = values.filter(value => !Number.isNaN(value));
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told[0]).toBe(0);
      // At its own pace a row may come and go between two readings of a busy machine.
      if (speed === 'as-read') expect(told.at(-1)).toBe(3);
      expect(values.slice(-40)).toEqual(Array(40).fill(Number.NaN));
      expect(stream.device.sensors[0]).toMatchObject({
        state: 'failing',
        lastError: { message: 'the recording has ended, after 4 rows' },
      });
      expect(ofSensor(stream)).toEqual(['sensor replay fails: the recording has ended, after 4 rows']);
      await stream.device.close();
    },
  );
});
