// Serves the dataset `roof` of docs/clients.md: a row a minute since two days ago, and live rows, two a second.

import { setTimeout } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { Batch } from '../../dap/index.ts';
import type { SharedSource } from '../../server/source/row-source.ts';
import { sensorLayout } from '../../server/source/sensor-layout.ts';
import { inMemory } from '../server/datasets.ts';
import { type Serving, serving } from '../serving.ts';

export const DAY = 86_400;
export const MINUTE = 60;
const LIVE_MS = 500;

/** The midnight (UTC) at which yesterday began, in seconds since 1970. */
function yesterday(now: number): number {
  return (Math.floor(now / DAY) - 1) * DAY;
}

/** The temperature of the roof at a time: a daily wave of quarter degrees, which each format writes exactly. */
export function temperatureAt(time: number): number {
  return Math.round(4 * (12 + 6 * Math.sin((2 * Math.PI * time) / DAY))) / 4;
}

/** Each hundredth row has no humidity. */
function humidityAt(row: number): number {
  return row % 100 === 7 ? Number.NaN : 50 + (row % 40) / 4;
}

function rowsAt(times: readonly number[], first: number): Batch {
  return {
    length: times.length,
    columns: [
      Float64Array.from(times),
      Float64Array.from(times, temperatureAt),
      Float64Array.from(times, (_, index) => humidityAt(first + index)),
    ],
  };
}

/** The times of the rows before the live ones: whole minutes. */
function pastTimes(now: number): number[] {
  const first = yesterday(now) - DAY / 2;
  return Array.from({ length: Math.floor((now - first) / MINUTE) }, (_, row) => first + row * MINUTE);
}

function roof(times: readonly number[]): SharedSource {
  return {
    layout: sensorLayout([
      {
        name: 'temperature',
        units: 'degree_Celsius',
        longName: 'Air temperature',
        standardName: 'air_temperature',
        resolution: 0.25,
      },
      {
        name: 'humidity',
        units: '%',
        longName: 'Relative humidity',
        standardName: 'relative_humidity',
        resolution: 0.25,
      },
    ]),
    delivery: { kind: 'pushed' },
    isClocked: false,
    status: { kind: 'plain' },
    earliest: Number.NEGATIVE_INFINITY,
    async *rows(signal) {
      let made = times.length;
      yield rowsAt(times, 0);
      while (!signal.aborted) {
        await setTimeout(LIVE_MS, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        yield rowsAt([Date.now() / 1000], made);
        made += 1;
      }
    },
    close: async () => undefined,
  };
}

export interface Roof extends Serving {
  /** The midnight (UTC) at which the day of the examples began. */
  readonly day: number;
  /** An example of the page, with the address of this server, and the days of its rows. */
  localised(example: string): string;
}

/** Starts the server. Its rows of the past are there. */
export async function serveRoof(): Promise<Roof> {
  const info = { name: 'roof', title: 'Weather on the roof', summary: 'A daily wave.', source: 'a test' };
  const bounds = { rows: 1e6, bytes: 1e9, age: 1e9 };
  const now = Date.now() / 1000;
  const times = pastTimes(now);
  const dataset = inMemory(info, roof(times), { bounds });
  await vi.waitFor(() => expect(dataset.status().rows).toBeGreaterThanOrEqual(times.length));
  const server = await serving({ datasets: [dataset] });
  const day = yesterday(now);
  const date = (time: number) => new Date(time * 1000).toISOString().slice(0, 10);
  const days: Readonly<Record<string, string>> = { '2026-11-28': date(day), '2026-11-29': date(day + DAY) };
  return {
    ...server,
    day,
    localised: example =>
      example
        .replaceAll('localhost:8080', new URL(server.url).host)
        .replaceAll(/2026-11-2[89]/g, written => days[written]!),
  };
}
