import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPart, type PartError } from '../../../web/stream/page-part.ts';

describe('a part of the page', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('that cannot be loaded is loaded later, and each failure is told', async () => {
    let attempts = 0;
    const failures: PartError[] = [];
    const load = async () => {
      attempts += 1;
      if (attempts < 4) throw new TypeError('Failed to fetch dynamically imported module');
      return 'the part';
    };
    const part = loadPart(load, error => failures.push(error));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await part).toBe('the part');
    expect(failures.map(({ message }) => message)).toEqual(Array(3).fill(failures[0]!.message));
    expect(failures[0]!.message).toMatch(/cannot be loaded.*reload/);
    expect(attempts).toBe(4);
  });

  it('is not asked for any more once nobody wants it', async () => {
    const life = new AbortController();
    let attempts = 0;
    const part = loadPart(
      async () => {
        attempts += 1;
        throw new TypeError('Failed to fetch');
      },
      () => {},
      life.signal,
    );
    part.catch(() => {});
    await vi.advanceTimersByTimeAsync(100);
    life.abort(new Error('closed'));
    await expect(part).rejects.toThrow('closed');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toBe(1);
  });
});
