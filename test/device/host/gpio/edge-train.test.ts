import { expect, it } from 'vitest';
import { EdgeTrain } from '../../../../device/host/gpio/edge-train.ts';
import type { Edge } from '../../../../device/host/gpio/gpio.ts';

function trainAt(level: 0 | 1) {
  const told: string[] = [];
  const train = new EdgeTrain(level, ({ level: next, time }: Edge) => told.push(`${next} at ${time}`));
  return { train, told };
}

it('tells edges that go up and down by turns as they are', () => {
  const { train, told } = trainAt(0);
  train.edge({ level: 1, time: 1 });
  train.edge({ level: 0, time: 2 });
  expect(told).toEqual(['1 at 1', '0 at 2']);
});

it('reports the missed edge between two edges in one direction', () => {
  const { train, told } = trainAt(0);
  train.edge({ level: 0, time: 1 });
  expect(told).toEqual(['1 at 1', '0 at 1']);
});

it('tells edges that are known to be lost', () => {
  const { train, told } = trainAt(0);
  train.edge({ level: 1, time: 3 }, 4);
  expect(told).toEqual(['1 at 3', '0 at 3', '1 at 3', '0 at 3', '1 at 3']);
});
