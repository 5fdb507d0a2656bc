// Tests how long a relay says that its server was away, whatever the system clock does meanwhile.

import { afterEach, expect, it, vi } from 'vitest';
import { RelayState } from '../../../../server/source/dap2/relay-state.ts';
import type { SourceEvent } from '../../../../server/source/row-source.ts';

afterEach(() => vi.restoreAllMocks());

it('measures the time without rows by a clock that nobody sets', () => {
  const events: SourceEvent[] = [];
  const state = new RelayState('http://attic/a', event => events.push(event));
  state.away('no server listens there');
  // As a Pi without a clock chip does once it has reached a time server.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1e9);
  state.follows({ state: 'connected' }, reason => reason);
  const [, back] = events;
  expect(back).toMatchObject({ kind: 'back' });
  expect((back as { seconds: number }).seconds).toBeLessThan(60);
});
