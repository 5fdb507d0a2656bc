import { describe, expect, it } from 'vitest';
import { axisDate, labelledStep, type TimeLabel, timeLabels } from '../../../web/text/time-labels.ts';

const NOON = new Date(2026, 10, 29, 12, 7, 31).getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** CSS pixels of the plot on a phone of 390 pixels. */
const PHONE = 285;

function labels(from: number, to: number, width: number, absolute = true) {
  return timeLabels(from, to, width, labelledStep(from, to, width, absolute), absolute);
}

/** CSS pixels between the two labels that are nearest to one another. */
function leastRoom(shown: readonly TimeLabel[], width: number): number {
  const rooms = shown.slice(1).map(({ at, text }, index) => {
    const before = shown[index]!;
    return (at - before.at) * width - ((text.length + before.text.length) / 2) * 6.8;
  });
  return Math.min(...rooms);
}

describe.each([PHONE, 450, 1000, 2400])('on an axis of %d pixels', width => {
  it.each([
    ['30 s', 30_000],
    ['2 min', 120_000],
    ['10 min', 600_000],
    ['1 h', HOUR],
    ['6 h', 6 * HOUR],
    ['1 day', DAY],
    ['7 days', 7 * DAY],
    ['30 days', 30 * DAY],
    ['1 year', 365 * DAY],
  ])('%s have three labels at least, none over another, wherever they end', (_, window) => {
    let [fewest, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let part = 0; part < 20; part += 1) {
      const to = NOON + (part * window) / 17;
      const shown = labels(to - window, to, width);
      fewest = Math.min(fewest, shown.length);
      least = Math.min(least, leastRoom(shown, width));
    }
    expect(fewest).toBeGreaterThanOrEqual(3);
    expect(least).toBeGreaterThan(0);
  });

  it('spans since a moment without a name have labels that fit too', () => {
    const shown = labels(9000 * DAY, 9000 * DAY + 120_000, width, false);
    expect(shown.length).toBeGreaterThanOrEqual(1);
    expect(leastRoom(shown, width)).toBeGreaterThan(0);
  });
});

describe('the date', () => {
  const midnight = new Date(2026, 10, 29).getTime();

  it('stands where a day begins, in any window', () => {
    for (const window of [30_000, 600_000, HOUR, DAY]) {
      const texts = labels(midnight - window / 2, midnight + window / 2, 1000).map(({ text }) => text);
      expect(texts.some(text => /Nov/.test(text))).toBe(true);
    }
  });

  it('stands beside times that are not of today', () => {
    const step = 600_000;
    expect(axisDate(NOON - HOUR, NOON, step, true, NOON)).toBe('');
    expect(axisDate(NOON - HOUR, NOON, step, true, NOON + DAY)).toBe('2026-11-29');
    expect(axisDate(midnight - HOUR, midnight + HOUR, step, true, NOON)).toBe('');
    expect(axisDate(midnight - HOUR, midnight + HOUR, step, true, NOON + 400 * DAY)).toBe('2026-11-28');
    expect(axisDate(NOON - 7 * DAY, NOON, DAY, true, NOON + 400 * DAY)).toBe('2026');
    expect(axisDate(NOON - 7 * DAY, NOON, DAY, true, NOON)).toBe('');
    expect(axisDate(0, HOUR, step, false, NOON)).toBe('');
  });
});
