import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubledIn, parametersOf, unknownIn, withParameters } from '../../../web/stream/parameters.ts';

const PAGE = 'http://pi:8080/station/';

function values(href: string): Record<string, readonly string[]> {
  return Object.fromEntries(parametersOf(href));
}

describe('the parameters of an address', () => {
  it('stand in the query, in the hash, or in both', () => {
    expect(values(`${PAGE}?d=attic&d=http://o/r&from=now-7d#to=now&kiosk`)).toEqual({
      d: ['attic', 'http://o/r'],
      from: ['now-7d'],
      to: ['now'],
      kiosk: [''],
    });
  });

  it('end in the query with url=, which has all that is behind it', () => {
    expect(values(`${PAGE}?kiosk&url=http://o/r?time,air&time>5&from=x#window=1h`)).toEqual({
      kiosk: [''],
      url: ['http://o/r?time,air&time>5&from=x'],
      window: ['1h'],
    });
  });

  it('are not a place on the page', () => {
    expect(values(`${PAGE}#charts`)).toEqual({});
    expect(values(`${PAGE}#kiosk`)).toEqual({ kiosk: [''] });
  });

  it('keep a plus sign, and what is no percent-encoding', () => {
    expect(values(`${PAGE}?from=2026-11-28T19:00:00+01:00&at=100%&to=now%2B1h`)).toEqual({
      from: ['2026-11-28T19:00:00+01:00'],
      at: ['100%'],
      to: ['now+1h'],
    });
  });

  it('are reported if they are unknown, or come twice and may not', () => {
    const parameters = parametersOf(`${PAGE}?d=a&d=b&window=1h&form=now#window=2h`);
    expect(unknownIn(parameters)).toEqual(['form']);
    expect(doubledIn(parameters)).toEqual(['window']);
  });
});

describe('an address with other parameters', () => {
  it('has them in the query, and keeps everything else', () => {
    const href = `${PAGE}?d=attic&kiosk&x=%41#window=30&charts`;
    expect(withParameters(href, { window: '10m', cols: 'air,hum' })).toBe(
      `${PAGE}?d=attic&kiosk&x=%41&window=10m&cols=air,hum#charts`,
    );
    expect(withParameters(href, { window: undefined, d: undefined })).toBe(`${PAGE}?kiosk&x=%41#charts`);
  });

  it('has them in the hash behind url=', () => {
    const href = `${PAGE}?url=http://o/r?time,air&time>5#window=30`;
    expect(withParameters(href, { window: undefined, from: '2026-11-28T19:00:00Z' })).toBe(
      `${PAGE}?url=http://o/r?time,air&time%3E5#from=2026-11-28T19:00:00Z`,
    );
  });

  it('has the values that were written, whatever they are', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), fc.boolean(), (cols, d, hasUrl) => {
        const href = `${PAGE}?x=1${hasUrl ? '&url=attic?time&time>1' : '&d=old'}#cols=old`;
        const written = withParameters(href, { cols, d });
        expect(values(written)).toEqual({
          x: ['1'],
          ...(hasUrl ? { url: ['attic?time&time>1'] } : {}),
          cols: [cols],
          d,
        });
        expect(withParameters(written, { cols, d })).toBe(written);
      }),
    );
  });
});
