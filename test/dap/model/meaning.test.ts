// Tells values from missing values, and unpacks them, with attributes of any type.

import { describe, expect, it } from 'vitest';
import { attributeTable } from '../../../dap/model/attributes.ts';
import { parseDas } from '../../../dap/model/das.ts';
import { NumberMeaning } from '../../../dap/model/meaning.ts';
import { newColumn } from '../../../dap/model/value.ts';
import type { NumberType } from '../../../dap/model/variable.ts';

/** The values of a column of `type` that a server sends `stored` in, with the attributes `das`. */
function valuesOf(type: NumberType, das: string, ...stored: readonly number[]): number[] {
  const meaning = new NumberMeaning(type, attributeTable(parseDas(`Attributes { c { ${das} } }`), 'c'));
  const column = newColumn({ type, name: 'c' }, stored.length) as Float64Array;
  column.set(stored);
  return Array.from(column, number => meaning.valueOf(number));
}

const NONE = Number.NaN;

describe('missing values', () => {
  it.each<[NumberType, string, number]>([
    ['Float32', 'Float32 _FillValue -999.9;', -999.9],
    ['Float32', 'Float64 _FillValue -999.9;', -999.9],
    ['Float32', 'Float64 missing_value 0.1;', 0.1],
    ['Float32', 'String missing_value "-999.9";', -999.9],
    ['Float32', 'String missing_value "-999.9f";', -999.9],
    ['Float32', 'Float32 _FillValue 9.96921e+36;', 9.969209968386869e36],
    ['Float32', 'Float32 missing_value 3.40282e+38;', 3.4028234663852886e38],
    ['Float32', 'Float32 missing_value -3.40282e+38;', -3.4028234663852886e38],
    ['Float32', 'Float32 _FillValue 1e20;', 1e20],
    ['Float32', 'Int32 _FillValue -9999;', -9999],
    ['Float32', 'Float32 _FillValue Inf;', Number.POSITIVE_INFINITY],
    ['Float32', 'Float32 _FillValue NaN;', Number.NaN],
    ['Float32', 'String _FillValue "NaN";', Number.NaN],
    ['Float64', 'Float64 _FillValue -999.9;', -999.9],
    ['Float64', 'Float32 _FillValue -999.9;', -999.9],
    ['Float64', 'Float32 _FillValue -999.9;', Math.fround(-999.9)],
    ['Float64', 'Float64 _FillValue 9.96921e+36;', 9.969209968386869e36],
    ['Float64', 'Float64 _FillValue 1.79769e+308;', Number.MAX_VALUE],
    ['Byte', 'Byte _FillValue -127;', -127],
    ['Byte', 'Byte _FillValue 129;', -127],
    ['Byte', 'Int16 missing_value -1;', 255],
    ['Byte', 'String _Unsigned "false"; Byte _FillValue 255;', -1],
    ['Int16', 'Int16 _FillValue 65535;', -1],
    ['Int16', 'Float32 _FillValue -9999.0;', -9999],
    ['Int16', 'Int32 missing_value -32768;', -32768],
    ['Int16', 'String _FillValue "-32767s";', -32767],
    ['UInt16', 'UInt16 _FillValue -1;', 65535],
    ['UInt16', 'Int32 _FillValue -1;', 65535],
    ['UInt16', 'String _Unsigned "false"; UInt16 _FillValue -1;', 65535],
    ['Int32', 'UInt32 _FillValue 4294967295;', -1],
    ['Int32', 'Float64 _FillValue -2147483648;', -2147483648],
    ['UInt16', 'Int16 _FillValue -1; String _Unsigned "true";', 65535],
    ['UInt32', 'Int32 _FillValue -1;', 4294967295],
    ['UInt32', 'UInt32 _FillValue 4294967295;', 4294967295],
    ['Int32', 'Int64 _FillValue -2147483647;', -2147483647],
  ])('are known in a %s column by %s', (type, das, stored) => {
    expect(valuesOf(type, das, stored, 20, 0)).toEqual([NONE, 20, 0]);
  });

  it('may be several, and of both attributes', () => {
    const das = 'Float32 _FillValue -1e34; Float32 missing_value -999.9, -888.8, NaN;';
    const stored = [-999.9, -888.8, -1e34, Number.NaN, 1.5];
    expect(valuesOf('Float32', das, ...stored)).toEqual([NONE, NONE, NONE, NONE, 1.5]);
    expect(valuesOf('Int16', 'String missing_value "-99, -98";', -99, -98, -97)).toEqual([NONE, NONE, -97]);
  });

  it('are no other values than those', () => {
    expect(valuesOf('Float64', 'Float64 _FillValue -999;', -999.4, -999.001, -999)).toEqual([
      -999.4,
      -999.001,
      NONE,
    ]);
    expect(valuesOf('Byte', 'Int32 _FillValue 300;', 44, 300)).toEqual([44, 44]);
    expect(valuesOf('Int16', 'Float32 _FillValue NaN, 1e20, 0.5;', 0, 1)).toEqual([0, 1]);
    expect(valuesOf('Int16', 'String missing_value "none"; String _FillValue "";', 0, -1)).toEqual([0, -1]);
    expect(valuesOf('Byte', '', 129, 255)).toEqual([129, 255]);
  });
});

