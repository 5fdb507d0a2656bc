import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { timesOf } from '../../../web/export/picture.ts';

describe('the times below a picture', () => {
  beforeEach(() => {
    vi.stubEnv('TZ', 'Europe/Berlin');
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  const shown = (from: string, to: string) => timesOf({ from: Date.parse(from), to: Date.parse(to) }, true);

  it('have their date also on that day: a picture is looked at later', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-28T20:00:00Z') });
    expect(shown('2026-11-28T18:00:00Z', '2026-11-28T19:00:00Z')).toBe(
      '2026-11-28 19:00:00 – 20:00:00, UTC+01:00',
    );
    expect(shown('2026-11-27T18:00:00Z', '2026-11-28T19:00:00Z')).toBe(
      '2026-11-27 19:00:00 – 2026-11-28 20:00:00, UTC+01:00',
    );
  });

  it('have both offsets of a stretch with a change from summer time', () => {
    expect(shown('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toBe(
      '2026-10-25 00:00:00 – 2026-10-26 00:00:00, UTC+02:00 – UTC+01:00',
    );
  });

  it('have neither where they count from a moment without a name', () => {
    expect(timesOf({ from: 0, to: 60_000 }, false)).toBe('0:00:00 – 0:01:00');
  });
});
