import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockWatch } from '../../../server/machine/clock-watch.ts';
import { EventLog } from '../../../server/run/logging/events.ts';
import type { Logger } from '../../../server/run/logging/logger.ts';

const MINUTE = 60;

let marks: string[];
let kernel: string | undefined;
let asked: number;
let logged: string[];
let watch: ClockWatch;

beforeEach(() => {
  vi.useFakeTimers();
  [marks, kernel, asked, logged] = [[], 'no\n', 0, []];
  const files = { list: async () => marks };
  const run = async (...command: unknown[]) => {
    expect(command).toEqual(['timedatectl', ['show', '--property=NTPSynchronized', '--value']]);
    asked += 1;
    return kernel;
  };
  const machine = { files, run } as unknown as ConstructorParameters<typeof ClockWatch>[0];
  const write = (...words: unknown[]) => void logged.push(String(words.at(-1)));
  const log = new EventLog({ info: write, warn: write } as unknown as Logger);
  watch = new ClockWatch(machine, state => log.synchronized(state));
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const synchronized = () => watch.state.synchronized;

describe('whether the clock is synchronised', () => {
  it('is unknown where nobody tells, and asked about ever more rarely', async () => {
    kernel = undefined;
    await watch.start();
    expect(synchronized()).toBe('unknown');
    await pass(24 * 60 * MINUTE);
    expect(asked).toBeGreaterThan(90);
    expect(asked).toBeLessThan(105);
    expect(logged).toEqual([]);
  });

  it('is known soon after systemd-timesyncd has set the clock, for which nobody is asked', async () => {
    await watch.start();
    expect(synchronized()).toBe('no');
    marks = ['synchronized'];
    await pass(10);
    expect(synchronized()).toBe('yes');
    expect(watch.state.since).toBeCloseTo(Date.now() / 1000, 0);
    await pass(24 * 60 * MINUTE);
    expect(asked).toBe(1);
    expect(logged).toEqual([
      'the system clock is not synchronised: the times of rows may be wrong, and are marked',
      'the system clock is synchronised',
    ]);
  });

  it('is asked of the kernel when the clock was stepped, as chrony does first', async () => {
    await watch.start();
    await pass(20 * MINUTE);
    const before = asked;
    kernel = 'yes\n';
    watch.stepped();
    await pass(0);
    expect([asked - before, synchronized()]).toEqual([1, 'yes']);
    await pass(5 * 60 * MINUTE);
    expect(asked - before).toBe(1);
  });

  it('is asked after a minute where no step was needed, and a few times a day from then on', async () => {
    await watch.start();
    kernel = 'yes\n';
    await pass(70);
    expect(synchronized()).toBe('yes');
    await pass(24 * 60 * MINUTE);
    expect(asked).toBeLessThan(8);
    kernel = 'no\n';
    await pass(7 * 60 * MINUTE);
    expect(synchronized()).toBe('no');
  });

  it('is asked of the kernel when systemd-timesyncd has gone', async () => {
    marks = ['synchronized'];
    await watch.start();
    expect([synchronized(), asked]).toEqual(['yes', 0]);
    marks = [];
    await pass(10);
    expect([synchronized(), asked]).toEqual(['no', 1]);
  });
});
