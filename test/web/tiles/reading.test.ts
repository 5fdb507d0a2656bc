import { describe, expect, it } from 'vitest';
import { columnAttributes } from '../../../dap/model/attributes.ts';
import { parseDas } from '../../../dap/model/das.ts';
import { describeColumns, type ShownColumn } from '../../../web/stream/describe.ts';
import { writeClock } from '../../../web/text/times.ts';
import { readingOf } from '../../../web/tiles/reading.ts';

function column(das: string, type: 'Float64' | 'Int32' | 'String' = 'Float64'): ShownColumn {
  const attributes = parseDas(`Attributes { s { x { ${das} } } }`);
  return describeColumns([{ name: 'x', type }], name => columnAttributes(attributes, 's', name))[0]!;
}

const AIR = column('String units "degree_Celsius"; Float64 resolution 0.1;');

describe('a tile', () => {
  it('shows the value with its digits and unit, and the extremes of today', () => {
    expect(readingOf(AIR, { value: 25, decimals: 1, today: { least: -3.5, greatest: 27.4 } })).toEqual({
      state: 'ok',
      value: '25.0',
      unit: '°C',
      least: '−3.5',
      greatest: '27.4',
      since: '',
      note: '',
    });
  });

  it('says since when today counts, if the rows began later', () => {
    const since = new Date(2026, 10, 28, 9, 30).getTime();
    const reading = readingOf(AIR, { value: 1, decimals: 1, today: { least: 1, greatest: 1 }, since });
    expect(reading.since).toBe('since 09:30');
  });

  it('says that there is no value only once a row is known', () => {
    const none = { state: 'none', value: '–', unit: '', note: 'no value' };
    expect(readingOf(AIR, { value: Number.NaN, decimals: 1 })).toMatchObject(none);
    for (const isStale of [false, true]) {
      const waiting = { ...none, state: 'waiting', note: '' };
      expect(readingOf(AIR, { value: undefined, decimals: 1, isStale })).toMatchObject(waiting);
    }
  });

  it('says that a sensor fails, since when and why, whatever its value is', () => {
    const since = new Date().setHours(0, 0, 0, 0);
    const failing = { since, reason: 'no answer on the bus' };
    expect(readingOf(AIR, { value: Number.NaN, decimals: 1, failing, isStale: true })).toMatchObject({
      state: 'failing',
      note: `fails since ${writeClock(since).slice(0, 5)}: no answer on the bus`,
    });
    const old = { since: new Date(2020, 0, 2, 3, 4).getTime(), reason: '' };
    expect(readingOf(AIR, { value: 1, decimals: 1, failing: old }).note).toBe('fails since 2020-01-02 03:04');
    expect(readingOf(AIR, { value: 1, decimals: 1, failing: { since: undefined, reason: '' } }).note).toBe(
      'fails',
    );
  });

  it('keeps a value that is out of date, and says so', () => {
    expect(readingOf(AIR, { value: 20, decimals: 1, isStale: true })).toMatchObject({
      state: 'stale',
      value: '20.0',
    });
  });

  it('shows the word of a flag, and the number of one without a word', () => {
    const pump = column('Int32 flag_values 0, 1; String flag_meanings "off switched_on";', 'Int32');
    const today = { least: 0, greatest: 1 };
    expect(readingOf(pump, { value: 1, decimals: 0, today })).toMatchObject({
      value: 'switched on',
      least: '',
    });
    expect(readingOf(pump, { value: 7, decimals: 0 }).value).toBe('7');
    const bits = column(
      'Int32 flag_masks 1, 2; Int32 flag_values 1, 2; String flag_meanings "a b";',
      'Int32',
    );
    expect(readingOf(bits, { value: 1, decimals: 0 }).value).toBe('1');
    const odd = column('Int32 flag_values 0, 1; String flag_meanings "off";', 'Int32');
    expect(readingOf(odd, { value: 0, decimals: 0 }).value).toBe('0');
  });

  it('shows text as it is', () => {
    const door = column('String long_name "Door";', 'String');
    expect(readingOf(door, { value: 'open', decimals: 0 })).toMatchObject({ value: 'open', state: 'ok' });
    expect(readingOf(door, { value: '', decimals: 0 })).toMatchObject({ value: '–', state: 'none' });
  });
});
