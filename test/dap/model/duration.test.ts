import { describe, expect, it } from 'vitest';
import { isoDuration, secondsOfDuration } from '../../../dap/model/duration.ts';

describe('an ISO 8601 duration', () => {
  it.each([
    ['PT0.5S', 0.5],
    ['PT1M', 60],
    ['PT1H30M', 5400],
    ['PT2H3M4.5S', 7384.5],
  ])('%s is %d seconds', (text, seconds) => {
    expect(secondsOfDuration(text)).toBe(seconds);
  });

  it.each([undefined, '', 'PT', 'P1D', '5 s', 'PTXS'])('is not %s', text => {
    expect(secondsOfDuration(text)).toBeUndefined();
  });

  it.each([0.001, 0.1, 1, 90, 3600])('of %d seconds is read as it was written', seconds => {
    expect(secondsOfDuration(isoDuration(seconds))).toBe(seconds);
  });
});
