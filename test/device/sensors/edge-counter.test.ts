import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Edge, Level } from '../../../device/host/gpio/gpio.ts';
import { EdgeCounter } from '../../../device/sensors/edge-counter.ts';

it('a counter counts what stays, wherever it is looked at in between', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 10 }), (given, debounce) => {
      const [looked, unlooked] = [new EdgeCounter(0, 'both', debounce), new EdgeCounter(0, 'both', debounce)];
      let expected = 0;
      let stayed: Level = 0;
      let level: Level = 0;
      let time = 0;
      for (const [length, isLookedAt] of given) {
        level = level === 1 ? 0 : 1;
        const edge: Edge = { level, time };
        looked.edge(edge);
        unlooked.edge(edge);
        time += length;
        if (length >= debounce && level !== stayed) {
          expected++;
          stayed = level;
        }
        if (isLookedAt) looked.settle(time);
      }
      looked.settle(time);
      unlooked.settle(time);
      expect([looked.count, looked.level, unlooked.count, unlooked.level]).toEqual([
        expected,
        stayed,
        expected,
        stayed,
      ]);
    }),
  );
});
