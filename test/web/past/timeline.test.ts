import { describe, expect, it } from 'vitest';
import { type Shown, Timeline } from '../../../web/past/timeline.ts';

const EDGE = 1_000_000_000;
const HOUR = 3_600_000;

function timeline(shown: Shown): { line: Timeline; changes: (boolean | undefined)[] } {
  const changes: (boolean | undefined)[] = [];
  return { line: new Timeline(shown, isStep => changes.push(isStep)), changes };
}

describe('the time that the charts show', () => {
  it('moves into the past, and not beyond the newest rows', () => {
    const { line } = timeline({ window: HOUR });
    line.pan(0.25, EDGE);
    expect(line.shown).toEqual({ from: EDGE - 1.25 * HOUR, to: EDGE - 0.25 * HOUR });
    line.pan(-5, EDGE);
    expect(line.shown).toEqual({ from: EDGE - HOUR, to: EDGE });
  });

  it('is zoomed around a place, and goes on to follow the newest rows', () => {
    const { line } = timeline({ window: HOUR });
    line.zoom(2, 1, EDGE);
    expect(line.shown).toEqual({ window: 2 * HOUR });
    line.zoom(0.5, 0.5, EDGE);
    expect(line.shown).toEqual({ from: EDGE - 1.5 * HOUR, to: EDGE - 0.5 * HOUR });
    line.zoom(1e9, 0, EDGE);
    expect((line.shown as { to: number }).to).toBe(EDGE);
  });

  it('has another length of the newest rows, or around the middle of a stretch that stands', () => {
    const { line } = timeline({ window: HOUR });
    line.resize(2 * HOUR, EDGE);
    expect(line.shown).toEqual({ window: 2 * HOUR });
    line.choose({ from: EDGE - 50 * HOUR, to: EDGE - 46 * HOUR }, EDGE);
    line.resize(HOUR, EDGE);
    expect(line.shown).toEqual({ from: EDGE - 48.5 * HOUR, to: EDGE - 47.5 * HOUR });
    line.resize(100 * HOUR, EDGE);
    expect(line.shown).toEqual({ from: EDGE - 100 * HOUR, to: EDGE });
    expect(line.back()).toBe(true);
    expect(line.shown).toEqual({ from: EDGE - 48.5 * HOUR, to: EDGE - 47.5 * HOUR });
  });

  it('goes back step by step, a drag of many movements at once', () => {
    const { line, changes } = timeline({ window: HOUR });
    line.pan(0.1, EDGE);
    for (let count = 0; count < 9; count += 1) line.pan(0.1, EDGE, false);
    line.follow(2 * HOUR);
    expect(line.back()).toBe(true);
    const shown = line.shown as { from: number; to: number };
    expect(shown.to).toBeCloseTo(EDGE - HOUR, 3);
    expect(line.back()).toBe(true);
    expect(line.shown).toEqual({ window: HOUR });
    expect(line.back()).toBe(false);
    expect(changes).toEqual([true, ...Array.from({ length: 9 }, () => false), true, true, true]);
  });

  it('is a stretch that was chosen, cut at the newest rows; too short a one is no choice', () => {
    const { line } = timeline({ window: HOUR });
    line.choose({ from: EDGE - HOUR, to: EDGE + HOUR }, EDGE);
    expect(line.shown).toEqual({ from: EDGE - HOUR, to: EDGE });
    line.choose({ from: EDGE - 10, to: EDGE }, EDGE);
    expect(line.shown).toEqual({ from: EDGE - HOUR, to: EDGE });
  });
});
