import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { fileNameOf, shownAddressOf, shownConstraint } from '../../../web/export/view.ts';
import type { Description } from '../../../web/stream/describe.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const TIME = 'time { String units "seconds since 1970-01-01"; }';
const stretch = { from: 1_795_867_200_000, to: 1_795_867_260_500 };

function described(columns: string, others = ''): Description {
  const dataset = parseDds(`Dataset { Sequence { ${columns} } s; ${others} } d;`);
  return describeDataset(dataset, parseDas(`Attributes { s { ${TIME} } }`));
}

const description = described('Float64 time; Float64 air; Float64 hum;');
const address = { base: 'http://u:p@pi:8080/roof', constraint: '' };
const all = { address, description, columns: ['air', 'hum'] };

describe('what is asked for to take the view', () => {
  it.each([
    ['all columns', all, '&s.time>=1795867200&s.time<1795867260.5'],
    ['some columns', { ...all, columns: ['hum'] }, 's.time,s.hum&s.time>=1795867200&s.time<1795867260.5'],
    [
      'the constraint of the address',
      { ...all, address: { ...address, constraint: 'time,air&air>3' } },
      'time,air&air>3&s.time>=1795867200&s.time<1795867260.5',
    ],
    ['rows by their number', { ...all, address: { ...address, constraint: 's[0:9]' } }, 's[0:9]'],
    [
      'a Sequence among others',
      { ...all, description: described('Float64 time; Float64 air; Float64 hum;', 'Int32 x;') },
      's&s.time>=1795867200&s.time<1795867260.5',
    ],
  ])('is exactly that: %s', (_what, dataset, constraint) => {
    expect(shownConstraint(dataset, stretch)).toBe(constraint);
  });

  it('is nothing for rows that no time bounds', () => {
    const timeless = { ...all, description: described('Float64 air; Float64 hum;') };
    expect(shownConstraint(timeless, stretch)).toBeUndefined();
    expect(shownAddressOf(timeless, stretch, '.csv')).toBeUndefined();
  });

  it('has an address without user and password', () => {
    expect(shownAddressOf(all, stretch, '.csv')).toBe(
      'http://pi:8080/past/roof.csv?&s.time%3E=1795867200&s.time%3C1795867260.5',
    );
    expect(shownAddressOf(all, stretch, '.asc')).toBe(
      'http://pi:8080/roof.asc?&s.time%3E=1795867200&s.time%3C1795867260.5',
    );
  });
});

it('a file is named after the dataset and the window', () => {
  expect(fileNameOf('roof', stretch, '.csv')).toBe('roof_20261128T120000Z_20261128T120100Z.csv');
  expect(fileNameOf('a b/c', stretch, '.png')).toBe('a_b_c_20261128T120000Z_20261128T120100Z.png');
});
