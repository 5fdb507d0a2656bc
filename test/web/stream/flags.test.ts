import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { describeDataset } from '../../../web/stream/describe.ts';
import { drawnAs, wordOf } from '../../../web/stream/flags.ts';

/** The column `c` of `type` with `attributes`. */
function column(type: string, attributes: string) {
  const dds = parseDds(`Dataset { Sequence { Float64 time; ${type} c; } s; } d;`);
  const das = parseDas(`Attributes { s { c { ${attributes} } } }`);
  return describeDataset(dds, das).columns.find(({ name }) => name === 'c')!;
}

const FLAGS = 'String flag_meanings "shut ajar wide_open";';

describe('a column', () => {
  it.each([
    ['Int32', `Int32 flag_values 0, 1, 2; ${FLAGS}`, 'states'],
    ['Byte', `Byte flag_values 0, 1, 2; ${FLAGS}`, 'states'],
    ['Float64', 'Float64 valid_range 0, 1; Float64 resolution 1; String units "1";', 'states'],
    ['Byte', 'Byte valid_min 0; Byte valid_max 1;', 'states'],
    ['Float64', 'Float64 valid_range 0, 1; String units "1";', 'line'],
    ['Float64', 'Float64 resolution 1; String units "count";', 'steps'],
    ['Float64', 'Float64 resolution 1; String units "mm";', 'line'],
    ['Float64', 'Float64 resolution 0.1;', 'line'],
    ['UInt32', '', 'steps'],
    ['Int16', 'Float64 scale_factor 0.01;', 'line'],
    ['Int32', `Int32 flag_values 0, 1; ${FLAGS}`, 'steps'],
    ['Int32', `Int32 flag_masks 1, 2, 4; Int32 flag_values 1, 2, 4; ${FLAGS}`, 'steps'],
    ['Float64', '', 'line'],
  ])('of %s with %s is drawn as %s', (type, attributes, drawn) => {
    expect(drawnAs(column(type, attributes))).toBe(drawn);
  });

  it('has the words of its states', () => {
    const door = column('Int32', `Int32 flag_values 0, 1, 2; ${FLAGS}`);
    expect([0, 2, 7, Number.NaN, undefined].map(value => wordOf(door, value))).toEqual([
      'shut',
      'wide open',
      '7',
      undefined,
      undefined,
    ]);
    const pin = column('Float64', 'Float64 valid_range 0, 1; Float64 resolution 1;');
    expect([0, 1].map(value => wordOf(pin, value))).toEqual(['off', 'on']);
    expect(wordOf(column('Float64', ''), 1)).toBeUndefined();
  });
});
