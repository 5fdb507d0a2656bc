import { describe, expect, it } from 'vitest';
import type { AttributeTable } from '../../../dap/model/attributes.ts';
import { printDas } from '../../../dap/model/das.ts';
import { attribute, written } from './das-tables.ts';

describe('printDas', () => {
  it('lays tables and attributes out as libdap does', () => {
    const time: AttributeTable = new Map([
      ['units', attribute('String', 'seconds since 1970-01-01')],
      ['_FillValue', attribute('Float64', Number.NaN)],
      ['valid_range', attribute('Int32', -1, 2)],
    ]);
    const das: AttributeTable = new Map([
      ['sensor', new Map([['time', time]])],
      ['NC_GLOBAL', new Map([['title', attribute('String', 'A "Pi"')]])],
      ['empty', new Map()],
    ]);
    expect(printDas(das)).toBe(`Attributes {
    sensor {
        time {
            String units "seconds since 1970-01-01";
            Float64 _FillValue NaN;
            Int32 valid_range -1, 2;
        }
    }
    NC_GLOBAL {
        String title "A \\"Pi\\"";
    }
    empty {
    }
}
`);
    expect(printDas(new Map())).toBe('Attributes {\n}\n');
  });

  it('prints numbers as the shortest decimals that read back as the same number', () => {
    expect(written('Float64', 0.1, 1e35, 1369000000.5, 5, -0, Infinity, -Infinity)).toBe(
      'Float64 a 0.1, 1e+35, 1369000000.5, 5, -0, Inf, -Inf;',
    );
    expect(written('Float32', Math.fround(0.1))).toBe('Float32 a 0.10000000149011612;');
  });

  it('escapes quotes and backslashes, and keeps line ends', () => {
    expect(written('String', 'say "hi"', 'C:\\dir\\', 'two\nlines')).toBe(
      'String a "say \\"hi\\"", "C:\\\\dir\\\\", "two\nlines";',
    );
  });

  it('leaves plain URLs and words in numeric attributes without quotes, as netCDF demands', () => {
    expect(written('Url', 'http://example.org/a.nc')).toBe('Url a http://example.org/a.nc;');
    expect(written('Url', 'http://example.org/?a=b')).toBe('Url a "http://example.org/?a=b";');
    expect(written('Int32', 'lots')).toBe('Int32 a lots;');
    expect(written('Int32', '5', '')).toBe('Int32 a "5", "";');
    expect(written('Alias', '.v.b c')).toBe('Alias a .v.b%20c;');
  });

  it('refuses values that a DAS cannot carry, and names the attribute', () => {
    expect(() => written('Int32')).toThrow('attribute "a": expected at least one value, found none');
    expect(() => written('Int32', 1.5)).toThrow(
      'attribute "a": expected values of type Int32, found the number 1.5',
    );
    expect(() => written('Byte', 256)).toThrow(RangeError);
    expect(() => written('UInt16', Number.NaN)).toThrow(RangeError);
    expect(() => written('String', 5)).toThrow(RangeError);
    expect(() => printDas(new Map([['', new Map()]]))).toThrow(RangeError);
  });
});