describe('the valid range', () => {
  it.each<[NumberType, string, number[], number[]]>([
    ['Float64', 'Float64 valid_range -40, 60;', [-40.1, -40, 60, 60.1], [NONE, -40, 60, NONE]],
    ['Float64', 'Float64 valid_min 0;', [-1, 0, 1e9], [NONE, 0, 1e9]],
    ['Float64', 'String valid_max "10";', [-1e9, 10, 11], [-1e9, 10, NONE]],
    ['Float64', 'String valid_range "0, 5";', [-1, 0, 6], [NONE, 0, NONE]],
    ['Float64', 'Float64 valid_range 60, -40;', [1, 2], [1, 2]],
    ['Float64', 'Float64 valid_range 7; Float64 valid_min NaN;', [1], [1]],
    ['Float64', 'String valid_range "cold to hot";', [1], [1]],
    ['Int16', 'Float32 valid_range 0.5, 2.5;', [0, 1, 2, 3], [NONE, 1, 2, NONE]],
    ['UInt16', 'Int16 valid_range 0, -2;', [65534, 65535], [65534, NONE]],
    ['UInt16', 'Int16 valid_min -1;', [0, 65535], [0, 65535]],
    ['UInt32', 'Int32 valid_max -2;', [7, 4294967295], [7, NONE]],
    ['Byte', 'Byte valid_range -100, 100;', [-100, -101, 100], [-100, NONE, 100]],
    ['Byte', 'Byte valid_min 10; Byte valid_max -56;', [200, 201, 9], [200, NONE, NONE]],
    ['Int16', 'String _Unsigned "true"; Int16 valid_range 0, -2;', [-2, -1], [65534, NONE]],
  ])('of a %s column is that of %s', (type, das, stored, values) => {
    expect(valuesOf(type, das, ...stored)).toEqual(values);
  });

  it('has its bounds inside, as the column can hold them', () => {
    const bounds = [0.1, 0.7].map(Math.fround);
    expect(valuesOf('Float32', 'Float32 valid_range 0.1, 0.7;', 0.1, 0.7, 0.71)).toEqual([...bounds, NONE]);
    expect(valuesOf('Float64', 'Float32 valid_range 0.1, 0.7;', ...bounds)).toEqual(bounds);
  });
});

describe('packed numbers', () => {
  const packing = 'Float32 scale_factor 0.01; Float32 add_offset 20;';

  it('are compared with missing values and the valid range before they are unpacked', () => {
    const das = `${packing} Int16 _FillValue -32767; Int16 valid_range -1000, 1000;`;
    expect(valuesOf('Int16', das, -32767, 1001, 1000, 0, -1000)).toEqual([NONE, NONE, 30, 20, 10]);
    expect(valuesOf('Byte', 'Float64 scale_factor 0.5; Byte _FillValue -127;', 129, 3)).toEqual([NONE, 1.5]);
  });

  it('are compared after it with a range that is written as unpacked numbers, in their wider type', () => {
    const das = 'Float64 scale_factor 0.01; Float64 valid_range -40, 60; Int16 _FillValue -1;';
    expect(valuesOf('Int16', das, -4000, 2000, 6000, 6001, -1)).toEqual([-40, 20, 60, NONE, NONE]);
  });

  it('are unpacked by numbers in quotes, too, and unchanged by other texts', () => {
    expect(valuesOf('Int32', 'String scale_factor "0.5"; String add_offset "1.0f";', 4)).toEqual([3]);
    expect(valuesOf('Int32', 'String scale_factor "half"; Float32 add_offset NaN;', 4)).toEqual([4]);
  });

  it('are signed or not as _Unsigned says', () => {
    expect(valuesOf('Byte', 'String _Unsigned "false";', -127, 5)).toEqual([-127, 5]);
    expect(valuesOf('Byte', 'Int32 _Unsigned 0;', -127)).toEqual([-127]);
    expect(valuesOf('Int16', 'Int32 _Unsigned 1;', -1)).toEqual([65535]);
    expect(valuesOf('Int16', 'String _Unsigned "true"; Float32 scale_factor 2;', -1)).toEqual([131070]);
    expect(valuesOf('Int32', 'String _Unsigned "TRUE"; Int32 _FillValue -1;', -1, -2)).toEqual([
      NONE,
      4294967294,
    ]);
  });

  it('have values with a fraction, so that they are not whole', () => {
    const isWhole = (type: NumberType, das: string): boolean =>
      new NumberMeaning(type, attributeTable(parseDas(`Attributes { c { ${das} } }`), 'c')).isWhole;
    expect(isWhole('Int16', packing)).toBe(false);
    expect(isWhole('Int16', 'Float32 scale_factor 1;')).toBe(true);
    expect(isWhole('Float32', '')).toBe(false);
  });
});
