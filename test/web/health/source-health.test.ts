// Tests what the page says about rows that come from a stream of NATS.

import { describe, expect, it } from 'vitest';
import { parseSource, sourceNotices } from '../../../web/health/source-health.ts';

const noticesOf = (fields: object) => sourceNotices(parseSource({ kind: 'nats', ...fields }).source);

describe('the notices about rows from a stream', () => {
  it('are none while rows come, and while nobody reads them', () => {
    expect(noticesOf({ state: 'following' })).toEqual([]);
    expect(noticesOf({ state: 'resting' })).toEqual([]);
  });

  it('say why no rows come', () => {
    expect(noticesOf({ state: 'away', problem: 'nats://broker:4222: refused' })).toEqual([
      expect.objectContaining({ key: 'source', lines: ['nats://broker:4222: refused'] }),
    ]);
  });

  it('say why some rows cannot be read', () => {
    expect(noticesOf({ state: 'following', problem: 'found version 2' })).toEqual([
      expect.objectContaining({ key: 'source unread', lines: ['found version 2'] }),
    ]);
  });
});
