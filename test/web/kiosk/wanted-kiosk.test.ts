import { expect, it } from 'vitest';
import { wantedKiosk } from '../../../web/kiosk/wanted-kiosk.ts';

it.each([
  ['', undefined],
  ['?d=roof', undefined],
  ['?url=http://pi/kiosk', undefined],
  ['?url=roof&kiosk=20', undefined],
  ['?kiosk', {}],
  ['?kiosk=&d=roof', {}],
  ['?d=roof&kiosk=20', { every: 20 }],
  ['?kiosk=7.5&url=roof', { every: 7.5 }],
  ['?url=roof?a,b#kiosk=20', { every: 20 }],
  ['?d=roof#window=1h&kiosk', {}],
  ['?d=roof#kiosks', undefined],
])('%s is %o', (address, wanted) => {
  expect(wantedKiosk(`http://pi/${address}`)).toEqual(wanted);
});

it.each(['abc', '4', '0', '-20', '86401', '20s', 'Infinity'])(
  'says that kiosk=%s is not understood',
  value => {
    const { every, problem } = wantedKiosk(`http://pi/?kiosk=${value}`)!;
    expect(every).toBeUndefined();
    expect(problem).toContain(
      `says kiosk=${value}: expected kiosk alone, or the seconds for each dataset, 5 to 86400`,
    );
  },
);
