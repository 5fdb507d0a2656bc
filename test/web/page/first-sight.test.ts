import { expect, it } from 'vitest';
import { namesNothing } from '../../../web/page/first-sight.ts';

it.each([
  ['http://pi/', true],
  ['http://pi/?kiosk=20&theme=dark', true],
  ['http://pi/#other', true],
  ['http://pi/?url=roof', false],
  ['http://pi/?d=roof&d=cellar', false],
  ['http://pi/#window=300', false],
  ['http://pi/#from=now-2d&to=now-1d', false],
])('%s names no charts: %s', (address, isNothing) => {
  expect(namesNothing(new URL(address))).toBe(isNothing);
});
