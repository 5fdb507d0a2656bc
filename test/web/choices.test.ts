import { expect, it } from 'vitest';
import { chosenWindow, suitableWindow, withWindow } from '../../web/choices.ts';

it('reads the window from the hash, and none that is not offered', () => {
  expect(chosenWindow('#window=600')).toBe(600);
  expect(chosenWindow('#x=1&window=30')).toBe(30);
  expect(chosenWindow('#window=601')).toBeUndefined();
  expect(chosenWindow('#window=')).toBeUndefined();
  expect(chosenWindow('')).toBeUndefined();
});

it('writes the window into the hash and keeps what else is there', () => {
  expect(withWindow('#x=1', 30)).toBe('#x=1&window=30');
  expect(chosenWindow(withWindow('#window=30', 3600))).toBe(3600);
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
