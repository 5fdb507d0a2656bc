import { describe, expect, it } from 'vitest';
import { CatchingUp } from '../../../web/chart/catching-up.ts';

const HOUR = 3_600_000;

describe('pictures while rows of the past come in', () => {
  it('take a fifth of the time, and the rows have the rest', () => {
    const pictures = new CatchingUp();
    let [time, drawn] = [0, 0];
    for (let frame = 1; time < 10_000; frame += 1) {
      if (pictures.leavesOut(time, 1000 * frame, HOUR / 2, HOUR)) {
        time += 16;
        continue;
      }
      drawn += 1;
      pictures.drawn(time, time + 100);
      time += 100;
    }
    expect(drawn).toBeGreaterThan(15);
    expect(drawn).toBeLessThan(25);
  });

  it('are all drawn while no row comes, and once the rows are those of now', () => {
    const pictures = new CatchingUp();
    const isDrawn = (time: number, count: number, behind: number) => {
      const isLeftOut = pictures.leavesOut(time, count, behind, HOUR);
      if (!isLeftOut) pictures.drawn(time, time + 100);
      return !isLeftOut;
    };
    expect(isDrawn(0, 10, HOUR)).toBe(true);
    expect(isDrawn(116, 20, HOUR)).toBe(false);
    // No more rows: what has come is shown.
    expect(isDrawn(132, 10, HOUR)).toBe(true);
    expect(isDrawn(248, 30, 100)).toBe(true);
    expect(isDrawn(364, 40, 100)).toBe(true);
  });
});
