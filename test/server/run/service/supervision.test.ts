import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notification } from '../../../../server/run/service/notifier.ts';
import { Supervision } from '../../../../server/run/service/supervision.ts';
import type { SensorsStatus } from '../../../../server/source/row-source.ts';
import { inMemory } from '../../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../../scripted-source.ts';

let told: Notification[];
let complaints: string[];
beforeEach(() => {
  told = [];
  complaints = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SENSORS: SensorsStatus = {
  kind: 'sensors',
  sensors: [],
  clock: { steps: 0, lastSteps: [], ahead: 0 },
};

/** A source whose sensors fail, and whose schedule is late, as the test says. */
class AilingSource extends ScriptedSource {
  constructor() {
    super({ delivery: { kind: 'scheduled', interval: 1 } });
  }

  fails(name: string, message: string): void {
    const state = { name, channels: [], state: 'failing', since: 0, failures: 1 } as const;
    this.status = { ...SENSORS, sensors: [{ ...state, lastError: { message, time: 0 } }] };
  }

  isLate(lateness: number): void {
    this.status = { ...SENSORS, schedule: { missedSlots: 0, lateness } };
  }
}

function supervised(watchdog: number | undefined, remarks: readonly string[] = []) {
  const source = new AilingSource();
  const dataset = inMemory(SCRIPTED, source);
  const supervision = new Supervision({
    notify: async notification => void told.push(notification),
    watchdog,
    state: { datasets: [dataset], remarks },
    streams: { size: 2 },
    logger: { error: (text: unknown) => void complaints.push(String(text)) },
  });
  return { source, dataset, supervision };
}

const pings = () => told.filter(({ WATCHDOG }) => WATCHDOG === '1').length;
const status = (at: number) => {
  const { STATUS } = told.at(at)!;
  return STATUS;
};
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('systemd', () => {
  it('hears once that the server is ready, with a sentence of how it is doing', async () => {
    const { supervision } = supervised(undefined);
    await pass(60);
    expect(told).toEqual([]);
    supervision.ready();
    supervision.ready();
    await pass(300);
    expect(told).toEqual([{ READY: '1', STATUS: '1 dataset, 2 streams' }]);
  });

  it('hears of what has changed, twice a minute at most, and of what the server waits for', async () => {
    const remarks = ['waiting for the address 192.0.2.1'];
    const { source, supervision } = supervised(undefined, remarks);
    supervision.ready();
    source.fails('air', 'expected an answer,\nfound none');
    await pass(29);
    expect(told).toHaveLength(1);
    await pass(1);
    expect(told[1]).toEqual({
      STATUS:
        'waiting for the address 192.0.2.1; 1 dataset, 2 streams, 1 sensor failing: scripted air (expected an answer, found none)',
    });
    source.fails('air', 'x'.repeat(1000));
    await pass(30);
    expect(status(2)).toHaveLength(300);
  });

  it('hears at half of its time that the server is alive, though its sensors fail', async () => {
    const { source, supervision } = supervised(20);
    source.fails('air', 'gone');
    supervision.ready();
    await pass(100);
    expect(pings()).toBe(10);
    expect(told.slice(1)).toEqual(Array.from({ length: 10 }, () => ({ WATCHDOG: '1' })));
  });

  it('hears nothing of the kind while a sampler is stuck, and again as soon as it is not', async () => {
    const { source, supervision } = supervised(20);
    supervision.ready();
    await pass(10);
    expect(pings()).toBe(1);
    source.isLate(9);
    await pass(10);
    expect(pings()).toBe(2);
    source.isLate(11);
    await pass(60);
    expect(pings()).toBe(2);
    expect(complaints).toEqual([
      'scripted is 11 s late with its next row; systemd restarts the server unless it recovers',
    ]);
    expect(status(-1)).toContain('scripted is 11 s late with its next row; 1 dataset');
    source.isLate(0);
    await pass(1);
    expect(pings()).toBe(3);
  });

  it('hears nothing of the kind where rows have broken off', async () => {
    const { source, dataset, supervision } = supervised(20);
    supervision.ready();
    source.fail(new Error('the sensors do not open again'));
    await vi.waitUntil(() => dataset.failure !== undefined);
    await pass(60);
    expect(pings()).toBe(0);
    expect(complaints).toEqual([
      expect.stringContaining('gives no more rows: the sensors do not open again'),
    ]);
  });

  it('hears when the configuration is reloaded, and when that is done', async () => {
    const { supervision } = supervised(undefined);
    await supervision.reloading(Promise.resolve());
    expect(told).toEqual([]);
    supervision.ready();
    let done = () => {};
    const reloading = supervision.reloading(
      new Promise<void>(resolve => {
        done = resolve;
      }),
    );
    await pass(1);
    expect(told.at(-1)).toEqual({ RELOADING: '1', MONOTONIC_USEC: expect.stringMatching(/^\d+$/) });
    done();
    await reloading;
    expect(told.at(-1)).toEqual({ READY: '1' });
  });

  it('hears that the server ends, and nothing more', async () => {
    const { supervision } = supervised(20);
    supervision.ready();
    supervision.stopping();
    await pass(100);
    expect(told.slice(1)).toEqual([{ STOPPING: '1', STATUS: 'ending' }]);
  });
});
