import { describe, expect, it } from 'vitest';
import { pulses } from '../../../device/models/pulses.ts';
import { EdgeCounter } from '../../../device/sensors/edge-counter.ts';

describe('simulated pulses', () => {
  const wave = pulses(7, { period: 2, width: 0.1, bounce: 0.002 });

  it('come once a period, and are the same however they are asked for', () => {
    const all = [...wave.edges(1000, 1100)];
    const halves = [...wave.edges(1000, 1037.5), ...wave.edges(1037.5, 1100)];
    expect(halves).toEqual(all);
    expect(all.map(({ level }) => level).join('')).toMatch(/^(10)+$/);
    for (const { level, time } of all) expect([wave.level(time), time]).toEqual([level, time]);
    const counter = new EdgeCounter(0, 'rising', 0.005);
    for (const edge of all) counter.edge(edge);
    expect(counter.count).toBe(50);
  });
});
