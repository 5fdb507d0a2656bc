import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../../dap/model/nearest.ts';

describe('the word that was meant', () => {
  it('is the nearest, if that is near', () => {
    const known = ['host', 'port', 'readerTimeout', 'maxStreams', 'maxStreamsPerAddress'];
    expect(nearest('prot', known)).toBe('port');
    expect(nearest('reader_timeout', known)).toBe('readerTimeout');
    expect(nearest('MAXSTREAMS', known)).toBe('maxStreams');
    expect(nearest('read', known)).toBe('readerTimeout');
    expect(nearest('max', known)).toBeUndefined();
    expect(nearest('A0', ['AIN0', 'AIN1', 'AIN0-AIN1', 'AIN0-AIN3'])).toBe('AIN0');
    expect(nearest('temp', ['humidity', 'temperature'])).toBe('temperature');
    expect(nearest('temp', ['temperature', 'temp_max'])).toBeUndefined();
    expect(nearest('listen', known)).toBeUndefined();
    expect(nearest('x', known)).toBeUndefined();
    expect(nearest('p'.repeat(100_000), known)).toBeUndefined();
  });

  it('is found by letters that were left out, put in, replaced and swapped', () => {
    expect([
      distance('', 'abc'),
      distance('kitten', 'sitting'),
      distance('ab', 'ba'),
      distance('abc', 'abc'),
    ]).toEqual([3, 3, 1, 0]);
  });
});
