import { expect, it } from 'vitest';
import {
  chosenWindow,
  correctedHash,
  suitableWindow,
  windowsWith,
  withWindow,
} from '../../../web/page/choices.ts';

it('reads the window from the hash, also one that is not offered, and none that is no number', () => {
  expect(chosenWindow('#window=600')).toBe(600);
  expect(chosenWindow('#x=1&window=30')).toBe(30);
  expect(chosenWindow('#window=300')).toBe(300);
  expect(chosenWindow('#window=0')).toBe(5);
  expect(chosenWindow('#window=-30')).toBe(5);
  expect(chosenWindow('#window=1e12')).toBe(604_800);
  expect(chosenWindow('#window=Infinity')).toBe(604_800);
  expect(chosenWindow('#window=5min')).toBeUndefined();
  expect(chosenWindow('#window=')).toBeUndefined();
  expect(chosenWindow('')).toBeUndefined();
});

it('writes the window into the hash and keeps what else is there', () => {
  expect(withWindow('#x=1', 30)).toBe('#x=1&window=30');
  expect(chosenWindow(withWindow('#window=30', 3600))).toBe(3600);
});

it('corrects a hash that names what is not shown, and no other', () => {
  expect(correctedHash('#window=300')).toBe('#window=300');
  expect(correctedHash('#window=1e12&x=1')).toBe('#window=604800&x=1');
  expect(correctedHash('#window=soon')).toBe('');
  expect(correctedHash('#x=1&window=soon')).toBe('#x=1');
  expect(correctedHash('#charts')).toBe('#charts');
  expect(correctedHash('')).toBe('');
});

it('offers the window of the address among the others', () => {
  const names = (seconds: number) => windowsWith(seconds).map(([, name]) => name);
  expect(names(600)).toEqual(['30 s', '2 min', '10 min', '1 h', '6 h', '1 day']);
  expect(names(300)).toEqual(['30 s', '2 min', '5 min', '10 min', '1 h', '6 h', '1 day']);
  expect(names(601)).toContain('601 s');
  expect(names(5400)).toContain('1.5 h');
  expect(names(604_800).at(-1)).toBe('7 days');
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
