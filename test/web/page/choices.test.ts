import { expect, it } from 'vitest';
import { suitableWindow, windowsWith } from '../../../web/page/choices.ts';

it('offers the window of the address among the others', () => {
  const names = (seconds: number) => windowsWith(seconds).map(([, name]) => name);
  const usual = ['30 s', '2 min', '10 min', '1 h', '6 h', '1 day', '7 days', '30 days', '1 year'];
  expect(names(600)).toEqual(usual);
  expect(names(300)).toEqual(['30 s', '2 min', '5 min', ...usual.slice(2)]);
  expect(names(601)).toContain('601 s');
  expect(names(5400)).toContain('1.5 h');
  expect(names(3 * 86_400)).toContain('3 days');
  expect(names(10_189)).toContain('2 h 50 min');
});

it.each([
  [undefined, 120],
  [0, 120],
  [0.001, 120],
  [1, 120],
  [10, 600],
  [60, 3600],
  [1e6, 86_400],
])('suits rows %d seconds apart with %d seconds', (interval, window) => {
  expect(suitableWindow(interval)).toBe(window);
});
