import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedView, outsideOf, timeParameters } from '../../../web/page/view-address.ts';
import { lengthNamed, writeLength } from '../../../web/page/view-times.ts';
import { LONGEST, SHORTEST } from '../../../web/past/timeline.ts';
import { withParameters } from '../../../web/stream/parameters.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const DAY = 86_400_000;
const PAGE = 'http://pi:8080/';

function view(parameters: string) {
  return namedView(`${PAGE}${parameters}`, NOW);
}

describe('the time that an address names', () => {
  it.each([
    ['?window=600', { window: 600_000 }],
    ['#window=600', { window: 600_000 }],
    ['?window=10m', { window: 600_000 }],
    ['?window=1.5h', { window: 5_400_000 }],
    ['?window=1y', { window: 365 * DAY }],
    // The shortest that zooming leads to.
    ['?window=1s', { window: 1000 }],
    [
      '?from=2026-11-28T19:00:00Z&to=2026-11-28T20:00:00Z',
      { from: NOW - 17 * 3_600_000, to: NOW - 16 * 3_600_000 },
    ],
    [
      '#from=2026-11-28T20:00:00+01:00&to=2026-11-28T20:00',
      { from: NOW - 17 * 3_600_000, to: NOW - 16 * 3_600_000 },
    ],
    ['?from=2026-11-28&to=now-0.5days', { from: NOW - 1.5 * DAY, to: NOW - DAY / 2 }],
    ['?from=now-2d&to=now-1d', { from: NOW - 2 * DAY, to: NOW - DAY }],
    ['?from=2026-11-28T12:00:00Z&to=now', { from: NOW - DAY, to: NOW }],
    ['?from=now-7d&to=now', { window: 7 * DAY }],
    ['?from=now-2w', { window: 14 * DAY }],
    ['?from=now-90min', { window: 5_400_000 }],
    ['?from=now-1month', { window: 31 * DAY }],
    ['?from=2026-11-28T12:00:00Z&window=1h', { from: NOW - DAY, to: NOW - DAY + 3_600_000 }],
    ['?to=2026-11-28T12:00:00Z&window=1h', { from: NOW - DAY - 3_600_000, to: NOW - DAY }],
    ['?to=now&window=1h', { window: 3_600_000 }],
  ])('%s is that time', (parameters, shown) => {
    expect(view(parameters)).toMatchObject({ shown, problems: [] });
  });

  it.each([
    ['?window=soon', 'window=soon'],
    ['?window=', 'window='],
    ['?window=1e15', 'window=1e15'],
    ['?window=-30', 'window=-30'],
    ['?window=3moons', 'window=3moons'],
    ['?from=yesterday', 'from=yesterday'],
    ['?from=now-1fortnight', 'from=now-1fortnight'],
    ['?from=2026-13-01&to=now', 'from=2026-13-01'],
    ['?from=now-1d&to=tomorrow', 'to=tomorrow'],
    ['?from=now&to=now-1d', 'from=now and to=now-1d'],
    ['?from=now+1d', 'from=now+1d'],
    ['?to=now-1d', 'to=now-1d'],
  ])('%s is reported, and not replaced silently', (parameters, found) => {
    const { shown, problems } = view(parameters);
    expect(shown).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]!.text).toContain(`The address of this page says ${found}: expected `);
  });

  it.each([
    ['?from=1990-01-01&to=2020-01-01', 'at most 20 years'],
    ['?from=2020-01-01&to=1990-01-01', 'a beginning that is earlier than the end'],
  ])('%s is told what is wrong with it', (parameters, expected) => {
    expect(view(parameters).problems[0]!.text).toContain(`: expected ${expected}. `);
  });

  it('is the rest if one part of it is not understood', () => {
    expect(view('?from=now-2d&to=now-1d&window=soon')).toMatchObject({
      shown: { from: NOW - 2 * DAY, to: NOW - DAY },
      problems: [{ of: 'time' }],
    });
    expect(view('?from=now-2d&to=now-1d&window=1h').problems[0]!.text).toContain(
      'window=1h besides from and to: expected two of the three',
    );
  });

  it('is written as it is read', () => {
    const time = fc.integer({ min: NOW - LONGEST / 2, max: NOW });
    const stretch = fc
      .tuple(time, fc.integer({ min: 1000, max: LONGEST / 4 }))
      .map(([from, length]) => ({ from, to: from + length }));
    const window = fc.integer({ min: SHORTEST, max: LONGEST }).map(length => ({ window: length }));
    fc.assert(
      fc.property(fc.oneof(stretch, window), fc.boolean(), (shown, hasUrl) => {
        const href = `${PAGE}${hasUrl ? '?url=attic' : '?d=attic'}#window=30&from=now-1d`;
        const written = withParameters(href, timeParameters(shown));
        expect(namedView(written, NOW)).toMatchObject({ shown, problems: [] });
      }),
    );
    expect(withParameters(PAGE, timeParameters({ from: NOW - DAY, to: NOW }))).toBe(
      `${PAGE}?from=2026-11-28T12:00:00Z&to=2026-11-29T12:00:00Z`,
    );
  });
});

it.each([
  [30_000, '30s'],
  [90_000, '90s'],
  [600_000, '10m'],
  [3_600_000, '1h'],
  [5_400_000, '90m'],
  [7 * DAY, '7d'],
  [12_345, '12.345s'],
])('%d ms are written %s', (millis, text) => {
  expect(writeLength(millis)).toBe(text);
  expect(lengthNamed(text)).toBe(millis);
});

describe('what else an address names', () => {
  it('is a moment, columns and colours', () => {
    expect(view('?at=2026-11-28T06:53:00Z&cols=air,%20hum&theme=dark&kiosk&warn=air%3E30')).toMatchObject({
      at: Date.parse('2026-11-28T06:53:00Z'),
      columns: ['air', 'hum'],
      theme: 'dark',
      problems: [],
    });
    expect(view('?cols=').columns).toEqual([]);
    expect(view('').columns).toBeUndefined();
  });

  it('is reported if it is not understood, and the rest applies', () => {
    const { problems, shown, theme } = view('?theme=blue&at=noon&form=now-1h&window=1h&window=2h');
    expect(problems.map(({ text }) => text.replace('The address of this page says ', ''))).toEqual([
      'form: no parameter has this name. Did you mean from?',
      'window=1h and window=2h: expected one. window=2h counts.',
      'at=noon: expected a time such as 2026-11-28T19:00:00Z, now-7d or now. No moment is marked.',
      'theme=blue: expected dark or light.',
    ]);
    expect(shown).toEqual({ window: 7_200_000 });
    expect(theme).toBeUndefined();
  });

  it('is reported if the moment is outside of the time that is shown', () => {
    const stretch = { from: NOW - DAY, to: NOW };
    expect(outsideOf(NOW - DAY / 2, stretch)).toBeUndefined();
    expect(outsideOf(NOW - 2 * DAY, stretch)).toContain(
      'at=2026-11-27T12:00:00Z: expected a moment from 2026-11-28T12:00:00Z to 2026-11-29T12:00:00Z',
    );
  });
});
