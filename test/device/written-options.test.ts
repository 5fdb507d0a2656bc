import { describe, expect, it } from 'vitest';
import { parseConstraint } from '../../dap/index.ts';
import { secondsOfInstant } from '../../dap/model/instant.ts';
import { DRIVER_TOOLS } from '../../device/drivers/driver.ts';
import { gpioInput } from '../../device/sensors/gpio-input.ts';
import { waveform } from '../../device/sensors/waveform.ts';
import { instantOf } from '../../device/written-options.ts';

describe('a duration among the options of a sensor', () => {
  it('is read as that of a configuration is', () => {
    expect(waveform.options.parse({ period: '10 min', outageEvery: '1 h', outageLength: 30 })).toMatchObject({
      period: 600,
      outageEvery: 3600,
      outageLength: 30,
    });
    expect(waveform.options.parse({}).period).toBe(60);
    expect(gpioInput.options.parse({ pin: 17, debounce: '20 ms' }).debounce).toBe(0.02);
    expect(gpioInput.options.parse({ pin: 17 }).debounce).toBe(0.005);
    expect(waveform.options.safeParse({ period: '10 m' }).success).toBe(false);
    expect(gpioInput.options.safeParse({ pin: 17, debounce: '2 s' }).success).toBe(false);
  });

  it('is there for drivers', () => {
    const every = DRIVER_TOOLS.duration({ low: 1, high: 3600 }, 'How often.').prefault(60);
    expect([every.parse(undefined), every.parse('10 min'), every.parse(90)]).toEqual([60, 600, 90]);
    expect(every.safeParse('2 h').success).toBe(false);
  });
});

describe('a time', () => {
  const throws = (expected: string): never => {
    throw new RangeError(expected);
  };
  it.each([
    '2026-02-30T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T25:00:00Z',
    '2026-06-30T23:59:60Z',
    '2026-11-21T10:00:00,5Z',
    '2026-11-21T10:00:00+1',
    '2026-11-21T1:00',
  ])('is refused alike in options, recordings and constraints: %s', text => {
    expect(instantOf(text)).toBeUndefined();
    expect(waveform.options.safeParse({ driftSince: text }).success).toBe(false);
    expect(() => secondsOfInstant(text, throws)).toThrow('a date and time');
    expect(() => parseConstraint(`&time>${text}`)).toThrow();
  });

  it.each([
    '2026-11-21T10:00:00Z',
    '2026-11-21t10:00:00z',
    '2026-11-21T10:00',
    '2026-11-21T11:00:00.5+01',
    '2026-11-21T10:00+0000',
    '2026-11-21T10:00:00.000001+00',
    '2026-11-21',
  ])('is read alike in options and constraints: %s', text => {
    expect(instantOf(text)).toBeTypeOf('number');
    expect(waveform.options.safeParse({ driftSince: text }).success).toBe(true);
    expect(parseConstraint(`&time>${text.replace('+', '%2B')}`)).toBeDefined();
  });
});
